"""Part rings from the words in them where most copies chose the same.

A ring that all copies have at one place looks like print, and a word that is ringed in most copies
looks like what they wrote. Inside of a ring the word is alike in all copies, and it is as high as
the words beside it, while a digit in a printed circle is lower.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.fill_marks import doubled
from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.ring_outlines import inside, ovals
from chohyo.discovery.ruling import find_ruling

if TYPE_CHECKING:
    from chohyo.discovery.blank_form import BlankForm

Mask = NDArray[np.bool_]

# Of the copies, how many have a word; of its ink in one of them, how much these share.
_MOST, _ALIKE = 0.75, 0.75
# Of the page's long side: seals are larger than rings around a letter.
_SMALLEST_SEAL = 0.023
_MIDDLE, _WITHIN = 0.6, 0.78
# Between the two there is little ink; a rim is no thicker, in pixels, and ends where paper shows.
_MOST_AROUND, _THICKEST, _LEAST_BARE = 0.45, 12, 0.05
# Of a ring's height: how high the word inside is at least, how far the words beside it are, and how
# high these are at most. Of their height: how high the word inside is at least.
_LEAST_WORD, _BESIDE, _MOST_BESIDE, _AS_HIGH = 0.4, 3.0, 0.95, 0.8


def ringed_words(blank: BlankForm) -> Mask:
    """Mask the words that look like fill because most copies have rings around them."""
    common = blank.fills.sum(axis=0) >= max(2, _MOST * blank.copies)
    words = np.zeros(common.shape, np.bool_)
    for fill in blank.fills:
        for box in _rings(fill):
            view = np.s_[box.y0 : box.y1, box.x0 : box.x1]
            middle = inside(box, _MIDDLE) & fill[view]
            if common[view][middle].mean() >= _ALIKE:
                words[view] |= _inner(common[view] & inside(box, _WITHIN), inside(box, _MIDDLE))
    return doubled(words, blank.constant_ink.shape)


def _inner(ink: Mask, middle: Mask) -> Mask:
    """Return the pieces of ink that reach into the middle of a ring: letters, no rim."""
    _, labels = cv2.connectedComponents(ink.astype(np.uint8), connectivity=8)
    return np.asarray(np.isin(labels, np.unique(labels[middle & ink])))


def common_rings(blank: BlankForm) -> Mask:
    """Mask the print that is rings of all copies around words."""
    ink, text = blank.constant_ink, find_ruling(blank.constant_ink).text
    rings = np.zeros(ink.shape, np.bool_)
    # The flat sides of a ring are as long as a short rule.
    for box in _rings(ink):
        if _holds_a_word(box, text):
            view = np.s_[box.y0 : box.y1, box.x0 : box.x1]
            rings[view] |= ink[view] & _rim(ink[view])
    return rings


def _rings(ink: Mask) -> list[PixelBox]:
    """Return the rings with something in the middle, those as large as a seal left out."""
    return [box for box in ovals(ink) if box.height < _SMALLEST_SEAL * max(ink.shape)]


def _rim(window: Mask) -> Mask:
    """Mask the outermost stroke of a round piece of print."""
    ink = cv2.copyMakeBorder(window.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    outlines, _ = cv2.findContours(ink, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    whole = cv2.drawContours(np.zeros_like(ink), outlines, -1, 1, cv2.FILLED)
    depth = cv2.distanceTransform(whole, cv2.DIST_L2, 3)[1:-1, 1:-1]
    # The ring is as deep as ink goes in from most places of the outline.
    bare = np.bincount(np.minimum(depth[~window & (depth > 1)], _THICKEST).astype(np.intp))
    stroke = next((n for n, count in enumerate(bare) if count > _LEAST_BARE * bare.sum()), 1)
    return np.asarray(depth <= stroke)


def _holds_a_word(hole: PixelBox, text: Mask) -> bool:
    """Say whether a ring holds print that is as high as what is printed beside it."""
    window = text[hole.y0 : hole.y1, hole.x0 : hole.x1] & inside(hole, _WITHIN)
    if window[inside(hole, _WITHIN) & ~inside(hole, _MIDDLE)].mean() > _MOST_AROUND:
        return False
    word = _height(window)
    if word < _LEAST_WORD * hole.height:
        return False
    reach, gap = round(_BESIDE * hole.height), max(2, hole.height // 5)
    beside = [
        _height(text[hole.y0 : hole.y1, max(0, hole.x0 - reach) : max(1, hole.x0 - gap)]),
        _height(text[hole.y0 : hole.y1, hole.x1 + gap : hole.x1 + reach]),
    ]
    words = [h for h in beside if _LEAST_WORD * hole.height <= h <= _MOST_BESIDE * hole.height]
    return bool(words) and word >= _AS_HIGH * max(words)


def _height(text: Mask) -> int:
    rows = np.flatnonzero(text.any(axis=1))
    return int(rows[-1] - rows[0]) + 1 if len(rows) else 0
