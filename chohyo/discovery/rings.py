"""Find the rings that copies have around print: words and numbers that were chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.pixel_box import PixelBox

Mask = NDArray[np.bool_]

# In shares of the page's long side, for the hole of a ring; a zero is lower.
_SMALLEST, _HIGHEST, _WIDEST = 0.007, 0.06, 0.35
# A ring that crosses print is cut there, so print this near to fill counts as ink of the ring,
# and gaps up to this are bridged, in pixels of the fills.
_NEAR, _BRIDGE = 3, 5
# Of a hole's own rectangle: an ellipse takes 0.785. Letters and frames lie beyond.
_LEAST_ROUND, _MOST_ROUND = 0.62, 0.93
_LEAST_HULL = 0.88
# Directions from the middle in which the ring must be drawn by the pen, not lent by print.
_DIRECTIONS, _LEAST_DRAWN = 24, 0.6
_LEAST_PRINT = 3
_FEWEST_POINTS = 10
# Seals are 7 to 27 mm wide, more than a circle around a letter; this share of their middle is ink.
_SMALLEST_STAMP, _LARGEST_STAMP, _STAMPED = 0.024, 0.09, 0.12
# The rim is one stroke as wide as the seal.
_RIM = 0.85
# Beyond the ellipse in its box a round seal has next to no ink (a text 0.18 and more). A square one
# has a frame of this share of its width, so much of it drawn (of a text's sides at most 0.84).
_CORNER, _MOST_CORNER, _FRAME, _LEAST_FRAME = 1.1, 0.06, 0.07, 0.88
# A ring around one word or number, for arcs that are joined by guess.
_SMALL_RING = 0.03
# Where a ring runs through print, of the directions left, and of all of them.
_LEAST_SEEN, _LEAST_CUT = 0.75, 0.4


def find_rings(fill: Mask, text: Mask, print_mask: Mask) -> list[PixelBox]:
    """Return the rings of one copy around letters, in pixels of the fill.

    `print_mask` is the form's print at the fill's size, `text` that without its rules.
    """
    height, width = fill.shape
    bridge = np.ones((_BRIDGE, _BRIDGE), np.uint8)
    bridged = cv2.morphologyEx(fill.astype(np.uint8), cv2.MORPH_CLOSE, bridge)
    # Print inside a ring must not grow together with it, so lent print is not bridged.
    lent = (fill | (print_mask & _wider(fill, _NEAR))).astype(np.uint8)
    rings: list[PixelBox] = []
    for ring in _cut_rings(fill, text, print_mask):
        if _holds_print(ring, text):
            rings.append(ring)
    for hole in (*_round_holes(np.asarray(bridged, np.uint8)), *_round_holes(lent)):
        if _holds_print(hole, text) and _is_drawn(fill, hole):
            ring = _within(hole.inset(-_thickness(fill, hole)), width, height)
            rings.append(ring)
    return different(rings)


def find_stamps(fill: Mask) -> list[PixelBox]:
    """Return the seals of one copy: a ring with letters in it that are no print, as stamped."""
    height, width = fill.shape
    long_side = max(height, width)
    bridge = np.ones((_BRIDGE, _BRIDGE), np.uint8)
    closed = cv2.morphologyEx(fill.astype(np.uint8), cv2.MORPH_CLOSE, bridge)
    _, _, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    stamps = []
    for x, y, w, h, _ in stats[1:]:
        round_enough = max(w, h) <= 1.25 * min(w, h)
        if not (round_enough and _SMALLEST_STAMP <= max(w, h) / long_side <= _LARGEST_STAMP):
            continue
        box = PixelBox(int(x), int(y), int(x + w), int(y + h))
        inner = box.inset(max(w, h) // 5)
        written = fill[inner.y0 : inner.y1, inner.x0 : inner.x1].mean()
        drawn = _is_drawn(fill, box.inset(max(1, w // 12)))
        if written > _STAMPED and drawn and _has_rim(fill, box) and _is_outlined(fill, box):
            stamps.append(box)
    return stamps


def _has_rim(fill: Mask, box: PixelBox) -> bool:
    """Say whether one stroke spans a box, as the rim of a seal does and no letter of a text."""
    window = _wider(fill[box.y0 : box.y1, box.x0 : box.x1], 1).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(window, connectivity=8)
    spans = (stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]).min(axis=1)
    return bool(len(spans) and spans.max() >= _RIM * min(box.width, box.height))


def _is_outlined(fill: Mask, box: PixelBox) -> bool:
    """Say whether a box's corners are free, as around a round seal, or its four sides are drawn.

    Short lines of a text over one another have ragged sides.
    """
    window = fill[box.y0 : box.y1, box.x0 : box.x1]
    rows, columns = np.ogrid[: box.height, : box.width]
    down = (rows - (box.height - 1) / 2) / (box.height / 2)
    along = (columns - (box.width - 1) / 2) / (box.width / 2)
    if window[np.hypot(down, along) > _CORNER].mean() <= _MOST_CORNER:
        return True
    thick = max(2, round(_FRAME * box.width))
    sides = (
        window[:thick].any(axis=0), window[-thick:].any(axis=0),
        window[:, :thick].any(axis=1), window[:, -thick:].any(axis=1),
    )  # fmt: skip
    return min(float(side.mean()) for side in sides) >= _LEAST_FRAME


def different(rings: Sequence[PixelBox]) -> list[PixelBox]:
    """Return the rings without those that are another one found again."""
    kept: list[PixelBox] = []
    for ring in rings:
        if all(ring.iou(other) < 0.4 for other in kept):
            kept.append(ring)
    return kept


def _round_holes(ink: NDArray[np.uint8]) -> list[PixelBox]:
    height, width = ink.shape
    contours, hierarchy = cv2.findContours(ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    holes = []
    for contour, (_, _, _, parent) in zip(
        contours, hierarchy[0] if hierarchy is not None else (), strict=True
    ):
        x, y, w, h = cv2.boundingRect(contour)
        if parent < 0 or not is_ring_sized(w, h, height, width):
            continue
        hole = PixelBox(x, y, x + w, y + h)
        if _is_round(np.asarray(contour, np.int32), hole):
            holes.append(hole)
    return holes


def _cut_rings(fill: Mask, text: Mask, print_mask: Mask) -> list[PixelBox]:
    """Return the rings that run through print: arcs of one ellipse, joined by letters they cut.

    Where a ring is cut twice its two arcs are tried together.
    """
    height, width = fill.shape
    arcs = _arcs(fill, text)
    over_print = _wider(print_mask, 2)
    rings: list[PixelBox] = []
    for points in (*arcs, *_pairs(arcs, height, width)):
        hull = cv2.convexHull(points)
        if len(hull) < 5:
            continue
        ring = _Ellipse.through(hull)
        box = _within(ring.box(), width, height)
        if not is_ring_sized(box.width, box.height, height, width):
            continue
        if ring.lies_under(points) and ring.is_drawn(fill, over_print):
            rings.append(box)
    return rings


def _arcs(fill: Mask, text: Mask) -> list[NDArray[np.float32]]:
    """Return the points of each piece of fill that, with the letters it meets, may be a ring's."""
    height, width = fill.shape
    lent = (fill | (text & _wider(fill, _NEAR))).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(lent, connectivity=8)
    least = _SMALLEST * max(height, width)
    arcs = []
    for label, (x, y, w, h, _) in enumerate(stats):
        if label == 0 or h > _HIGHEST * height or w > _WIDEST * width or max(w, h) < 0.6 * least:
            continue
        view = np.s_[y : y + h, x : x + w]
        ys, xs = np.nonzero((labels[view] == label) & fill[view])
        if len(xs) >= _FEWEST_POINTS:
            arcs.append(np.stack([xs + x, ys + y], axis=1).astype(np.float32))
    return arcs


