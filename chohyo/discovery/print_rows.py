"""Rows of print: pieces that stand beside one another in one cell, read as one text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from chohyo.discovery.line_cuts import crosses_rule, part_by_ink
from chohyo.discovery.pixel_box import PixelBox, around
from chohyo.discovery.printed_text import Printed
from chohyo.discovery.region_growth import Surroundings
from chohyo.discovery.ruling import Ruling

# In heights of a piece: outside of a cell, print further to the right is another row's.
_FAR = 8.0
_SPACE = "　"


@dataclass(frozen=True, slots=True)
class Row:
    """Pieces of print from the left, and the closed cell they stand in; spaces part them."""

    pieces: tuple[Printed, ...]
    cell: PixelBox | None

    @property
    def text(self) -> str:
        """Return what the row says."""
        return _SPACE.join(piece.text for piece in self.pieces)

    @property
    def box(self) -> PixelBox:
        """Return the place of the whole row."""
        return around(piece.box for piece in self.pieces)

    def span(self, box: PixelBox) -> tuple[int, int] | None:
        """Return the first and the last but one of the letters on the row within a box, if any."""
        spans = [
            (start + found[0], start + found[1])
            for start, piece in self._placed()
            if piece.box.shares_row(box, 0.5) and (found := piece.span(box.x0, box.x1))
        ]
        return (spans[0][0], spans[-1][1]) if spans else None

    def part(self, span: tuple[int, int]) -> PixelBox:
        """Return about where some letters stand."""
        return around(piece.part(*local) for piece, local in self._parts(span))

    def part_by_ink(self, span: tuple[int, int], ruling: Ruling) -> PixelBox:
        """Return about where some letters stand, the words of a piece parted by its gaps."""
        return around(part_by_ink(piece, local, ruling) for piece, local in self._parts(span))

    def _placed(self) -> Iterator[tuple[int, Printed]]:
        lengths = (len(piece.text) + len(_SPACE) for piece in self.pieces)
        return zip(accumulate(lengths, initial=0), self.pieces, strict=False)

    def _parts(self, span: tuple[int, int]) -> Iterator[tuple[Printed, tuple[int, int]]]:
        for start, piece in self._placed():
            first, last = max(span[0] - start, 0), min(span[1] - start, len(piece.text))
            if first < last:
                yield piece, (first, last)


def rows_of(printed: Sequence[Printed], surroundings: Surroundings) -> list[Row]:
    """Put pieces of print together to rows, within closed cells and between vertical rules."""
    rows: list[tuple[list[Printed], PixelBox | None]] = []
    for piece in sorted(printed, key=lambda p: (p.box.x0, p.box.y0)):
        cell = surroundings.cell_of(piece.box)
        home = next(
            (
                row
                for row, other in rows
                if other == cell
                and _goes_on(row[-1], piece, cell)
                and not crosses_rule(around([row[-1].box, piece.box]), surroundings.ruling)
            ),
            None,
        )
        if home is None:
            rows.append(([piece], cell))
        else:
            home.append(piece)
    return [Row(tuple(pieces), cell) for pieces, cell in rows]


def _goes_on(last: Printed, piece: Printed, cell: PixelBox | None) -> bool:
    gap = last.box.gap_x(piece.box)
    near = cell is not None or gap <= _FAR * last.box.height
    return near and gap > -0.5 * last.box.height and last.box.shares_row(piece.box, 0.6)
