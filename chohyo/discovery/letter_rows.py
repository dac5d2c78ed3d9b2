"""Complete rows of boxes for one letter each, of which copies left some out or filled all alike.

Copies that write the same digit in a box make it look printed. What is printed around each box of a
row is the same, so a place beside one where that goes on is a box as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.ruling import comb_rows
from chohyo.extraction.masks import grown

Mask = NDArray[np.bool_]

# In widths: how far boxes of a row lie apart at most, and how much around one counts as its frame.
_FAR, _AROUND = 4.5, 0.3
# Of a box's size, boxes of a row differ by less.
_SIZE = 0.2
_LEAST_BOXES = 3
# The steps from box to box that are no further than this from the shortest are one letter's.
_ONE_STEP = 1.25
# Of the boxes, how many have a pixel of their frame; of the frame, how much a further box has, and
# of what that has there, how much is frame. Of its rows, in how many something stands at each side.
_COMMON, _LIKE, _PURE, _SIDES = 0.7, 0.85, 0.6, 0.7


# Of its width: nearer than this, squares leave no room for the words that boxes to tick have.
_TOUCHING = 0.25


def letter_squares(
    squares: Sequence[PixelBox], cells: Sequence[PixelBox], widest: float
) -> list[PixelBox]:
    """Return the squares that all but touch in rows: for a letter each and not to be ticked.

    The blank form may show others of their row as ruled `cells`.
    """
    found: list[PixelBox] = []
    for row in comb_rows([*squares, *cells], widest):
        run: list[PixelBox] = []
        for square in row:
            if run and run[-1].gap_x(square) > _TOUCHING * square.width + 1:
                run = []
            run.append(square)
            if len(run) >= _LEAST_BOXES:
                found += run if len(run) == _LEAST_BOXES else [square]
    known = set(squares)
    return [box for box in found if box in known]


@dataclass(frozen=True, slots=True)
class _Row:
    """Boxes of one size from the left, the step from one to the next, and what is around each."""

    boxes: tuple[PixelBox, ...]
    step: int
    frame: Mask
    margin: int

    @classmethod
    def of(cls, boxes: Sequence[PixelBox], ink: Mask) -> _Row:
        """Measure a row; the boxes stand as their middles do, in the median size."""
        width, height = (round(float(np.median([b[i + 2] - b[i] for b in boxes]))) for i in (0, 1))
        middle = round(float(np.median([b.center[1] for b in boxes])))
        even = [_sized(b.center[0], middle, width, height) for b in boxes]
        steps = sorted(b.x0 - a.x0 for a, b in pairwise(even))
        near = [step for step in steps if step <= _ONE_STEP * steps[0]]
        margin = round(_AROUND * width)
        windows = np.stack([_window(box, margin, ink) for box in even])
        frame = windows.mean(axis=0) >= _COMMON
        frame[margin : margin + height, margin : margin + width] = False
        return cls(tuple(even), round(float(np.median(near))), frame, margin)

    @property
    def has_sides(self) -> bool:
        """Say whether something stands left and right of each box: rules of a row go on for all."""
        rows = self.frame[self.margin : -self.margin]
        sides = rows[:, : self.margin], rows[:, -self.margin :]
        return all(float(side.any(axis=1).mean()) >= _SIDES for side in sides)

    def is_framed(self, box: PixelBox, ink: Mask, near: Mask) -> bool:
        """Say whether the same is printed around a further box; `near` is ink and its edges."""
        if box.x0 < self.margin or box.y0 < self.margin:
            return False
        drawn = _window(box, self.margin, ink)
        drawn[self.margin : -self.margin, self.margin : -self.margin] = False
        found = _window(box, self.margin, near)
        if found.shape != self.frame.shape or not drawn.any():
            return False
        pure = float(grown(self.frame, 2)[drawn].mean())
        return bool(found[self.frame].mean() >= _LIKE and pure >= _PURE)


def missing_boxes(boxes: Sequence[PixelBox], ink: Mask, widest: float) -> list[PixelBox]:
    """Return the boxes that rows of boxes lack, between them and at both ends.

    Args:
        boxes: what is written in, of any size.
        ink: the form's print.
        widest: how wide a box for one letter may be, in pixels.
    """
    narrow = [box for box in boxes if box.width <= min(widest, 1.6 * box.height)]
    near = grown(ink, 1)
    missing: list[PixelBox] = []
    for alike in _rows(narrow):
        row = _Row.of(alike, ink)
        if not row.has_sides:
            continue
        known = list(row.boxes)
        for box in known:
            for step in (-row.step, row.step):
                beside = box._replace(x0=box.x0 + step, x1=box.x1 + step)
                taken = any(beside.intersection(other) for other in known)
                if not taken and row.is_framed(beside, ink, near):
                    # Found boxes lead to the next ones in turn.
                    known.append(beside)
                    missing.append(beside)
    return missing


def _rows(boxes: Sequence[PixelBox]) -> list[list[PixelBox]]:
    rows: list[list[PixelBox]] = []
    for box in sorted(boxes, key=lambda b: (b.x0, b.y0)):
        row = next((r for r in rows if _goes_on(r[-1], box)), None)
        if row is None:
            rows.append([box])
        else:
            row.append(box)
    return [row for row in rows if len(row) >= _LEAST_BOXES]


def _goes_on(last: PixelBox, box: PixelBox) -> bool:
    return (
        last.shares_row(box, 0.7)
        and 0 <= last.gap_x(box) <= _FAR * last.width
        and abs(last.width - box.width) <= _SIZE * last.width + 2
        and abs(last.height - box.height) <= _SIZE * last.height + 2
    )


def _sized(x: float, y: float, width: int, height: int) -> PixelBox:
    x0, y0 = round(x - width / 2), round(y - height / 2)
    return PixelBox(x0, y0, x0 + width, y0 + height)


def _window(box: PixelBox, margin: int, ink: Mask) -> Mask:
    rows = slice(max(0, box.y0 - margin), box.y1 + margin)
    return ink[rows, max(0, box.x0 - margin) : box.x1 + margin].copy()
