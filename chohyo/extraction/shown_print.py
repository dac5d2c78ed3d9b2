"""Which of a blank form's print a page shows: not all that is on the blank form is print."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Box
from chohyo.extraction.ink import Ink, likeness
from chohyo.extraction.masks import Mask, as_bytes, grown
from chohyo.extraction.pieces import Extents, Pieces
from chohyo.extraction.print_lines import FormPrint
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
    ink: Ink, blank: Ink, form: FormPrint, written_into: Sequence[Box]
) -> tuple[Mask, Mask]:
    """Return the print that this page shows, with rules that the blank form lacks, and its part
    that stands free in the boxes.

    Values that most copies had at one place are left on the blank form. A page with another value
    there does not show them, or shows them as pieces of larger strokes; erasing them would cut its
    own strokes.
    """
    dark = np.asarray(ink > _DARK)
    pieces = Pieces(form.letters)
    area = np.maximum(pieces.area, 1)
    share = pieces.shared(grown(dark, 1)) / area
    usual = float(np.median(share[1:])) if pieces.count > 1 else 1.0
    left = share < _SHOWN * min(1.0, usual)
    inside = _inside(written_into, pieces.labels, area)
    if inside.any():
        exactly = pieces.shared(dark) / area
        left |= inside & (exactly < _EXACTLY * float(np.median(exactly[1:])))
        free = dark & ~grown(form.all, MARGIN)
        strokes = Pieces(dark & ~grown(form.rules, 1))
        left |= _going_on(strokes, free, pieces.labels, inside) > _GOES_ON * area
        left |= inside & (_crossing(free, pieces.extents) > _CROSSED * area)
        left |= _unlike(ink, blank, pieces, written_into)
    left[0] = False
    shown = np.asarray((form.all & ~pieces.mask_of(left)) | _rules_on(dark))
    return shown, pieces.mask_of(inside & ~left)


def _unlike(ink: Ink, blank: Ink, pieces: Pieces, boxes: Sequence[Box]) -> Mask:
    """Say which pieces of letters inside boxes look otherwise on the page than on the blank form.

    They are compared with what is right beside them, as letters of several pieces.
    """
    printed = pieces.labels > 0
    joined = Pieces(grown(printed, 1))
    letters = joined.labels * printed
    letter_of = pieces.at(letters)
    total = np.bincount(letter_of, minlength=joined.count)
    by_box = list(_in_each(boxes, letters, total))
    inside = np.unique(np.concatenate([np.zeros(0, np.int64), *by_box]))
    both, extents = (ink, blank), joined.extents
    alike = np.ones(joined.count)
    for letter in inside:
        alike[letter] = _likeness(both, extents, letter)
    unlike = alike < _LIKE
    whole = _whole_letters(extents, total)
    usual = _usual_likeness(both, extents, np.setdiff1d(np.flatnonzero(whole), inside))
    for here in by_box:
        there = here[whole[here]]
        if len(there) and alike[there].max() < usual:
            unlike[here] = True
    found = np.zeros(pieces.count, np.bool_)
    found[pieces.numbers[unlike[letter_of]]] = True
    return found


def _whole_letters(extents: Extents, total: NDArray[np.int64]) -> Mask:
    """Say which pieces of print are as large as letters are; none is the first, the paper."""
    wide, tall = extents.right - extents.left, extents.bottom - extents.top
    found = (tall >= _SMALLEST) & (np.maximum(wide, tall) <= _LARGEST) & (total >= _LEAST_INK)
    found[0] = False
    return np.asarray(found)


def _usual_likeness(both: Sequence[Ink], extents: Extents, letters: NDArray[np.intp]) -> float:
    """Return what nearly all of the form's letters are more like than; 0 where there are few."""
    if len(letters) < _FEW:
        return 0.0
    drawn = letters[:: math.ceil(len(letters) / _MOST_LOOKED_AT)]
    alike = [_likeness(both, extents, letter) for letter in drawn]
    return float(np.quantile(alike, _NEARLY_ALL))


def _likeness(both: Sequence[Ink], extents: Extents, letter: int) -> float:
    """Correlate page and blank form at a letter, with a little paper around, both blurred."""
    left, top, right, bottom = (int(each[letter]) for each in extents)
    rows, columns = _spread_by(_AROUND, top, bottom), _spread_by(_AROUND, left, right)
    # Blurring whole pages for some hundred letters took a tenth of the time of laying one.
    far = _AROUND + _BLUR_REACH
    seen = _spread_by(far, top, bottom), _spread_by(far, left, right)
    inner = tuple(
        slice(one.start - more.start, one.stop - more.start)
        for one, more in zip((rows, columns), seen, strict=True)
    )
    return likeness(*(cv2.GaussianBlur(each[seen], (0, 0), _BLUR)[inner] for each in both))


def _spread_by(by: int, start: int, end: int) -> slice:
    return slice(max(0, start - by), end + by)


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
    strokes: Pieces, free: Mask, labels: NDArray[np.int32], pieces: Mask
) -> NDArray[np.int64]:
    """Count, for some pieces of print, the free ink of the strokes that they hang together with."""
    count, beyond = strokes.count, strokes.shared(free)
    printed = strokes.at(labels)
    here = pieces[printed]
    # One number a pair, as pairs themselves sort slowly.
    pairs = np.unique(printed[here].astype(np.int64) * count + strokes.numbers[here])
    total = np.zeros(len(pieces), np.int64)
    np.add.at(total, pairs // count, beyond[pairs % count])
    return total


def _crossing(free: Mask, extents: Extents) -> NDArray[np.int64]:
    """Count, for each piece of print, the ink right among it that is no print."""
    summed = cv2.integral(as_bytes(free))
    x0, y0, x1, y1 = extents
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
