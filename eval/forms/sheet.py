"""A page of a form before it is painted: what is printed on it, and where to write.

Unit: points, origin at the top left, x to the right, y down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from chohyo.domain.templates import FieldType
from eval.forms import fonts

Align = Literal["left", "center", "right"]
Kind = Literal["text", "check", "circle", "seal"]
DateStyle = Literal["", "era", "kanji", "western", "us"]

A4 = (595.0, 842.0)
A4_LANDSCAPE = (842.0, 595.0)
A5_LANDSCAPE = (595.0, 420.0)


class Area(NamedTuple):
    """An upright rectangle in points."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Return the horizontal extent."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Return the vertical extent."""
        return self.y1 - self.y0

    def inset(self, dx: float, dy: float) -> Area:
        """Return the area shrunk by `dx` left and right, `dy` above and below."""
        return Area(self.x0 + dx, self.y0 + dy, self.x1 - dx, self.y1 - dy)

    def columns(self, weights: Sequence[float]) -> list[Area]:
        """Cut the area from left to right in proportion to the weights."""
        total, x, cut = sum(weights), self.x0, []
        for weight in weights:
            right = x + self.width * weight / total
            cut.append(Area(x, self.y0, right, self.y1))
            x = right
        return cut

    def lines(self, weights: Sequence[float]) -> list[Area]:
        """Cut the area from top to bottom in proportion to the weights."""
        total, y, cut = sum(weights), self.y0, []
        for weight in weights:
            bottom = y + self.height * weight / total
            cut.append(Area(self.x0, y, self.x1, bottom))
            y = bottom
        return cut


class Text(NamedTuple):
    """Printed words; `y` is the baseline, `stroke` thickens (bold), `grey` in 0 (black)..1."""

    x: float
    y: float
    text: str
    size: float
    face: str
    stroke: float = 0.0
    grey: float = 0.0


class Rule(NamedTuple):
    """A printed line."""

    x0: float
    y0: float
    x1: float
    y1: float
    width: float
    dashed: bool = False


class Frame(NamedTuple):
    """A printed rectangle; `fill` is a grey in 0..1 or None, `width` 0 draws no outline."""

    area: Area
    width: float
    fill: float | None = None


class Oval(NamedTuple):
    """A printed ellipse."""

    area: Area
    width: float
    dashed: bool = False


Print = Text | Rule | Frame | Oval


@dataclass(frozen=True, slots=True)
class Blank:
    """A place to fill.

    `parts` are the cells of a split date (year, month, day); `comb` counts one-character boxes;
    what is `vertical` is written downwards.
    A mark of a choice carries the choice's name in `group` and its own word in `option`.
    """

    name: str
    label: str
    type: FieldType
    kind: Kind
    area: Area
    align: Align = "left"
    lines: int = 1
    comb: int = 0
    group: str = ""
    option: str = ""
    parts: tuple[Area, ...] = ()
    date_style: DateStyle = ""
    pii: bool = False
    label_area: Area | None = None
    vertical: bool = False


class Sheet:
    """Collects what is printed on one page, and its blanks."""

    def __init__(self, size: tuple[float, float] = A4, lang: str = "ja") -> None:
        self.width, self.height = size
        self.lang = lang
        self.face = fonts.SANS_JA if lang == "ja" else fonts.HELVETICA
        self.prints: list[Print] = []
        self.blanks: list[Blank] = []
        self._said: dict[str, Area] = {}

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float = 9.0,
        *,
        align: Align = "left",
        bold: bool = False,
        face: str = "",
        grey: float = 0.0,
    ) -> Area:
        """Print words on the baseline `y`, `x` their left, middle or right; return their box."""
        name = self._face(words, face, bold)
        width = fonts.measure(words, name, size)
        left = x - {"left": 0.0, "center": width / 2, "right": width}[align]
        stroke = 0.035 if bold and name == fonts.SANS_JA else 0.0
        self.prints.append(Text(left, y, words, size, name, stroke, grey))
        area = Area(left, y - 0.88 * size, left + width, y + 0.22 * size)
        self._said[_squeezed(words)] = area
        return area

    def _face(self, words: str, face: str, bold: bool) -> str:
        name = face or self.face
        if bold and name == fonts.HELVETICA:
            name = fonts.HELVETICA_BOLD
        return fonts.covering(words, name)

    def vertical(self, x: float, y: float, words: str, size: float = 11.0) -> Area:
        """Print words downwards from `y` around the middle line `x`; return their box."""
        face = fonts.covering(words, self.face)
        for i, letter in enumerate(words):
            left = x - fonts.measure(letter, face, size) / 2
            top = y + i * size * 1.06
            # Commas and full stops stand in the upper right corner of their square.
            dx, dy = (0.62 * size, -0.58 * size) if letter in "、。" else (0.0, 0.0)
            self.prints.append(Text(left + dx, top + 0.88 * size + dy, letter, size, face))
        area = Area(x - size / 2, y, x + size / 2, y + len(words) * size * 1.06)
        self._said[_squeezed(words)] = area
        return area

    def text_in(
        self,
        area: Area,
        words: str,
        size: float = 8.5,
        *,
        align: Align = "center",
        bold: bool = False,
        face: str = "",
    ) -> None:
        """Print words in the middle of an area, shrunk until the widest line fits."""
        lines = words.split("\n")
        widest = max(fonts.measure(line, self._face(line, face, bold), 1.0) for line in lines)
        size = min(size, (area.width - 3.0) / max(widest, 0.1), area.height / len(lines) / 1.05)
        leading = size * 1.22
        x = {"left": area.x0 + 3, "center": (area.x0 + area.x1) / 2, "right": area.x1 - 3}[align]
        y = (area.y0 + area.y1) / 2 - leading * (len(lines) - 1) / 2 + 0.35 * size
        for line in lines:
            self.text(x, y, line, size, align=align, bold=bold, face=face)
            y += leading
        self._said[_squeezed(words)] = area

    def paragraph(self, area: Area, words: str, size: float = 7.0, leading: float = 1.4) -> float:
        """Print small print from the top of an area, wrapped; return the y below it."""
        y = area.y0 + size
        for line in fonts.wrapped(words, fonts.covering(words, self.face), size, area.width):
            self.text(area.x0, y, line, size)
            y += size * leading
        return y - size * (leading - 0.4)

    def rule(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        width: float = 0.6,
        *,
        dashed: bool = False,
    ) -> None:
        """Print a line."""
        self.prints.append(Rule(x0, y0, x1, y1, width, dashed))

    def frame(self, area: Area, width: float = 0.6, fill: float | None = None) -> None:
        """Print a rectangle."""
        self.prints.append(Frame(area, width, fill))

    def oval(self, area: Area, width: float = 0.5, *, dashed: bool = False) -> None:
        """Print an ellipse."""
        self.prints.append(Oval(area, width, dashed))

    def blank(
        self,
        name: str,
        label: str,
        area: Area,
        type_: FieldType = FieldType.TEXT,
        kind: Kind = "text",
        *,
        align: Align = "left",
        lines: int = 1,
        comb: int = 0,
        group: str = "",
        option: str = "",
        parts: tuple[Area, ...] = (),
        date_style: DateStyle = "",
        vertical: bool = False,
    ) -> None:
        """Record a place to fill; the print that says `label` last is where its label stands."""
        self.blanks.append(
            Blank(
                name=name,
                label=_squeezed(label),
                type=type_,
                kind=kind,
                area=area,
                align=align,
                lines=lines,
                comb=comb,
                group=group,
                option=option,
                parts=parts,
                date_style=date_style,
                pii=type_ in _PII or name.startswith(("birth", "seal", "account_number")),
                label_area=self._said.get(_squeezed(label)),
                vertical=vertical,
            )
        )


_PII = frozenset(
    {
        FieldType.PERSON_NAME,
        FieldType.KANA_NAME,
        FieldType.ADDRESS,
        FieldType.PHONE,
        FieldType.EMAIL,
        FieldType.POSTAL_CODE,
    }
)


def _squeezed(words: str) -> str:
    """Join the letters of spaced-out or broken Japanese print; English keeps its spaces."""
    flat = words.replace("\n", " ").replace("\u3000", "")
    return flat.replace(" ", "") if any(ord(c) > 0x3000 for c in flat) else flat.strip()
