"""Which of a blank form's print a page shows: not all that is on the blank form is print."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Box
from chohyo.extraction.ink import Ink, likeness
from chohyo.extraction.masks import Mask, grown, rules_of
from chohyo.extraction.strokes import Window

_DARK = 0.3
# Print is removed with this margin, in pixels: the blur of a scan and what alignment leaves.
MARGIN = 2
# Print that is on the page shows more of itself than this, against what the page shows of the rest.
_SHOWN = 0.7
# A piece of print that hangs together with more ink than this, in its own area, is none.
_GOES_ON = 0.5
_CROSSED = 0.12
# The same without a tolerance, for print in a box: blots where many values crossed show less.
_EXACTLY = 0.75
# A letter that a page shows is as like the blank form's as this, by correlation: 95 % of 24,000
# printed letters are above 0.85, of 280 that values lie over most are the rest of other values and
# below 0.75; a 66 over what 53, 58 and 63 have left is at 0.81. Both are looked at with a little
# paper around, a little blurred.
_LIKE, _AROUND, _BLUR, _BLUR_REACH = 0.82, 2, 0.8, 3
# The letters in a box are the rest of a value, too, where each is less like the blank form's than
# this share of those in no box, at this page's own sharpness: values of other copies are printed in
# other fonts, and never at quite the same place. Of 24 boxes of Japanese and English forms with
# print of their own and nothing else none is, of 25 with a value that most copies have some 18 are.
_NEARLY_ALL, _FEW, _MOST_LOOKED_AT = 0.15, 30, 300
_SMALLEST, _LARGEST, _LEAST_INK = 8, 60, 20  # px of a letter
# Gaps of dotted rules, the least length of rules, and where paper beside them is bare, in pixels.
_DOTS, _LONG = 5, 45
_BARE_NEAR, _BARE_FAR = 5, 8


def print_on(
    ink: Ink, blank: Ink, print_mask: Mask, written_into: Sequence[Box]
) -> tuple[Mask, Mask]:
    """Return the print that this page shows, with rules that the blank form lacks, and its part
    that stands free in the boxes.

    Values that most copies had at one place are left on the blank form. A page with another value
    there does not show them, or shows them as pieces of larger strokes; erasing them would cut its
    own strokes.
    """
    dark = np.asarray(ink > _DARK)
    rules = rules_of(print_mask)
    count, found, stats, _ = cv2.connectedComponentsWithStats(
        (print_mask & ~rules).astype(np.uint8), connectivity=8
    )
    labels = np.asarray(found, np.int32)
    area = np.maximum(stats[:, cv2.CC_STAT_AREA].astype(np.int64), 1)
    share = np.bincount(labels[grown(dark, 1)], minlength=count) / area
    usual = float(np.median(share[1:])) if count > 1 else 1.0
    left = share < _SHOWN * min(1.0, usual)
    inside = _inside(written_into, labels, area)
    if inside.any():
        exactly = np.bincount(labels[dark], minlength=count) / area
        left |= inside & (exactly < _EXACTLY * float(np.median(exactly[1:])))
        free = dark & ~grown(print_mask, MARGIN)
        strokes = dark & ~grown(rules_of(print_mask), 1)
        left |= _going_on(strokes, free, labels, inside) > _GOES_ON * area
        left |= inside & (_crossing(free, stats) > _CROSSED * area)
        left |= _of_letters(_unlike(ink, blank, print_mask & ~rules, written_into), labels, count)
    left[0] = False
    shown = np.asarray((print_mask & ~left[labels]) | _rules_on(dark))
    return shown, (inside & ~left)[labels]


def _unlike(ink: Ink, blank: Ink, pieces: Mask, boxes: Sequence[Box]) -> Mask:
    """Mask the letters inside boxes that look otherwise on the page than on the blank form."""
    joined = cv2.dilate(pieces.astype(np.uint8), np.ones((3, 3), np.uint8))
    count, found, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    letters = np.where(pieces, found, 0).astype(np.int32)
    total = np.bincount(letters[letters > 0], minlength=count)
    by_box = list(_in_each(boxes, letters, total))
    inside = np.unique(np.concatenate([np.zeros(0, np.int64), *by_box]))
    both = ink, blank
    alike = np.ones(count)
    for letter in inside:
        alike[letter] = _likeness(both, stats[letter])
    unlike = alike < _LIKE
    whole = _whole_letters(stats, total)
    usual = _usual_likeness(both, stats, np.setdiff1d(np.flatnonzero(whole), inside))
    for here in by_box:
        there = here[whole[here]]
        if len(there) and alike[there].max() < usual:
            unlike[here] = True
    return np.asarray(unlike[letters])


def _whole_letters(stats: NDArray[Any], total: NDArray[np.int64]) -> Mask:
    """Say which pieces of print are as large as letters are; none is the first, the paper."""
    wide, tall = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    found = (tall >= _SMALLEST) & (np.maximum(wide, tall) <= _LARGEST) & (total >= _LEAST_INK)
    found[0] = False
    return np.asarray(found)


def _usual_likeness(both: Sequence[Ink], stats: NDArray[Any], letters: NDArray[np.intp]) -> float:
    """Return what nearly all of the form's letters are more like than; 0 where there are few."""
    if len(letters) < _FEW:
        return 0.0
    drawn = letters[:: math.ceil(len(letters) / _MOST_LOOKED_AT)]
    alike = [_likeness(both, stats[letter]) for letter in drawn]
    return float(np.quantile(alike, _NEARLY_ALL))


