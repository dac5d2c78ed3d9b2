"""Which lines of writing are rows of their own, each of another field."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chohyo.discovery.fill_marks import Mark
from chohyo.discovery.pixel_box import around
from chohyo.discovery.region_growth import Surroundings

# In heights of the line: print so far to the left heads it.
HEADED = 3.0
# Of a mark over two rows: how high each row is.
_LEAST_ROW, _MOST_ROW = 0.3, 0.6
# A line that is moved by less than this, in its heights, stands where others have it.
_STILL = 0.2


def rows_of(mark: Mark, surroundings: Surroundings) -> list[Mark]:
    """Part a mark into the two rows that some copies show, where print heads each of them.

    Strokes of rows that stand close touch in one copy, which joins the rows of all.
    """
    row = _row_between(mark)
    if row is None:
        return [mark]
    upper = [(copy, box._replace(y1=min(box.y1, row))) for copy, box in mark.parts if box.y0 < row]
    lower = [(copy, box._replace(y0=max(box.y0, row))) for copy, box in mark.parts if box.y1 > row]
    rows = [Mark(around(box for _, box in parts), tuple(parts)) for parts in (upper, lower)]
    height = min(each.line_height for each in rows)
    apart = surroundings.are_headed_apart(rows[0].box, rows[1].box, HEADED * height)
    return rows if apart else [mark]


def _row_between(mark: Mark) -> int | None:
    """Return where two rows part that some copies show apart; None where it is one row."""
    boxes = [box for _, box in mark.parts]
    rows = [b for b in boxes if _LEAST_ROW <= b.height / mark.box.height <= _MOST_ROW]
    middle = mark.box.center[1]
    upper = [b for b in rows if b.center[1] < middle]
    lower = [b for b in rows if b.center[1] > middle]
    if not upper or not lower:
        return None
    end, begin = max(b.y1 for b in upper), min(b.y0 for b in lower)
    return (end + begin) // 2 if end <= begin + 2 else None


def are_filled_apart(block: Sequence[Mark], lower: Mark) -> bool:
    """Say whether a copy has the upper lines alone and another one the lower line alone.

    A text that is centred or stands on the bottom has its last line lower or higher when it is
    longer; two fields have each its own place, whichever of them is filled in.
    """
    above = frozenset().union(*(mark.copies for mark in block))
    alone, below = above - lower.copies, lower.copies - above
    if not alone or not below:
        return False
    return all(
        _stands_still(mark, single, lower.line_height)
        for mark, single in ((block[0], alone), (lower, below))
    )


def _stands_still(mark: Mark, single: frozenset[int], height: float) -> bool:
    """Say whether copies that have nothing but this line have it where others have it."""
    own = [box.center[1] for copy, box in mark.parts if copy in single]
    others = [box.center[1] for copy, box in mark.parts if copy not in single]
    if not own or not others:
        return False
    return abs(float(np.median(own) - np.median(others))) <= _STILL * height
