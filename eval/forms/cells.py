"""Rows of cells: the way the ruled part of a form is written down.

A `Block` stacks rows from the top; each row is cut into cells in proportion to their weights.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chohyo.domain.templates import FieldType
from eval.forms import fonts
from eval.forms.sheet import Align, Area, DateStyle, Sheet

Draw = Callable[[Sheet, Area], None]


@dataclass(frozen=True, slots=True)
class Cell:
    """Part of a row: its share of the width, how to draw it, whether it is framed."""

    weight: float
    draw: Draw
    framed: bool = True


class Block:
    """Rows of cells below each other, with a heavier outline around all of them.

    `pitch` stretches all rows, so that a form fills its page.
    """

    def __init__(
        self,
        sheet: Sheet,
        y: float,
        *,
        x: float = 40.0,
        width: float = 0.0,
        line: float = 0.5,
        pitch: float = 1.0,
    ) -> None:
        self.sheet = sheet
        self.x, self.y = x, y
        self.width = width or sheet.width - 2 * x
        self.line, self.pitch = line, pitch
        self._top = y

    def row(self, height: float, *cells: Cell) -> None:
        """Add a row of cells."""
        height *= self.pitch
        area = Area(self.x, self.y, self.x + self.width, self.y + height)
        parts = area.columns([cell.weight for cell in cells])
        for cell, part in zip(cells, parts, strict=True):
            cell.draw(self.sheet, part)
            if cell.framed:
                self.sheet.frame(part, self.line)
        self.y += height

    def bar(self, words: str, height: float = 15.0, size: float = 8.5) -> None:
        """Add a shaded section heading across the block."""
        self.row(height, head(words, 1.0, size=size, align="left", shade=0.82, bold=True))

    def gap(self, height: float) -> None:
        """Close the outline and leave space before the next rows."""
        self.close()
        self.y += height
        self._top = self.y

    def close(self, width: float = 1.2) -> float:
        """Draw the outline around the rows so far; return the y below them."""
        if self.y > self._top:
            outline = Area(self.x, self._top, self.x + self.width, self.y)
            self.sheet.frame(outline, width)
        self._top = self.y
        return self.y


def head(
    words: str,
    weight: float,
    *,
    size: float = 8.0,
    align: Align = "center",
    shade: float | None = 0.92,
    bold: bool = False,
) -> Cell:
    """Return a shaded cell with a label."""

    def draw(sheet: Sheet, area: Area) -> None:
        if shade is not None:
            sheet.frame(area, 0.0, shade)
        sheet.text_in(area, words, size, align=align, bold=bold)

    return Cell(weight, draw)


def note(words: str, weight: float, *, size: float = 6.5) -> Cell:
    """Return a cell with small print."""

    def draw(sheet: Sheet, area: Area) -> None:
        sheet.paragraph(area.inset(4, 3), words, size)

    return Cell(weight, draw)


def void(weight: float, *, framed: bool = True) -> Cell:
    """Return a cell in which nothing is printed and nothing is written."""
    return Cell(weight, lambda _sheet, _area: None, framed)


def blank(
    name: str,
    label: str,
    weight: float,
    type_: FieldType = FieldType.TEXT,
    *,
    align: Align = "left",
    lines: int = 1,
    before: str = "",
    after: str = "",
    size: float = 8.0,
) -> Cell:
    """Return a cell to write in, with words printed before and after the writing."""

    def draw(sheet: Sheet, area: Area) -> None:
        inner = area.inset(3, 1.2)
        middle = (area.y0 + area.y1) / 2 + 0.35 * size
        x0, x1 = inner.x0, inner.x1
        if before:
            x0 = sheet.text(x0, middle, before, size).x1 + 2
        if after:
            x1 = sheet.text(x1, middle, after, size, align="right").x0 - 2
        room = Area(x0, inner.y0, x1, inner.y1)
        sheet.blank(name, label, room, type_, align=align, lines=lines)

    return Cell(weight, draw)


def labelled(
    name: str,
    label: str,
    head_weight: float,
    weight: float,
    type_: FieldType = FieldType.TEXT,
    *,
    align: Align = "left",
    lines: int = 1,
    before: str = "",
    after: str = "",
) -> tuple[Cell, Cell]:
    """Return a label cell and the cell to write in."""
    room = blank(name, label, weight, type_, align=align, lines=lines, before=before, after=after)
    return head(label, head_weight), room


def captioned(
    name: str,
    label: str,
    weight: float,
    type_: FieldType = FieldType.TEXT,
    *,
    align: Align = "left",
    lines: int = 1,
) -> Cell:
    """Return a cell with a small caption in its top left corner, as American forms have."""

    def draw(sheet: Sheet, area: Area) -> None:
        sheet.text(area.x0 + 3, area.y0 + 7.2, label, 6.0)
        room = Area(area.x0 + 3, area.y0 + 8.6, area.x1 - 3, area.y1 - 1)
        sheet.blank(name, label, room, type_, align=align, lines=lines)

    return Cell(weight, draw)


def comb(
    name: str,
    label: str,
    weight: float,
    count: int,
    type_: FieldType = FieldType.CODE,
    *,
    dividers: Sequence[int] = (),
) -> Cell:
    """Return a cell of one-character boxes; solid lines after the `dividers`, dashed elsewhere."""

    def draw(sheet: Sheet, area: Area) -> None:
        for i, box in enumerate(area.columns([1.0] * count)[1:], start=1):
            solid = i in dividers
            width = 0.9 if solid else 0.4
            sheet.rule(box.x0, area.y0, box.x0, area.y1, width, dashed=not solid)
        align: Align = "right" if type_ is FieldType.AMOUNT else "left"
        sheet.blank(name, label, area, type_, comb=count, align=align)

    return Cell(weight, draw)


def circles(
    name: str, label: str, weight: float, options: Sequence[str], *, size: float = 9.0
) -> Cell:
    """Return a cell with words to circle, a middle dot between them."""

    def draw(sheet: Sheet, area: Area) -> None:
        y = (area.y0 + area.y1) / 2
        slots = area.inset(4, 0).columns([len(option) + 1.2 for option in options])
        for i, (slot, option) in enumerate(zip(slots, options, strict=True)):
            fit = min(size, slot.width / max(fonts.measure(option, sheet.face, 1.0), 0.1) * 0.82)
            said = sheet.text((slot.x0 + slot.x1) / 2, y + 0.35 * fit, option, fit, align="center")
            if i:
                sheet.text(slot.x0, y + 0.35 * fit, "・", fit, align="center")
            reach = Area(said.x0 - 3, y - 0.78 * fit, said.x1 + 3, y + 0.78 * fit)
            _mark(sheet, name, label, option, i, reach, "circle")

    return Cell(weight, draw)


def ticks(
    name: str,
    label: str,
    weight: float,
    options: Sequence[str],
    *,
    columns: int = 0,
    size: float = 8.0,
    several: bool = False,
) -> Cell:
    """Return a cell with boxes to tick, each before its word; in `columns` columns.

    Where `several` of them may be ticked, each is a box of its own and named by its word.
    """

    def draw(sheet: Sheet, area: Area) -> None:
        across = columns or len(options)
        rows = -(-len(options) // across)
        for r, band in enumerate(area.inset(3, 1).lines([1.0] * rows)):
            words = list(options[r * across : (r + 1) * across])
            weights = _tick_weights(sheet, options, across, size)
            for c, (slot, word) in enumerate(zip(band.columns(weights), words, strict=False)):
                named = word if several else label
                tick_box(sheet, slot, name, named, word, r * across + c, size, several=several)

    return Cell(weight, draw)


def _tick_weights(sheet: Sheet, options: Sequence[str], across: int, size: float) -> list[float]:
    """Return the width each column of options wants: that of its widest word and its box."""
    wide = [fonts.measure(option, sheet.face, size) + 16 for option in options]
    return [max(wide[c::across], default=16.0) for c in range(across)]


def tick_box(
    sheet: Sheet,
    slot: Area,
    name: str,
    label: str,
    option: str,
    index: int,
    size: float = 8.0,
    *,
    several: bool = False,
) -> None:
    """Print one box to tick with its word behind it, in the middle of the slot's height."""
    y = (slot.y0 + slot.y1) / 2
    side = min(size * 0.95, slot.height - 1)
    box = Area(slot.x0 + 1, y - side / 2, slot.x0 + 1 + side, y + side / 2)
    sheet.frame(box, 0.6)
    words = Area(box.x1, slot.y0, slot.x1 + 2, slot.y1)
    sheet.text_in(words, option, size, align="left")
    _mark(sheet, name, label, option, index, box, "check", several=several)


