"""What people put on the copies: lines of writing, and circles drawn around print."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.close_rings import close_rings
from chohyo.discovery.pixel_box import PixelBox, around
from chohyo.discovery.ring_outlines import Ellipse, ring_outlines, ringed_words
from chohyo.discovery.rings import different, find_rings, find_stamps
from chohyo.extraction.masks import grown

Mask = NDArray[np.bool_]

# How far from the middle a ring has no strokes; of that, how much a digit of another copy covers,
# and how many such copies tell. Of 634 rings around options (ja, 32 forms) one is told so, and of
# 72 others (with 59 English forms) 23.
_MIDDLE, _WRITTEN, _COPIES_WITH_DIGITS = 0.6, 0.2, 2


@dataclass(frozen=True, slots=True)
class Mark:
    """A place where copies are filled: its extent over all of them, and what each one has there."""

    box: PixelBox
    parts: tuple[tuple[int, PixelBox], ...]

    @property
    def copies(self) -> frozenset[int]:
        """Number the copies that are filled here."""
        return frozenset(copy for copy, _ in self.parts)

    @property
    def line_height(self) -> float:
        """Return the usual height of what is written here."""
        return float(np.median([box.height for _, box in self.parts]))

    def scaled(self, factor: int) -> Mark:
        """Return the mark in the pixels of a larger image."""
        parts = tuple((copy, box.scaled(factor)) for copy, box in self.parts)
        return Mark(self.box.scaled(factor), parts)


def halved(mask: Mask) -> Mask:
    """Return a mask of the whole form at the fills' size."""
    height, width = mask.shape
    size = ((width + 1) // 2, (height + 1) // 2)
    small = cv2.resize(mask.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small > 60)


def doubled(mask: Mask, shape: tuple[int, ...]) -> Mask:
    """Return a mask at the fills' size as one of the whole form, of shape `(height, width)`."""
    wide = cv2.resize(
        mask.astype(np.uint8),
        (2 * mask.shape[1], 2 * mask.shape[0]),
        interpolation=cv2.INTER_NEAREST,
    )
    return np.asarray(wide[: shape[0], : shape[1]] > 0)


def barriers_of(ink: Mask) -> Mask:
    """Return print at the fills' size as what parts writing.

    It is grown by a pixel, so that writing beside print does not leak through a letter's gaps.
    """
    return grown(halved(ink), 1)


def find_writing(fills: NDArray[np.bool_], barriers: Mask) -> list[Mark]:
    """Return lines of writing; `barriers` (print and rules, at the fills' size) part them.

    Boxes are in pixels of the fills.
    """
    lines = [
        (copy, box) for copy, fill in enumerate(fills) for box in _lines(np.asarray(fill), barriers)
    ]
    return _joined(lines, _same_line)


def find_circles(fills: NDArray[np.bool_], text: Mask, ink: Mask) -> list[Mark]:
    """Return rings that copies have around letters.

    At the fills' size, `text` masks letters and `ink` all print, grown by its blur.
    """
    letters = grown(text, 1)
    close = close_rings(fills, text, ink)
    rings = [
        (copy, box)
        for copy, fill in enumerate(np.asarray(fills))
        for box in different(
            [
                *ring_outlines(fill, text, ink),
                *find_rings(fill, letters, ink),
                *(box for number, box in close if number == copy),
            ]
        )
    ]
    return [mark for mark in _joined(rings, _same_ring) if not _is_written_in(mark, fills)]


def _is_written_in(mark: Mark, fills: NDArray[np.bool_]) -> bool:
    """Say whether other copies write where a ring's middle is: it is a 0 of theirs, then."""
    box = mark.box
    others = [copy for copy in range(len(fills)) if copy not in mark.copies]
    middle = Ellipse(box).mask(_MIDDLE)[: fills.shape[1] - box.y0, : fills.shape[2] - box.x0]
    view = np.asarray(fills)[others, box.y0 : box.y1, box.x0 : box.x1]
    written = (view & middle).sum(axis=(1, 2)) > _WRITTEN * max(1, int(middle.sum()))
    return int(written.sum()) >= _COPIES_WITH_DIGITS


def find_ringed_words(fills: NDArray[np.bool_]) -> list[Mark]:
    """Return rings of copies around words that they hid from the print, at the fills' size."""
    rings = [(copy, box) for copy, fill in enumerate(fills) for box in ringed_words(fill)]
    return _joined(rings, _same_ring)


def _same_ring(first: PixelBox, second: PixelBox) -> bool:
    return first.iou(second) > 0.35


def find_seals(fills: NDArray[np.bool_]) -> list[Mark]:
    """Return the places where copies are stamped, at the fills' size."""
    stamps = [
        (copy, box) for copy, fill in enumerate(fills) for box in find_stamps(np.asarray(fill))
    ]
    return _joined(stamps, lambda a, b: a.iou(b) > 0.2)


def _lines(fill: Mask, barriers: Mask) -> list[PixelBox]:
    """Group one copy's strokes to lines of writing."""
    height, width = fill.shape
    reach = max(7, round(0.009 * max(height, width))) | 1
    wide = cv2.dilate(fill.astype(np.uint8), np.ones((3, 2 * reach - 1), np.uint8)) > 0
    free = wide & (~barriers | fill)
    _, labels = cv2.connectedComponents(free.astype(np.uint8), connectivity=4)
    boxes = [box for box in _extents(np.where(fill, labels, 0)) if _is_writing(box, height)]
    return _fragments_joined(boxes)


def _extents(labels: NDArray[np.int32]) -> list[PixelBox]:
    """Return the extent of each label's pixels."""
    ys, xs = np.nonzero(labels)
    if not len(ys):
        return []
    values = labels[ys, xs]
    count = int(values.max()) + 1
    low = np.full((2, count), np.iinfo(np.int32).max, np.int64)
    high = np.full((2, count), -1, np.int64)
    for axis, places in enumerate((xs, ys)):
        np.minimum.at(low[axis], values, places)
        np.maximum.at(high[axis], values, places)
    return [
        PixelBox(int(low[0, i]), int(low[1, i]), int(high[0, i]) + 1, int(high[1, i]) + 1)
        for i in range(1, count)
        if high[0, i] >= 0
    ]


def _is_writing(box: PixelBox, page_height: int) -> bool:
    """Say whether the box may hold strokes of writing: no speck, and no shade or streak."""
    return max(box.width, box.height) >= 4 and box.height <= 0.06 * page_height


def _fragments_joined(boxes: list[PixelBox]) -> list[PixelBox]:
    """Join the pieces of letters that lie over one another in a line, as in 二 or i."""
    boxes = sorted(boxes, key=lambda b: -b.area)
    joined: list[PixelBox] = []
    for box in boxes:
        home = next(
            (
                i
                for i, other in enumerate(joined)
                if other.gap_x(box) < 0 and other.gap_y(box) <= 1 + 0.15 * other.height
                and around((other, box)).height <= 1.35 * max(other.height, 8)
            ),
            None,
        )  # fmt: skip
        if home is None:
            joined.append(box)
        else:
            joined[home] = around((joined[home], box))
    return [box for box in joined if box.height >= 4 or box.width >= 14]


def _same_line(first: PixelBox, second: PixelBox) -> bool:
    return first.shares_row(second, 0.5) and first.gap_x(second) < 0


def _joined(
    found: Sequence[tuple[int, PixelBox]], same: Callable[[PixelBox, PixelBox], bool]
) -> list[Mark]:
    """Join boxes of different copies that show one place."""
    groups: list[list[tuple[int, PixelBox]]] = []
    for copy, box in sorted(found, key=lambda f: (-f[1].area, f[0], f[1])):
        near = [g for g in groups if any(same(box, other) for _, other in g)]
        merged = [(copy, box), *(item for g in near for item in g)]
        groups = [g for g in groups if g not in near] + [merged]
    marks = [
        Mark(
            box=around(box for _, box in group),
            parts=tuple(sorted(group)),
        )
        for group in groups
    ]
    return sorted(marks, key=lambda m: m.box)
