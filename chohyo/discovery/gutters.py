"""Find the columns of a table without vertical rules: the paper that no row's writing crosses.

Spaces between words stand at other places in every row and copy. A strip that stays bare in several
rows, with values that begin behind it or end before it at one place, parts two columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.fill_marks import Mark
from chohyo.discovery.pixel_box import PixelBox, around
from chohyo.extraction.masks import stretches

Mask = NDArray[np.bool_]

# Rows of a table, with writing on both sides; the values in them; and how far up and down to look.
_LEAST_ROWS, _LEAST_VALUES, _MOST_ROWS = 3, 8, 12
# In heights of a line: how far rows lie apart at most, how wide columns are at least, and how near
# to the strip values begin or end.
_PITCH, _LEAST_WIDTH, _AT_EDGE = 2.2, 2.5, 0.35
# Of the rows, how many begin or end at the strip. In pixels of the fills: how wide it is at least.
_ALIGNED, _LEAST_STRIP = 0.7, 2


def find_gutters(marks: Sequence[Mark], fills: NDArray[np.bool_]) -> list[PixelBox]:
    """Return strips of bare paper between columns; all is in pixels of the fills."""
    ink = np.asarray(fills.any(axis=0))
    lines = sorted((m for m in marks if m.line_height >= 4), key=lambda m: (m.box.y0, m.box.x0))
    strips: list[PixelBox] = []
    for mark in lines:
        if mark.box.width < 2 * _LEAST_WIDTH * mark.line_height:
            continue
        rows = _rows_around(mark, lines)
        if len(rows) >= _LEAST_ROWS:
            strips += _strips(mark, rows, ink)
    return strips


def _rows_around(mark: Mark, lines: Sequence[Mark]) -> list[list[Mark]]:
    """Return the marks over and under a mark row by row, its own among them."""
    near = [m for m in lines if m.box.shares_column(mark.box, 0.3) and _is_alike(m, mark)]
    rows: list[list[Mark]] = []
    for line in near:
        if rows and rows[-1][0].box.shares_row(line.box, 0.5):
            rows[-1].append(line)
        else:
            rows.append([line])
    own = next((n for n, row in enumerate(rows) if mark in row), None)
    if own is None:
        return []
    first = last = own
    reach = _PITCH * mark.line_height
    while first > 0 and _pitch(rows[first - 1], rows[first]) <= reach:
        first -= 1
    while last + 1 < len(rows) and _pitch(rows[last], rows[last + 1]) <= reach:
        last += 1
    return rows[max(first, own - _MOST_ROWS) : min(last, own + _MOST_ROWS) + 1]


def _is_alike(line: Mark, mark: Mark) -> bool:
    return 0.6 * mark.line_height <= line.line_height <= 1.6 * mark.line_height


def _pitch(upper: Sequence[Mark], lower: Sequence[Mark]) -> int:
    return around(m.box for m in upper).gap_y(around(m.box for m in lower))


def _strips(mark: Mark, rows: Sequence[Sequence[Mark]], ink: Mask) -> Iterator[PixelBox]:
    x0, x1 = mark.box.x0, mark.box.x1
    boxes = [around(m.box for m in row) for row in rows]
    inked = np.stack([ink[box.y0 : box.y1, x0:x1].any(axis=0) for box in boxes])
    gaps = stretches(~inked.any(axis=0))
    gaps = gaps[gaps[:, 1] - gaps[:, 0] >= _LEAST_STRIP]
    ends_before, begins_behind = np.append(0, gaps[:, 1]), np.append(gaps[:, 0], x1 - x0)
    for number, (start, stop) in enumerate(gaps.tolist()):
        if not 0 < start < stop < x1 - x0:
            continue
        least = round(_LEAST_WIDTH * mark.line_height)
        # Between strips that stand close are the letters of a comb.
        left = inked[:, ends_before[number] : start]
        right = inked[:, stop : begins_behind[number + 1]]
        both = np.flatnonzero(left.any(axis=1) & right.any(axis=1))
        wide = (_extents(left) >= least) & (_extents(right) >= least)
        values = sum(len(m.parts) for n in both.tolist() for m in rows[n])
        if len(both) < _LEAST_ROWS or wide[both].mean() < 0.5 or values < _LEAST_VALUES:
            continue
        edge = max(2, round(_AT_EDGE * mark.line_height))
        begins = right[both][:, :edge].any(axis=1).mean()
        ends = left[both][:, -edge:].any(axis=1).mean()
        if max(begins, ends) >= _ALIGNED:
            table = around(boxes[n] for n in both.tolist())
            yield PixelBox(x0 + start, table.y0, x0 + stop, table.y1)


def _extents(inked: Mask) -> NDArray[np.int64]:
    """Return how far the ink of each row reaches, from its first column to its last."""
    columns = np.arange(inked.shape[1])
    first = np.where(inked, columns, inked.shape[1]).min(axis=1, initial=inked.shape[1])
    last = np.where(inked, columns, -1).max(axis=1, initial=-1)
    return np.asarray(last - first + 1, np.int64)