def _mark(
    sheet: Sheet,
    name: str,
    label: str,
    option: str,
    index: int,
    area: Area,
    kind: str,
    *,
    several: bool = False,
) -> None:
    """Record one mark: of a choice, or of boxes of which several may be ticked."""
    sheet.blank(
        f"{name}_{index + 1}",
        label,
        area,
        FieldType.CHECKBOX if several else FieldType.CHOICE,
        "circle" if kind == "circle" else "check",
        group=name,
        option=option,
    )


def split_date(
    name: str,
    label: str,
    weight: float,
    *,
    era: str = "令和",
    style: DateStyle = "era",
    size: float = 8.5,
) -> Cell:
    """Return a cell with a date in three cells: `era` __ 年 __ 月 __ 日."""

    def draw(sheet: Sheet, area: Area) -> None:
        y = (area.y0 + area.y1) / 2 + 0.35 * size
        taken = fonts.measure(era + "年月日", sheet.face, size) + 8
        slot = min(max((area.width - taken) / 3, 12.0), 34.0 if style == "era" else 40.0)
        x = area.x0 + max(3.0, (area.width - taken - 3 * slot) / 2)
        left = x
        x = sheet.text(x, y, era, size).x1 if era else x
        parts = []
        for unit in "年月日":
            parts.append(Area(x + 1, area.y0 + 1.2, x + slot - 1, area.y1 - 1.2))
            x = sheet.text(x + slot, y, unit, size).x1
        whole = Area(left, area.y0 + 1.2, x, area.y1 - 1.2)
        sheet.blank(
            name, label, whole, FieldType.DATE, align="center", parts=tuple(parts), date_style=style
        )

    return Cell(weight, draw)