def _likeness(both: Sequence[Ink], place: NDArray[Any]) -> float:
    """Correlate page and blank form in a place, with a little paper around, both blurred."""
    x, y, wide, tall = (int(value) for value in place[:4])
    rows, columns = _spread_by(_AROUND, y, tall), _spread_by(_AROUND, x, wide)
    # Blurring whole pages for some hundred letters took a tenth of the time of laying one.
    seen = _spread_by(_AROUND + _BLUR_REACH, y, tall), _spread_by(_AROUND + _BLUR_REACH, x, wide)
    inner = tuple(
        slice(one.start - more.start, one.stop - more.start)
        for one, more in zip((rows, columns), seen, strict=True)
    )
    return likeness(*(cv2.GaussianBlur(each[seen], (0, 0), _BLUR)[inner] for each in both))


def _spread_by(by: int, start: int, length: int) -> slice:
    return slice(max(0, start - by), start + length + by)


def _of_letters(mask: Mask, labels: NDArray[np.int32], count: int) -> Mask:
    """Say which pieces of print a mask has pixels of."""
    found = np.zeros(count, np.bool_)
    found[np.unique(labels[mask])] = True
    return found


def _inside(boxes: Sequence[Box], labels: NDArray[np.int32], total: NDArray[np.int64]) -> Mask:
    """Say of each piece of print, of so many pixels, whether it lies in a box altogether."""
    found = np.zeros(len(total), np.bool_)
    for here in _in_each(boxes, labels, total):
        found[here] = True
    return found


def _in_each(
    boxes: Sequence[Box], labels: NDArray[np.int32], total: NDArray[np.int64]
) -> Iterator[NDArray[np.int64]]:
    """Yield for each box the pieces of print, of so many pixels, that lie in it altogether."""
    for box in boxes:
        cut = labels[Window.of(box, labels.shape).cut]
        here, pixels = np.unique(cut[cut > 0], return_counts=True)
        yield here[pixels == total[here]].astype(np.int64)


def _going_on(
    strokes: Mask, free: Mask, labels: NDArray[np.int32], pieces: Mask
) -> NDArray[np.int64]:
    """Count, for some pieces of print, the free ink of the strokes that they hang together with."""
    count, found = cv2.connectedComponents(strokes.astype(np.uint8), connectivity=8)
    beyond = np.bincount(found[strokes & free], minlength=count)
    printed = labels[strokes]
    here = pieces[printed]
    # One number a pair, as pairs themselves sort slowly.
    pairs = np.unique(printed[here].astype(np.int64) * count + found[strokes][here])
    total = np.zeros(len(pieces), np.int64)
    np.add.at(total, pairs // count, beyond[pairs % count])
    return total


def _crossing(free: Mask, stats: NDArray[Any]) -> NDArray[np.int64]:
    """Count, for each piece of print, the ink right among it that is no print."""
    summed = cv2.integral(free.astype(np.uint8))
    x0, y0, wide, tall = (stats[:, column].astype(np.int64) for column in range(4))
    x1, y1 = x0 + wide, y0 + tall
    counted = summed[y1, x1] - summed[y0, x1] - summed[y1, x0] + summed[y0, x0]
    return np.asarray(counted, np.int64)


def _rules_on(dark: Mask) -> Mask:
    """Mask the rules of the page, dotted ones too: long runs with bare paper on both sides."""
    ink = dark.view(np.uint8)
    return np.asarray((_bare_runs(ink, down=False) | _bare_runs(ink, down=True)) & dark)


def _bare_runs(ink: NDArray[np.uint8], *, down: bool) -> Mask:
    """Mask the runs that have nothing right to either side, as no line of letters has."""

    def along(window: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Turn a window made for runs across."""
        return np.ascontiguousarray(window.T) if down else window

    above = np.zeros((2 * _BARE_FAR + 1, 1), np.uint8)
    above[: _BARE_FAR - _BARE_NEAR + 1] = 1
    beside = cv2.bitwise_or(*(cv2.dilate(ink, along(each)) for each in (above, above[::-1].copy())))
    dots, long = (along(np.ones((1, length), np.uint8)) for length in (_DOTS, _LONG))
    bare = np.asarray(ink > beside).view(np.uint8)
    closed = cv2.morphologyEx(bare, cv2.MORPH_CLOSE, dots)
    return np.asarray(cv2.morphologyEx(closed, cv2.MORPH_OPEN, long) > 0)