def _pairs(
    arcs: Sequence[NDArray[np.float32]], height: int, width: int
) -> Iterator[NDArray[np.float32]]:
    """Yield the points of two arcs that lie apart by no more than a ring is high."""
    lows = np.array([arc.min(axis=0) for arc in arcs]).reshape(-1, 2)
    highs = np.array([arc.max(axis=0) for arc in arcs]).reshape(-1, 2)
    reach = _SMALL_RING * max(height, width)
    for i, arc in enumerate(arcs):
        low, high = np.minimum(lows, lows[i]), np.maximum(highs, highs[i])
        near = ((high - low) <= reach).all(axis=1)
        for j in np.flatnonzero(near).tolist():
            if j > i:
                yield np.concatenate([arc, arcs[j]])


def is_ring_sized(w: int, h: int, height: int, width: int) -> bool:
    """Say whether a box of that size is as large as a ring, on a page of that size."""
    small = min(w, h) < _SMALLEST * max(height, width)
    return not small and h <= _HIGHEST * height and w <= _WIDEST * width


@dataclass(frozen=True, slots=True)
class _Ellipse:
    """A middle, half axes and their turn in radians, in pixels."""

    x: float
    y: float
    a: float
    b: float
    turn: float

    @classmethod
    def through(cls, points: NDArray[Any]) -> _Ellipse:
        (x, y), (width, height), degrees = cv2.fitEllipse(points)
        return cls(x, y, max(1.0, width / 2), max(1.0, height / 2), np.radians(degrees))

    def lies_under(self, points: NDArray[np.float32]) -> bool:
        """Say whether nearly all points are on the ellipse, none of them inside it."""
        dx, dy = points[:, 0] - self.x, points[:, 1] - self.y
        along = (dx * np.cos(self.turn) + dy * np.sin(self.turn)) / self.a
        across = (dy * np.cos(self.turn) - dx * np.sin(self.turn)) / self.b
        radius = np.hypot(along, across)
        return float(((radius > 0.72) & (radius < 1.2)).mean()) > 0.93

    def is_drawn(self, fill: Mask, over_print: Mask) -> bool:
        """Say whether the pen went around wherever no print hides it."""
        rows, columns = self._places(fill.shape)
        drawn = np.asarray(fill[rows, columns].any(axis=0))
        seen = np.asarray(over_print[rows, columns].mean(axis=0) <= 0.5)
        return bool(
            seen.sum() >= _DIRECTIONS / 3
            and drawn[seen].mean() >= _LEAST_SEEN
            and drawn.mean() >= _LEAST_CUT
        )

    def _places(self, shape: tuple[int, ...]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        angles = np.linspace(0, 2 * np.pi, _DIRECTIONS, endpoint=False)
        reach = np.linspace(0.8, 1.15, 8)
        along = np.outer(reach, np.cos(angles)) * self.a
        across = np.outer(reach, np.sin(angles)) * self.b
        xs = self.x + along * np.cos(self.turn) - across * np.sin(self.turn)
        ys = self.y + along * np.sin(self.turn) + across * np.cos(self.turn)
        rows = np.clip(ys.round().astype(np.intp), 0, shape[0] - 1)
        return rows, np.clip(xs.round().astype(np.intp), 0, shape[1] - 1)

    def box(self) -> PixelBox:
        """Return the upright box around it."""
        wide = np.hypot(self.a * np.cos(self.turn), self.b * np.sin(self.turn))
        high = np.hypot(self.a * np.sin(self.turn), self.b * np.cos(self.turn))
        return PixelBox(
            round(self.x - wide), round(self.y - high), round(self.x + wide), round(self.y + high)
        )


def _wider(mask: Mask, by: int) -> Mask:
    window = np.ones((2 * by + 1, 2 * by + 1), np.uint8)
    return np.asarray(cv2.dilate(mask.astype(np.uint8), window) > 0)


def _is_round(contour: NDArray[np.int32], hole: PixelBox) -> bool:
    area = cv2.contourArea(contour)
    hull = cv2.contourArea(cv2.convexHull(contour))
    share = area / max(1, (hole.width - 1) * (hole.height - 1))
    return _LEAST_ROUND <= share <= _MOST_ROUND and area >= _LEAST_HULL * hull


def _holds_print(hole: PixelBox, text: Mask) -> bool:
    inner = hole.inset(max(1, min(hole.width, hole.height) // 5))
    return int(text[inner.y0 : inner.y1, inner.x0 : inner.x1].sum()) >= _LEAST_PRINT


def _is_drawn(fill: Mask, hole: PixelBox) -> bool:
    """Say whether the pen went around: fill lies at the hole's edge in most directions."""
    middle_x, middle_y = hole.center
    angles = np.linspace(0, 2 * np.pi, _DIRECTIONS, endpoint=False)
    reach = np.linspace(0.8, 1.35, 12)
    xs = middle_x + np.outer(reach, np.cos(angles)) * hole.width / 2
    ys = middle_y + np.outer(reach, np.sin(angles)) * hole.height / 2
    rows = np.clip(ys.round().astype(int), 0, fill.shape[0] - 1)
    columns = np.clip(xs.round().astype(int), 0, fill.shape[1] - 1)
    return float(fill[rows, columns].any(axis=0).mean()) >= _LEAST_DRAWN


def _thickness(fill: Mask, hole: PixelBox) -> int:
    """Return how wide the ring's stroke is, looking out from the hole to the four sides."""
    middle_x, middle_y = (round(each) for each in hole.center)
    reach = max(4, hole.height // 4)
    rays = (
        fill[middle_y, hole.x1 : hole.x1 + reach],
        fill[middle_y, max(0, hole.x0 - reach) : hole.x0],
        fill[hole.y1 : hole.y1 + reach, middle_x],
        fill[max(0, hole.y0 - reach) : hole.y0, middle_x],
    )
    return max(1, round(float(np.median([ray.sum() for ray in rays]))))


def _within(box: PixelBox, width: int, height: int) -> PixelBox:
    return PixelBox(max(0, box.x0), max(0, box.y0), min(width, box.x1), min(height, box.y1))
