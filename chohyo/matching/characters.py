"""Find the printed characters of a template page: pieces of print the size of a letter."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.matching.fine_alignment import Ink
from chohyo.matching.print_model import PrintModel
from chohyo.matching.print_windows import rules_in

_DARK = 100
_LEAST_DARK = 36
# Of the darkest ink nearby: a year in grey is print too, and characters do not run together.
_OF_THE_DARKEST = 0.65
_NEARBY = np.ones((13, 13), np.uint8)
_RULE = 35  # px: longer than any stroke of a character
_SIZES = (3, 5, 26)  # px: least width, least height, most of either
_LINE = 14  # px of height: a line of print, whose letters a poor scan runs together …
_LONGEST = 12  # … up to this many times as long as it is high
_SLIVER = 0.4  # of its height
_LEAST_PX = 10
_BROAD = 0.7  # of its height is how wide a letter is; a kanji is as wide as it is high
_LEAST_SQUARE = 8  # px
_NARROWEST = 0.6  # of its height; the zeros of small print are narrower
_EMPTY = 0.2  # of the ink of the whole
_LEAST_CUT = 7  # px of height

Characters = NDArray[np.int32]
"""x, y, width, height in pixels of the model's frame, by row."""


def characters(model: PrintModel, margin: int) -> Characters:
    """Return the characters apart from rules, squares, places where people write, and the edge.

    Characters that touch are cut where there is least ink between them. `margin` is how far from
    the frame's edge they lie, in px.
    """
    text = _text(model.middle)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(text, connectivity=8)
    x, y, width, height, area = stats.T
    narrow, flat, large = _SIZES
    longest = np.where(height <= _LINE, _LONGEST * height, large)
    fits = (width >= narrow) & (height >= flat) & (height <= large)
    fits &= width <= np.maximum(large, longest)
    rows, columns = model.shape
    inside = (np.minimum(x, y) >= margin) & (x + width + margin <= columns)
    inside &= y + height + margin <= rows
    written = np.zeros(len(stats), np.bool_)
    written[np.unique(labels[model.written > 0])] = True
    kept = stats[fits & inside & (area >= _LEAST_PX) & ~written, :4]
    ink = np.where(text > 0, model.middle, 0).astype(np.uint8)
    cut = [piece for box in kept.tolist() if not _is_square(box, ink) for piece in _cut(box, ink)]
    return np.array(cut, np.int32).reshape(-1, 4)


def _text(print_: Ink) -> NDArray[np.uint8]:
    """Return 1 where there is print darker than most of what is near, apart from rules."""
    nearby = _OF_THE_DARKEST * cv2.dilate(print_, _NEARBY).astype(np.float32)
    level = np.clip(nearby, _LEAST_DARK, _DARK)
    dark = (print_ >= level).astype(np.uint8)
    near = cv2.dilate(rules_in(dark, _RULE), np.ones((3, 3), np.uint8))
    return np.where(near > 0, 0, dark).astype(np.uint8)


def _is_square(box: list[int], ink: Ink) -> bool:
    """Say whether a box is a square to tick: within it people write."""
    x, y, width, height = box
    if min(width, height) < _LEAST_SQUARE or width < _NARROWEST * height:
        return False
    inner = ink[y + height // 4 : y + height - height // 4, x + width // 4 : x + width - width // 4]
    return float(inner.mean()) < _EMPTY * float(ink[y : y + height, x : x + width].mean())


def _cut(box: list[int], ink: Ink) -> list[tuple[int, int, int, int]]:
    """Cut a box into as many pieces as letters fit into it."""
    x, y, width, height = box
    letters = round(width / (_BROAD * height))
    if letters < 2 or height < _LEAST_CUT:
        return [(x, y, width, height)]
    profile = ink[y : y + height, x : x + width].sum(axis=0, dtype=np.int64)
    reach = max(1, width // (4 * letters))
    cuts = [0]
    for number in range(1, letters):
        middle = round(number * width / letters)
        low = max(cuts[-1] + 2, middle - reach)
        high = min(width - 2, middle + reach + 1)
        cuts.append(low + int(profile[low:high].argmin()) if high > low else middle)
    ends = zip(cuts, [*cuts[1:], width], strict=True)
    # Where a long run is cut is a guess: slivers of it are no characters.
    least = max(_SIZES[0], _SLIVER * height if width > _SIZES[2] else 0)
    return [(x + a, y, b - a, height) for a, b in ends if b - a >= least]