def seal(name: str, label: str, weight: float, *, mark: str = "印") -> Cell:
    """Return a cell in which a seal is stamped over a faint printed circle."""

    def draw(sheet: Sheet, area: Area) -> None:
        reach = max(11.0, min(17.0, 0.42 * area.width, 0.42 * area.height))
        x, y = (area.x0 + area.x1) / 2, (area.y0 + area.y1) / 2
        seal_place(sheet, x, y, name, label, mark, reach)

    return Cell(weight, draw)


def seal_place(
    sheet: Sheet, x: float, y: float, name: str, label: str, mark: str = "印", reach: float = 12.0
) -> None:
    """Print where a seal goes, and record the place."""
    if mark:
        sheet.oval(Area(x - 6.5, y - 6.5, x + 6.5, y + 6.5), 0.4)
        sheet.text(x, y + 2.9, mark, 8.0, align="center", grey=0.35)
    place = Area(x - reach, y - reach, x + reach, y + reach)
    sheet.blank(name, label, place, FieldType.IMAGE, "seal")


def stack(weight: float, *layers: tuple[float, Sequence[Cell]]) -> Cell:
    """Return a cell that is itself rows of cells, each with its share of the height."""

    def draw(sheet: Sheet, area: Area) -> None:
        for band, (_, cells) in zip(area.lines([h for h, _ in layers]), layers, strict=True):
            parts = band.columns([cell.weight for cell in cells])
            for cell, part in zip(cells, parts, strict=True):
                cell.draw(sheet, part)
                if cell.framed:
                    sheet.frame(part, 0.4)

    return Cell(weight, draw)
