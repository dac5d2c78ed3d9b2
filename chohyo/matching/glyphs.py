"""Find printed characters that are other characters on a page: the one digit of a new year.

A window on a grid always shows parts of a character's neighbours, which stay as they were. Cut out
by itself a character correlates by 0.85 and more with the same print on a scan, and by 0.2 to 0.65
with another one (31 pages of one form in six editions).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.matching.fine_alignment import Ink
from chohyo.matching.print_model import PrintModel
from chohyo.matching.print_windows import gone_and_new, missing_print, print_of, rules_in
from chohyo.matching.steadiness import by_rank

_DARK = 100
_RULE = 35  # px: longer than any stroke of a character
_SIZES = (3, 5, 26)  # px: least width, least height, most of either
_LEAST_PX = 12
_AROUND = 2  # px of paper around a character
_OFF = 2  # px that it may lie off
_FEWEST = 4  # characters, below which nothing tells how well a page shows its print
_SAMPLE = 240  # characters that tell how well a page shows its print
_UNLIKE = 0.72
_LEGIBLE = 0.85  # median likeness; a fax that shows less says nothing of single characters
_OUTLYING = (4.0, 8.0)  # from the median, in distances of the worst 5 %
_LEAST_SPREAD = 0.02
_INK = (0.4, 1.45)  # of its own; with less it is gone, with more something is written over it
_GONE = 0.03  # of its ink: writing over a character takes nothing away
_SURELY_GONE = 0.04

Boxes = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Glyph:
    """A printed character in whose place a page has another; `weight` 0..1 says how surely."""

    x: int
    y: int
    width: int
    height: int
    weight: float


def replaced_glyphs(page: Ink, model: PrintModel) -> list[Glyph]:
    """Return the characters of a model's print that are others on the page, in its frame."""
    boxes = _glyphs(model)
    if len(boxes) < _FEWEST:
        return []
    sample = boxes[:: max(1, len(boxes) // _SAMPLE)]
    seen = np.array([_seen(page, model.middle, box) for box in sample])
    usual, poor = (float(v) for v in np.quantile(seen, (0.5, 0.05)))
    if usual < _LEGIBLE:
        return []
    # Where much is other print the worst 5 % are that, and no measure of the page.
    spread = max(_LEAST_SPREAD, usual - max(poor, 0.5))
    steady = np.array([_steadiness(model, box) for box in sample])
    low, high = _OUTLYING
    found = []
    for box, (likeness, dx, dy) in _suspects(page, model, boxes):
        unlike = (usual - likeness) / spread
        clear = min(1.0, max(0.0, (unlike - low) / (high - low)))
        sure = by_rank(np.array([_steadiness(model, box)], np.float32), steady)
        weight = clear * float(sure[0]) * _exchanged(page, model, box, dx, dy)
        if weight > 0:
            x, y, width, height = (int(v) for v in box)
            found.append(Glyph(x, y, width, height, weight))
    return found


def _glyphs(model: PrintModel) -> Boxes:
    """Return the characters (x, y, width, height) apart from rules and from where people write."""
    dark = (model.middle >= _DARK).astype(np.uint8)
    rules = rules_in(dark, _RULE)
    near = np.asarray(cv2.dilate(rules, np.ones((3, 3), np.uint8)), np.uint8)
    text = np.where(near > 0, 0, dark).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(text, connectivity=8)
    x, y, width, height, area = stats.T
    narrow, flat, large = _SIZES
    fits = (width >= narrow) & (height >= flat) & (np.maximum(width, height) <= large)
    rows, columns = model.shape
    edge = _AROUND + _OFF
    inside = (np.minimum(x, y) >= edge) & (x + width + edge <= columns)
    inside &= y + height + edge <= rows
    written = np.zeros(len(stats), np.bool_)
    written[np.unique(labels[model.written > 0])] = True
    return np.asarray(stats[fits & inside & (area >= _LEAST_PX) & ~written, :4], np.int32)


def _suspects(
    page: Ink, model: PrintModel, boxes: Boxes
) -> list[tuple[Boxes, tuple[float, int, int]]]:
    """Return the few that may be other characters, and where they fit best: some print is gone."""
    gone, _ = gone_and_new(page, model.low, model.high)
    missing = missing_print(print_of(model), page)
    found = []
    for box in boxes:
        area = _area(box, 0)
        ink = float(model.middle[area].sum())
        if gone[area].sum() < _GONE / 2 * ink and missing[area].sum() < _GONE / 2 * ink:
            continue
        best = _best(page, model.middle, box)
        if best[0] < _UNLIKE:
            found.append((box, best))
    return found


def _seen(page: Ink, print_: Ink, box: Boxes) -> float:
    """Return how like its print a character looks where it fits best."""
    return _best(page, print_, box)[0]


def _best(page: Ink, print_: Ink, box: Boxes) -> tuple[float, int, int]:
    likeness = cv2.matchTemplate(
        page[_area(box, _AROUND + _OFF)], print_[_area(box, _AROUND)], cv2.TM_CCOEFF_NORMED
    )
    _, peak, _, (x, y) = cv2.minMaxLoc(likeness)
    return float(peak), x - _OFF, y - _OFF


def _area(box: Boxes, around: int) -> tuple[slice, slice]:
    x, y, width, height = (int(v) for v in box)
    return slice(y - around, y + height + around), slice(x - around, x + width + around)


def _steadiness(model: PrintModel, box: Boxes) -> float:
    """Return how alike the copies' least and most ink are in a character."""
    area = _area(box, _AROUND)
    found = cv2.matchTemplate(model.low[area], model.high[area], cv2.TM_CCOEFF_NORMED)
    return float(found[0, 0])


def _exchanged(page: Ink, model: PrintModel, box: Boxes, dx: int, dy: int) -> float:
    """Return how surely a character's own strokes are gone and others there, 0..1."""
    area = _area(box, 1)
    moved = page[_area(box + np.array([dx, dy, 0, 0], np.int32), 1)]
    ink = max(1.0, float(model.middle[area].sum()))
    gone = float(gone_and_new(moved, model.low[area], model.high[area])[0].sum()) / ink
    least, most = _INK
    if gone < _GONE or not least <= float(moved.sum()) / ink <= most:
        return 0.0
    return min(1.0, gone / _SURELY_GONE)
