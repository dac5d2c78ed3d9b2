"""What forms have besides rows of cells: titles, footers, tables, underlined blanks, approvals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chohyo.domain.templates import FieldType
from eval.forms import fonts
from eval.forms.cells import Block, Cell, blank, comb, head, seal_place
from eval.forms.sheet import Align, Area, DateStyle, Sheet


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `printed` holds what is pre-printed in its rows instead of a blank."""

    name: str
    label: str
    weight: float
    type: FieldType = FieldType.TEXT
    align: Align = "left"
    printed: Sequence[str] = ()
    digits: int = 0


def table(
    block: Block,
    columns: Sequence[Column],
    rows: int,
    *,
    prefix: str,
    first: int = 1,
    head_height: float = 16.0,
    row_height: float = 18.0,
) -> None:
    """Add a heading row and rows of blanks named `prefix_ROW_COLUMN`, counted from `first`."""
    block.row(head_height, *(head(c.label, c.weight) for c in columns))
    for row in range(rows):
        block.row(row_height, *(_table_cell(c, row, f"{prefix}_{first + row}") for c in columns))


def _table_cell(column: Column, row: int, prefix: str) -> Cell:
    if column.printed:
        words = column.printed[row] if row < len(column.printed) else ""
        return head(words, column.weight, size=7.5, shade=None)
    name = f"{prefix}_{column.name}"
    if column.digits:
        return comb(name, column.label, column.weight, column.digits, column.type)
    return blank(name, column.label, column.weight, column.type, align=column.align)


def title(sheet: Sheet, words: str, y: float, size: float = 18.0, *, underline: int = 0) -> Area:
    """Print the title in the middle, with 0, 1 or 2 lines under it."""
    area = sheet.text(sheet.width / 2, y, words, size, align="center", bold=True)
    for i in range(underline):
        y_line = area.y1 + 2 + 2.2 * i
        sheet.rule(area.x0 - 8, y_line, area.x1 + 8, y_line, 0.8)
    return area


def footer(
    sheet: Sheet, left: str, right: str = "", *, middle: str = "", margin: float = 40.0
) -> None:
    """Print small print at the bottom of the page: form number, edition, page."""
    y = sheet.height - 22.0
    sheet.rule(margin, y - 10, sheet.width - margin, y - 10, 0.3)
    sheet.text(margin, y, left, 6.5)
    sheet.text(sheet.width / 2, y, middle, 6.5, align="center")
    sheet.text(sheet.width - margin, y, right, 6.5, align="right")


def underlined(
    sheet: Sheet,
    x: float,
    y: float,
    width: float,
    name: str,
    label: str,
    type_: FieldType = FieldType.TEXT,
    *,
    size: float = 9.0,
    after: str = "",
    align: Align = "left",
) -> float:
    """Print a label and a line to write on, `width` points in all; return the y of the line."""
    x0 = sheet.text(x, y, label, size).x1 + 4
    x1 = x + width
    if after:
        x1 = sheet.text(x1, y, after, size, align="right").x0 - 2
    sheet.rule(x0, y + 3, x1, y + 3, 0.5)
    room = Area(x0 + 1, y - 11, x1 - 1, y + 2.4)
    sheet.blank(name, label or after, room, type_, align=align)
    return y + 3


def date_line(
    sheet: Sheet,
    right: float,
    y: float,
    name: str,
    label: str,
    *,
    era: str = "令和",
    style: DateStyle = "era",
    size: float = 9.0,
    lead: str = "",
) -> None:
    """Print `lead` era __ 年 __ 月 __ 日 so that it ends at `right`."""
    slot = 24.0 if style == "era" else 30.0
    width = fonts.measure(era + "年月日", sheet.face, size) + 3 * slot
    x = right - width
    if lead:
        sheet.text(x - 6, y, lead, size, align="right")
    x = sheet.text(x, y, era, size).x1 if era else x
    left, parts = right - width, []
    for unit in "年月日":
        parts.append(Area(x + 1, y - 11, x + slot - 1, y + 3))
        x = sheet.text(x + slot, y, unit, size).x1
    whole = Area(left, y - 11, x, y + 3)
    sheet.blank(
        name, label, whole, FieldType.DATE, align="center", parts=tuple(parts), date_style=style
    )


def approvals(
    sheet: Sheet,
    right: float,
    y: float,
    posts: Sequence[str],
    *,
    cell: float = 40.0,
    height: float = 42.0,
    side: str = "",
) -> None:
    """Print the boxes in which superiors put their seals, ending at `right`."""
    x = right - cell * len(posts)
    if side:
        spine = Area(x - 14, y, x, y + height + 13)
        sheet.frame(spine, 0.6, 0.92)
        sheet.text_in(spine, "\n".join(side), 7.5)
    for i, post in enumerate(posts, start=1):
        heading = Area(x, y, x + cell, y + 13)
        sheet.frame(heading, 0.6, 0.92)
        sheet.text_in(heading, post, 7.5)
        sheet.frame(Area(x, y + 13, x + cell, y + 13 + height), 0.6)
        centre = y + 13 + height / 2
        seal_place(sheet, x + cell / 2, centre, f"seal_approval_{i}", post, mark="", reach=15.0)
        x += cell


def notes(
    sheet: Sheet, y: float, lines: Sequence[str], *, x: float = 40.0, size: float = 6.8
) -> float:
    """Print numbered or starred small print across the page; return the y below it."""
    for line in lines:
        area = Area(x, y, sheet.width - x, y + 40)
        y = sheet.paragraph(area, line, size) + 1.5
    return y
