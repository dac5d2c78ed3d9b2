"""Tell narrow rings, and rings that touch one another, from digits.

A ring around a dash or a plus sign is as narrow as a zero, and rings around options close together
are one stroke. But print stands inside of a ring and no copy writes there, while a zero stands on
paper, where others write other digits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.ring_outlines import Ellipse
from chohyo.extraction.masks import grown, stretches

Mask = NDArray[np.bool_]
Points = NDArray[np.intp]

# Of the page's long side: how high a ring around one line is, at its lowest and highest.
_LOWEST, _HIGHEST = 0.009, 0.03
# In heights, how narrow and how wide it is.
_NARROW, _WIDE = 0.45, 9.0
# Print this near to strokes holds them together, in pixels; in heights, how far a ring goes beyond
# where it is flat.
_NEAR, _END, _FEWEST = 3, 0.2, 10
# In pixels and heights: strokes this far from the ellipse lie on it; of all strokes, so many do.
_LEAST_OFF, _OFF = 1.6, 0.12
_DIRECTIONS = 24
# So near to the middle a ring has next to no strokes; a digit has.
_CORE, _CORE_DRAWN = 0.55, 0.1
# How far from the middle print is inside of a ring, how much of it there is at least in pixels, and
# how much writing of a copy: none.
_INSIDE, _LEAST_PRINT, _LEAST_WRITING = 0.6, 3, 3
_SAME = 0.3


# Of the strokes, how many lie on the ellipse; of the directions, in how many it is drawn where no
# print hides it, and of all: for a ring by itself, and for one beside another.
_ALONE, _BESIDE = (0.88, 0.8, 0.5), (0.75, 0.65, 0.35)
# In heights: how far rings of one row lie apart, how far from its middle, and how unlike they are.
_FAR, _ASIDE, _UNLIKE = 5.0, 0.3, 0.3


@dataclass(frozen=True, slots=True)
class _Ring:
    copy: int
    box: PixelBox
    strokes: NDArray[np.intp]
    sure: bool


def close_rings(fills: NDArray[np.bool_], text: Mask, ink: Mask) -> list[tuple[int, PixelBox]]:
    """Return the rings of copies that close strokes make, each with its copy's number.

    At the fills' size, `text` masks letters and `ink` all print. What is ragged, or has print at
    its edge, counts in a row with a ring.
    """
    likely = [
        ring
        for copy, fill in enumerate(np.asarray(fills))
        for ring in _rings_of(copy, np.asarray(fill), text, ink)
    ]
    writing = np.asarray(fills).copy()
    for ring in likely:
        writing[ring.copy, ring.strokes[0], ring.strokes[1]] = False
    likely = [ring for ring in likely if not _is_written_in(ring, writing)]
    sure = [ring.box for ring in likely if ring.sure]
    return [
        (ring.copy, ring.box)
        for ring in likely
        if ring.sure or any(_are_in_a_row(ring.box, other) for other in sure)
    ]


def _is_written_in(ring: _Ring, writing: NDArray[np.bool_]) -> bool:
    """Say whether some copy writes where the ring is, so that it is a digit."""
    box = ring.box
    view = writing[:, box.y0 : box.y1, box.x0 : box.x1]
    core = Ellipse(box).mask(_INSIDE)
    return bool((view[:, core].sum(axis=1) >= _LEAST_WRITING).any())


def _are_in_a_row(ring: PixelBox, other: PixelBox) -> bool:
    return (
        abs(ring.center[1] - other.center[1]) <= _ASIDE * other.height
        and abs(ring.height - other.height) <= _UNLIKE * other.height
        and ring.gap_x(other) <= _FAR * other.height
    )


def _rings_of(copy: int, fill: Mask, text: Mask, ink: Mask) -> Iterator[_Ring]:
    found: list[PixelBox] = []
    letters = grown(text, 1)
    near = letters & grown(fill, _NEAR)
    joints = [fill, np.asarray(fill | near), np.asarray(fill | letters)]
    for least, joint in product((_ALONE, _BESIDE), joints):
        for columns, rows in _arcs(fill, joint):
            box = _fitted(columns, rows)
            if box is None or not _is_sized(box, fill.shape) or _is_taken(box, found):
                continue
            reach = _INSIDE if least is _ALONE else 1.0
            if _holds(text, box, reach) and _runs_around(columns, rows, box, ink, least):
                found.append(box)
                yield _Ring(copy, box, np.stack([rows, columns]), least is _ALONE)


def _arcs(fill: Mask, joint: Mask) -> Iterator[tuple[Points, Points]]:
    for xs, ys in _pieces(fill, joint):
        yield xs, ys
        yield from _parted(xs, ys)


def _is_taken(box: PixelBox, found: Sequence[PixelBox]) -> bool:
    return any(box.intersection(other) > _SAME * min(box.area, other.area) for other in found)


def _is_sized(box: PixelBox, shape: tuple[int, ...]) -> bool:
    inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= shape[1] and box.y1 <= shape[0]
    long_side = max(shape)
    return (
        inside
        and _LOWEST * long_side <= box.height <= _HIGHEST * long_side
        and _NARROW * box.height <= box.width <= _WIDE * box.height
    )


def _pieces(fill: Mask, joint: Mask) -> Iterator[tuple[Points, Points]]:
    """Yield the columns and rows of the strokes that a mask holds together, if a ring's may be."""
    _, labels = cv2.connectedComponents(joint.astype(np.uint8), connectivity=8)
    ys, xs = np.nonzero(fill)
    order = np.argsort(labels[ys, xs], kind="stable")
    ys, xs = ys[order], xs[order]
    cuts = np.flatnonzero(np.diff(labels[ys, xs])) + 1
    least, most = (share * max(fill.shape) for share in (_LOWEST, _HIGHEST))
    for rows, columns in zip(np.split(ys, cuts), np.split(xs, cuts), strict=True):
        if len(rows) >= _FEWEST and 0.8 * least <= np.ptp(rows) + 1 <= most:
            yield columns, rows


