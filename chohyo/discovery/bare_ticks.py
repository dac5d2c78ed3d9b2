"""Find places to tick that have no printed box, or one that all scans lost, by their ticks.

Crosses and ticks look alike on all copies, and nothing else is written around them; letters of a
value do not, and have others beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.pixel_box import PixelBox, around
from chohyo.extraction.masks import grown

Mask = NDArray[np.bool_]
Points = NDArray[np.float64]

# Of the page's long side, how large a tick is.
_SMALLEST, _LARGEST = 0.0045, 0.02
# In widths and heights: how square a cross is, how narrow and how flat a tick.
_SQUARE, _NARROW, _FLAT = 1.7, 0.55, 2.6
# In shares of a mark's size: strokes this far from a line lie on it, a pen's width at least.
_NEAR, _PEN = 0.14, 2.2
_ON_CROSS, _ON_TICK, _BARE_SIDES = 0.9, 0.93, 0.02
# Where the short stroke of a tick begins and where it turns, in shares of its height and width.
_STARTS, _TURNS = (0.35, 0.55, 0.75, 0.9), (0.15, 0.3, 0.45)
_STEPS = 6
# Of a place's marks how many may be no ticks, as one drawn from far beside; in sizes, how far
# around it nothing else is written, and how much larger its box is.
_ODD, _CLEAR, _ROOM = 0.34, 0.6, 1.2
# A slanted one may be a digit of a row of them: further around it nothing is written.
_CLEAR_OF_DIGITS = 2.5
_SPECK = 6
# In sizes: marks of one place, places in one row or column, and how far these are apart.
_SAME, _ALIGNED, _SIZE, _FAR = 0.5, 0.25, 0.35, 10.0


@dataclass(frozen=True, slots=True)
class _Mark:
    copy: int
    box: PixelBox
    is_cross: bool


def bare_ticks(fills: NDArray[np.bool_], ink: Mask, squares: Sequence[PixelBox]) -> list[PixelBox]:
    """Return the boxes that ticks tell of, in pixels of the fills.

    `ink` masks all print, `squares` are printed boxes, all at the fills' size. A cross counts by
    itself, a tick in a row or column of boxes: slanted ones and sevens look like it.
    """
    marks = [mark for copy, fill in enumerate(fills) for mark in _marks_of(copy, fill)]
    marks = [mark for mark in marks if mark.is_cross or not _leads_to(mark.box, squares)]
    places = [place for place in _places(marks) if _is_clear(place, fills, ink)]
    sure = [place for place in places if place[0].is_cross]
    known = [*squares, *(_box_of(place) for place in sure)]
    beside = [p for p in places if p not in sure and _is_aligned(_box_of(p), known)]
    return _sized([_box_of(place) for place in (*sure, *beside)], squares)


def _leads_to(box: PixelBox, squares: Sequence[PixelBox]) -> bool:
    """Say whether a stroke is a part of a tick in a printed box, which its frame cuts off."""
    return any(box.shares_row(s) and box.gap_x(s) <= max(box.width, s.width) for s in squares)


def _marks_of(copy: int, fill: Mask) -> list[_Mark]:
    least, most = (share * max(fill.shape) for share in (_SMALLEST, _LARGEST))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(grown(fill, 1).astype(np.uint8))
    found = []
    for label, (x, y, w, h, _) in enumerate(stats):
        if label == 0 or not least <= max(w, h) <= most + 2:
            continue
        ys, xs = np.nonzero((labels[y : y + h, x : x + w] == label) & fill[y : y + h, x : x + w])
        box = PixelBox(
            int(x + xs.min()), int(y + ys.min()), int(x + xs.max()) + 1, int(y + ys.max()) + 1
        )
        u = (xs + x - box.x0 + 0.5) / box.width
        v = (ys + y - box.y0 + 0.5) / box.height
        near = max(_NEAR, _PEN / min(box.width, box.height))
        cross = max(box.width, box.height) <= _SQUARE * min(box.width, box.height)
        cross = cross and _is_cross(u, v, near)
        tick = _NARROW * box.height <= box.width <= _FLAT * box.height
        if cross or (tick and _is_tick(u, v, near)):
            found.append(_Mark(copy, box, cross))
    return found


def _is_cross(u: Points, v: Points, near: float) -> bool:
    """Say whether strokes run along both diagonals of a unit square, from end to end."""
    falls, rises = np.abs(u - v) / np.sqrt(2), np.abs(u + v - 1) / np.sqrt(2)
    on = (falls < near) | (rises < near)
    ends = np.stack([(np.abs(u - 0.5) < 0.15), (np.abs(v - 0.5) < 0.15)])
    sides = ends & (np.maximum(np.abs(u - 0.5), np.abs(v - 0.5)) > 0.3)
    drawn = _drawn(u[falls < near]) and _drawn(u[rises < near])
    return bool(on.mean() >= _ON_CROSS and drawn and sides.mean() < _BARE_SIDES)


def _is_tick(u: Points, v: Points, near: float) -> bool:
    """Say whether strokes go down a little and then up to the right, or up alone."""
    if _runs_along([(0.0, 1.0), (1.0, 0.0)], u, v, near):
        return True
    return any(
        _runs_along([(0.0, start), (turn, 1.0), (1.0, 0.0)], u, v, near)
        for start, turn in product(_STARTS, _TURNS)
    )


def _runs_along(corners: Sequence[tuple[float, float]], u: Points, v: Points, near: float) -> bool:
    """Say whether strokes lie on the lines from corner to corner and draw all of them."""
    nearest = np.full(len(u), np.inf)
    for (x0, y0), (x1, y1) in pairwise(corners):
        along = ((u - x0) * (x1 - x0) + (v - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2)
        along = np.clip(along, 0, 1)
        off = np.hypot(u - x0 - along * (x1 - x0), v - y0 - along * (y1 - y0))
        if not _drawn(along[off < near], _STEPS if x1 == 1 else _STEPS // 2):
            return False
        nearest = np.minimum(nearest, off)
    return bool((nearest < near).mean() >= _ON_TICK)


def _drawn(along: Points, steps: int = _STEPS) -> bool:
    """Say whether there are points in each of some equal parts of 0 to 1."""
    return len(np.unique(np.clip((along * steps).astype(int), 0, steps - 1))) == steps


def _places(marks: Sequence[_Mark]) -> list[list[_Mark]]:
    places: list[list[_Mark]] = []
    for mark in sorted(marks, key=lambda m: (not m.is_cross, -m.box.area, m.copy)):
        home = next((p for p in places if _is_same_place(p[0].box, mark.box)), None)
        if home is None:
            places.append([mark])
        else:
            home.append(mark)
    return places


def _is_same_place(first: PixelBox, second: PixelBox) -> bool:
    (x, y), (u, v) = first.center, second.center
    size = max(first.height, second.height)
    return abs(x - u) <= _SAME * size and abs(y - v) <= _SAME * size


def _box_of(place: Sequence[_Mark]) -> PixelBox:
    """Return the place of its crosses, which are drawn from corner to corner, else of its ticks."""
    crosses = [mark.box for mark in place if mark.is_cross]
    return around(crosses or [mark.box for mark in place])


def _is_clear(place: Sequence[_Mark], fills: NDArray[np.bool_], ink: Mask) -> bool:
    """Say whether nothing but ticks is written at a place and around it, and nothing printed."""
    box = _box_of(place)
    size = max(box.width, box.height)
    inner = box.inset(size // 5)
    if ink[inner.y0 : inner.y1, inner.x0 : inner.x1].any():
        return False
    reach = round((_CLEAR if place[0].is_cross else _CLEAR_OF_DIGITS) * size)
    above = round(_CLEAR * size)
    rows = slice(max(0, box.y0 - above), box.y1 + above)
    columns = slice(max(0, box.x0 - reach), box.x1 + reach)
    top, left = inner.y0 - rows.start, inner.x0 - columns.start
    odd, ticks = 0, {mark.copy for mark in place}
    for copy, fill in enumerate(fills):
        _, labels = cv2.connectedComponents(grown(fill[rows, columns], 1).astype(np.uint8))
        core = labels[top : top + inner.height, left : left + inner.width]
        beside = fill[rows, columns] & ~np.isin(labels, np.unique(core[core > 0]))
        if beside.sum() >= _SPECK:
            return False
        written = fill[inner.y0 : inner.y1, inner.x0 : inner.x1].sum() >= _SPECK
        odd += bool(written and copy not in ticks)
    return odd <= (_ODD * (odd + len(ticks)) if place[0].is_cross else 0)


def _is_aligned(box: PixelBox, known: Sequence[PixelBox]) -> bool:
    """Say whether a place stands in a row or a column with a box, of about its size."""
    (x, y), size = box.center, max(box.width, box.height)
    return any(
        min(abs(x - other.center[0]), abs(y - other.center[1])) <= _ALIGNED * size
        and max(abs(x - other.center[0]), abs(y - other.center[1])) <= _FAR * size
        and abs(max(other.width, other.height) - _ROOM * size) <= _SIZE * size
        for other in known
    )


def _sized(boxes: Sequence[PixelBox], squares: Sequence[PixelBox]) -> list[PixelBox]:
    """Return the boxes around ticks in the size of the page's printed boxes, or with some room."""
    usual = [max(square.width, square.height) for square in squares]
    sizes = [_ROOM * max(box.width, box.height) for box in boxes]
    size = float(np.median(usual or sizes or [0.0]))
    found = []
    for box in boxes:
        (x, y), half = box.center, size / 2
        found.append(PixelBox(round(x - half), round(y - half), round(x + half), round(y + half)))
    return found
