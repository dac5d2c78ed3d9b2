"""Find the print that names a field: beside it, above it, behind it, and the heading over it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chohyo.discovery.pixel_box import PixelBox, around
from chohyo.discovery.printed_text import BOX_SIGN, SPACES, Printed, without_box_sign
from chohyo.discovery.region_growth import Surroundings

_MAX_LABEL = 120
# Codes such as "14b", eras and brackets stand before a field without naming it.
_NO_NAME = re.compile(
    r"[\W\d_]*[\dA-Za-z]{0,2}[\W\d_]*|[〒$¥￥]|((明治?|大正?|昭和?|平成?|令和?)[\s・･·.,、/]*)+"
)
_ERA = re.compile("(明治|大正|昭和|平成|令和)\\s*$")
_HEADING = re.compile(
    r"^\s*((part|section|step|schedule)\s+[\dIVXA-Z]+\b|第\s*[\d一二三四五六七八九十]+\s*[章節部表]|"
    r"[■◆●【〔]|[①-⑳]|[\dIVX０-９Ⅰ-Ⅻ]{1,3}\s*[.．、]\s*\D)",
    re.IGNORECASE,
)
# In heights of print: how far to look to the left, above, and behind.
_LEFT_REACH, _ABOVE_REACH, _BEHIND_REACH = 30.0, 8.0, 1.5


@dataclass(frozen=True, slots=True)
class Label:
    """The text that names a field and where it stands."""

    text: str
    box: PixelBox | None = None


class LabelFinder:
    """Looks for labels among the print of one page.

    `remnants` are what seems printed and may be left of values; only units are looked up in them.
    """

    def __init__(
        self,
        printed: Sequence[Printed],
        surroundings: Surroundings,
        remnants: Sequence[Printed] = (),
    ) -> None:
        self._remnants = tuple(remnants)
        self._printed = sorted(printed, key=lambda p: (p.box.y0, p.box.x0))
        self.surroundings = surroundings
        self._headings = [p for p in self._printed if _HEADING.match(p.text)]

    def of_field(self, field: PixelBox) -> Label:
        """Return the label of a field to write in: the nearest print left of it or above it."""
        left = self._left_of(field)
        above = self._above(field)
        if left and above:
            return left[1] if left[0] <= above[0] else above[1]
        best = left or above
        return best[1] if best else Label("")

    def of_square(self, square: PixelBox, squares: Sequence[PixelBox]) -> Label:
        """Return the print right of a checkbox, up to the next checkbox in its row."""
        stops = [s.x0 for s in squares if s != square and s.shares_row(square) and s.x0 > square.x1]
        stop = min(stops, default=10**9)
        reach = 6 * square.width
        for line in sorted(self._printed, key=lambda p: max(p.box.x0, square.x1)):
            if not line.box.shares_row(square, 0.4) or line.box.x0 > min(stop, square.x1 + reach):
                continue
            text = without_box_sign(_behind(line, square, squares, stop))
            if text:
                return Label(text[:_MAX_LABEL], line.box)
        return self.of_field(square)

    def beside(self, field: PixelBox) -> str:
        """Return the print left of a field on its line, "" when there is none."""
        found = self._left_of(field)
        return found[1].text if found else ""

    def inside(self, box: PixelBox) -> str:
        """Return the print inside a box, such as a circled word."""
        pieces = [
            p.between(box.x0, box.x1)
            for p in self._printed
            if p.box.shares_row(box, 0.5) and p.box.shares_column(box, 0.01)
        ]
        return "".join(pieces).strip(" ・･.,、/／|")

    def unit_behind(self, field: PixelBox) -> str:
        """Return the print directly behind a field, or at the end of its box: 円, 年 or %."""
        for line in self._printed:
            if not line.box.shares_row(field, 0.5) or line.box.x1 <= field.x1:
                continue
            height = line.box.height
            if line.box.x0 > field.x1 + _BEHIND_REACH * height:
                continue
            text = line.between(field.x1 - 0.3 * height, field.x1 + 2.5 * height)
            if text:
                return text
        return self._unit_inside(field)

    def _unit_inside(self, field: PixelBox) -> str:
        """Return the few letters that stand at the very end of a field's box."""
        for line in (*self._printed, *self._remnants):
            height = line.box.height
            starts = max(field.center[0], field.x1 - 3 * height) < line.box.x0
            ends = field.x1 - height < line.box.x1 <= field.x1
            if starts and ends and line.box.shares_row(field, 0.5):
                return line.text
        return ""

    def era_before(self, field: PixelBox) -> int | None:
        """Return where an era printed directly in front of a field begins, such as 令和."""
        for line in self._printed:
            height = line.box.height
            beside = abs(field.x0 - line.box.x1) <= 1.5 * height
            if beside and line.box.shares_row(field) and _ERA.search(line.text):
                return max(line.box.x0, line.box.x1 - round(2.2 * height))
        return None

    def above(self, field: PixelBox) -> Label:
        """Return the print above a field, such as its column's heading, however far."""
        found = self._above(field, reach=60.0)
        return found[1] if found else Label("")

    def section_of(self, field: PixelBox) -> str:
        """Return the last heading that stands before the field in its part of the page."""
        before = [
            h
            for h in self._headings
            if h.box.y1 <= field.y0 + h.box.height and h.box.x0 <= field.x0 + 2 * h.box.height
        ]
        return before[-1].text[:_MAX_LABEL] if before else ""

    def _left_of(self, field: PixelBox) -> tuple[float, Label] | None:
        row = [
            cut
            for p in self._printed
            if p.box.shares_row(field, 0.45)
            and p.box.x0 < field.x0
            and (cut := _before(p, field)) is not None
        ]
        row.sort(key=lambda p: -p.box.x1)
        passed = ""
        for piece in row:
            distance = (field.x0 - piece.box.x1) / max(1, piece.box.height)
            if distance > _LEFT_REACH:
                return None
            if _NO_NAME.fullmatch(piece.text):
                passed = passed or piece.text
                continue
            label = self._with_stacked(piece, field)
            text = label.text if passed in label.text else f"{passed} {label.text}"
            return max(0.0, 0.35 * distance), Label(text.strip()[:_MAX_LABEL], label.box)
        return None

    def _above(self, field: PixelBox, reach: float = _ABOVE_REACH) -> tuple[float, Label] | None:
        column = [
            p
            for p in self._printed
            if p.box.shares_column(field, 0.3)
            and p.box.center[1] <= field.y0 + 0.3 * p.box.height
            and not _NO_NAME.fullmatch(p.text)
        ]
        if not column:
            return None
        nearest = max(column, key=lambda p: (p.box.y1, -p.box.x0))
        row = [p for p in column if p.box.shares_row(nearest.box)]
        piece = min(row, key=lambda p: abs(p.box.x0 - field.x0))
        distance = (field.y0 - piece.box.y1) / max(1, piece.box.height)
        if distance > reach:
            return None
        cell = self.surroundings.cell_of(field)
        # Print in the field's own cell names it, whatever stands beside the cell.
        own = cell is not None and cell.covers(piece.box) > 0.8
        cost = -1.0 if own else 1.2 + max(0.0, distance)
        return cost, Label(piece.text[:_MAX_LABEL], piece.box)

    def _with_stacked(self, piece: Printed, field: PixelBox) -> Label:
        """Join the lines over and under a label that belong to it, when all stand by the field."""
        cell = self.surroundings.cell_of(piece.box)
        stack = [piece]
        for other in self._printed:
            if other is piece or not other.box.shares_column(piece.box, 0.6):
                continue
            beside = (
                field.y0 - other.box.height <= other.box.y0
                and other.box.y1 <= field.y1 + other.box.height
            )
            same_cell = cell is not None and cell == self.surroundings.cell_of(other.box)
            close = min(other.box.gap_y(p.box) for p in stack) < 0.7 * piece.box.height
            if beside and close and same_cell and other.box.x1 <= field.x0:
                stack.append(other)
        stack.sort(key=lambda p: p.box.y0)
        joiner = " " if piece.text.isascii() else ""
        return Label(joiner.join(p.text for p in stack), around(p.box for p in stack))


def _behind(line: Printed, square: PixelBox, squares: Sequence[PixelBox], stop: float) -> str:
    """Return the words of a line between a box to tick and the next one.

    Where the words of the line are as many as its boxes, they belong to them in order; else their
    places are estimated.
    """
    margin = square.width
    own = sorted(
        s for s in {square, *squares}
        if s.shares_row(line.box, 0.4) and line.box.x0 - margin <= s.x1 <= line.box.x1
    )  # fmt: skip
    for divider in (BOX_SIGN, SPACES):
        words = [word for word in divider.split(line.text) if word.strip(" .・")]
        if square in own and len(words) == len(own):
            return words[own.index(square)]
    if own and line.box.x0 < own[0].x1 < line.box.x1:
        line = Printed(line.text, line.box._replace(x0=own[0].x1))
    return line.between(square.x1 - 0.2 * square.width, stop)


def _before(line: Printed, field: PixelBox) -> Printed | None:
    """Return the part of a line left of a field, where the line goes on in it or behind it."""
    if line.box.x1 <= field.x0 + 0.6 * line.box.height:
        return line
    text = line.between(0, field.x0)
    end = max(line.box.x0 + 1, field.x0)
    return Printed(text, line.box._replace(x1=end)) if text else None