def _parted(xs: Points, ys: Points) -> Iterator[tuple[Points, Points]]:
    """Yield strokes parted where rings touch: at their ends, which lie at half of their height."""
    top, height = ys.min(), np.ptp(ys) + 1
    outer = (ys < top + height / 4) | (ys >= top + height - height / 4)
    start = xs.min()
    arched = np.bincount(xs[outer] - start, minlength=int(np.ptp(xs)) + 1) > 0
    spans = stretches(arched) + start
    reach = max(2, round(_END * height))
    for n, (first, stop) in enumerate(spans.tolist()):
        low = first - reach if n == 0 else max(first - reach, (spans[n - 1][1] + first) // 2)
        high = (
            stop + reach
            if n + 1 == len(spans)
            else min(stop + reach, (stop + spans[n + 1][0] + 1) // 2)
        )
        own = (xs >= low) & (xs < high)
        if own.sum() >= _FEWEST:
            yield xs[own], ys[own]


def _fitted(xs: Points, ys: Points) -> PixelBox | None:
    """Return the box of the upright ellipse nearest to strokes, by least squares."""
    x, y = xs - xs.mean(), ys - ys.mean()
    terms = np.stack([y * y, x, y, np.ones(len(x))], axis=1)
    (b, c, d, e), *_ = np.linalg.lstsq(terms, -x * x, rcond=None)
    if b <= 0:
        return None
    middle_x, middle_y = -c / 2, -d / (2 * b)
    square = middle_x**2 + b * middle_y**2 - e
    if square <= 0:
        return None
    half_x, half_y = np.sqrt(square), np.sqrt(square / b)
    left, upper = xs.mean() + middle_x - half_x, ys.mean() + middle_y - half_y
    return PixelBox(
        round(float(left)), round(float(upper)),
        round(float(left + 2 * half_x)) + 1, round(float(upper + 2 * half_y)) + 1,
    )  # fmt: skip


def _runs_around(
    xs: Points, ys: Points, box: PixelBox, ink: Mask, least: tuple[float, float, float]
) -> bool:
    ellipse = Ellipse(box)
    on = ellipse.distance(xs, ys) <= max(_LEAST_OFF, _OFF * box.height)
    core = ellipse.radius(xs, ys) < _CORE
    if on.mean() < least[0] or core.sum() > _CORE_DRAWN * ellipse.mask(_CORE).sum():
        return False
    drawn = np.bincount(ellipse.direction(xs[on], ys[on]), minlength=_DIRECTIONS) > 0
    seen = drawn | ~ellipse.hidden(ink)
    return bool(drawn[seen].mean() >= least[1] and drawn.mean() >= least[2])


def _holds(text: Mask, box: PixelBox, reach: float) -> bool:
    view = text[box.y0 : box.y1, box.x0 : box.x1]
    return int((view & Ellipse(box).mask(reach)).sum()) >= _LEAST_PRINT
