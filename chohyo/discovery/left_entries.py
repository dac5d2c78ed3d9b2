"""Take entries that all copies share out of the print of a blank form.

Copies that write 令和, or 555 in the middle of a number, leave it where nothing tells it from print
but its ink: entries stand close beside other entries, on their line and as high, and are paler than
the form's own print, as a pen or another printer made them or as unlike strokes cover each other
only in part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.fill_marks import Mark, barriers_of, find_writing
from chohyo.discovery.pixel_box import PixelBox, around
from chohyo.discovery.ruling import Ruling, find_ruling

if TYPE_CHECKING:
    from chohyo.discovery.blank_form import BlankForm

Mask = NDArray[np.bool_]

# In shares of the page's long side: how high letters are.
_LOWEST, _HIGHEST = 0.005, 0.02
# In heights of the writing: how near what is left of an entry is, how near its letters are to each
# other, how long it is at most, and how far it may be from the writing's top and bottom.
_NEAR, _APART, _LONGEST, _OFF_TOP, _OFF_BOTTOM = 0.26, 0.5, 2.5, 0.24, 0.2
# What is narrower is the side of a box to tick.
_NARROWEST = 0.22
# And between two pieces of writing, where its ink need not tell.
_BETWEEN, _LEVEL = 0.2, 0.2
# Against the usual ink of the page's print. Of letters of the form beside writing 5 % are paler.
_PALER, _AS_DARK = 0.9, 1.02
_LEAST_AREA = 6


@dataclass(frozen=True, slots=True)
class _Letters:
    """The pieces of print that are no rules: boxes (m, 4), their ink 0..255, and their labels."""

    boxes: NDArray[np.int64]
    ink: NDArray[np.float64]
    area: NDArray[np.int64]
    labels: NDArray[np.int32]
    usual: float


def left_entries(blank: BlankForm) -> Mask:
    """Mask the print of a blank form that is entries of its copies."""
    ruling = find_ruling(blank.constant_ink)
    letters = _letters(ruling, blank.image)
    barriers = barriers_of(ruling.text | ruling.lines)
    marks = [mark.scaled(2) for mark in find_writing(blank.fills, barriers)]
    found = {number for mark in marks for number in _left_beside(mark, marks, letters)}
    return np.isin(letters.labels, sorted(found))


def _letters(ruling: Ruling, image: NDArray[np.uint8]) -> _Letters:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        ruling.text.astype(np.uint8), connectivity=8
    )
    area = stats[:, cv2.CC_STAT_AREA].astype(np.int64)
    inked = np.bincount(labels[ruling.text], weights=255.0 - image[ruling.text], minlength=count)
    ink = np.asarray(inked / np.maximum(area, 1), np.float64)
    x, y, w, h = (stats[:, n].astype(np.int64) for n in range(4))
    least, most = (share * max(image.shape) for share in (_LOWEST, _HIGHEST))
    usual = ink[1:][(h[1:] >= least) & (h[1:] <= most)]
    area[0] = 0
    return _Letters(
        np.stack([x, y, x + w, y + h], axis=1),
        ink,
        area,
        np.asarray(labels, np.int32),
        float(np.median(usual)) if len(usual) else 255.0,
    )


def _left_beside(mark: Mark, marks: Sequence[Mark], letters: _Letters) -> Iterator[int]:
    """Yield the pieces of print beside a mark that are entries, by label."""
    box, height = mark.box, mark.line_height
    if height < _LOWEST * max(letters.labels.shape) or box.height > 2 * height:
        return
    x0, y0, x1, y1 = letters.boxes.T
    shared = np.minimum(y1, box.y1) - np.maximum(y0, box.y0)
    reach = (_LONGEST + _APART) * height
    near = np.flatnonzero(
        (shared >= 0.6 * (y1 - y0))
        & (letters.area >= _LEAST_AREA)
        & (x1 > box.x0 - reach)
        & (x0 < box.x1 + reach)
    )
    for side in (-1, 1):
        run = _run(box, height, letters.boxes, near, side)
        if run and _is_entry(run, mark, marks, letters, side):
            yield from run


def _run(
    box: PixelBox, height: float, boxes: NDArray[np.int64], near: NDArray[np.intp], side: int
) -> list[int]:
    """Return the pieces of print that follow each other from a mark's end, the nearest first."""
    run: list[int] = []
    edge = box.x0 if side < 0 else box.x1
    ends = boxes[near, 2] if side < 0 else boxes[near, 0]
    beyond = boxes[near, 0] < edge if side < 0 else boxes[near, 2] > edge
    order = np.argsort(side * ends, kind="stable")
    for place in order.tolist():
        gap = side * (int(ends[place]) - edge)
        if not beyond[place] or gap <= -0.6 * height:
            continue
        if gap > _APART * height:
            break
        number = int(near[place])
        run.append(number)
        edge = min(edge, int(boxes[number, 0])) if side < 0 else max(edge, int(boxes[number, 2]))
    return run


def _is_entry(
    run: Sequence[int], mark: Mark, marks: Sequence[Mark], letters: _Letters, side: int
) -> bool:
    box, height = mark.box, mark.line_height
    piece = around(PixelBox(*map(int, letters.boxes[n])) for n in run)
    gap = box.x0 - piece.x1 if side < 0 else piece.x0 - box.x1
    top, bottom = (piece.y0 - box.y0) / height, (piece.y1 - box.y1) / height
    if not _NARROWEST * height <= piece.width <= _LONGEST * height or gap > _NEAR * height:
        return False
    weights = letters.area[list(run)]
    ink = float((letters.ink[list(run)] * weights).sum() / weights.sum()) / letters.usual
    if ink <= _PALER:
        return bool(abs(top) <= _OFF_TOP and bottom <= _OFF_BOTTOM)
    if max(abs(top), abs(bottom)) > _LEVEL or gap > _BETWEEN * height or ink > _AS_DARK:
        return False
    return any(
        0 <= (other.box.x0 - piece.x1 if side > 0 else piece.x0 - other.box.x1) <= _BETWEEN * height
        and other.box.shares_row(box, 0.7)
        for other in marks
        if other is not mark
    )
