"""Tell print from what values of the copies have in common where they cross.

Six, 5 and 0 written in one cell share half of their strokes, which all copies have then, as they
have print. But in each copy the letter goes on beyond what is shared, and some lack a part of it.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.extraction.masks import Mask, grown

# Of a stroke's area: ink that is one with it right beside it; in how many of the copies that is so
# of what values leave where they cross (of print: for 0.3 %), and of more of it beside that.
_GOES_ON, _GO_ON_SHARE, _GO_ON_BESIDE = 0.04, 0.8, 0.6
_LEAST_TO_GO_ON = 3
# What copies have there is less like the print, against their usual likeness, in so many of them.
_UNLIKE, _UNLIKE_SHARE = 0.78, 0.8
# Of a stroke: how little of it some copy must show to count as unlike, and what is no rule's edge.
_HALF_SHOWN, _OFF_RULES = 0.82, 0.8
# Print is there in full under what is written over it; of values, some copy shows less than this.
_PARTLY = 0.88
# In the lower one's height: how near strokes of one entry are to each other.
_BESIDE = 0.8
# Of a frame's area, so much lies this near to its sides, in pixels.
_ALONG_SIDES, _SIDE = 0.97, 3


def crossings(
    labels: NDArray[np.int32],
    stats: NDArray[np.int32],
    print_mask: Mask,
    off_rules: Mask,
    dark: NDArray[np.bool_],
    seen: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Say which strokes are what values of nearly all copies have in common, by label.

    Args:
        labels: number of the stroke at each pixel, 0 for none.
        stats: extent and area of each stroke, as OpenCV gives them.
        print_mask: all that is taken for print.
        off_rules: where no rule is printed.
        dark: the ink of each copy, shape `(copies, height, width)`.
        seen: what each copy shows, in the same shape.
    """
    going_on, unlike, voters = _copies_against(labels, stats, print_mask, off_rules, dark, seen)
    often = going_on >= np.maximum(_LEAST_TO_GO_ON, _GO_ON_SHARE * voters)
    often |= unlike >= np.maximum(_LEAST_TO_GO_ON, _UNLIKE_SHARE * voters)
    often &= ~_outlined(labels, stats)
    maybe = (going_on >= np.maximum(_LEAST_TO_GO_ON, _GO_ON_BESIDE * voters)) & ~often
    # Beside such a stroke more of the entry is left, though some of its copies may be alike there.
    x0, y0, width, height = (stats[:, n].astype(np.int64) for n in range(4))
    for n in np.flatnonzero(maybe):
        low = np.minimum(height, height[n])
        shared = np.minimum(y0 + height, y0[n] + height[n]) - np.maximum(y0, y0[n])
        gap = np.maximum(x0, x0[n]) - np.minimum(x0 + width, x0[n] + width[n])
        maybe[n] = bool((often & (2 * shared >= low) & (gap <= _BESIDE * low)).any())
    return np.asarray(often | maybe)


def _outlined(labels: NDArray[np.int32], stats: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Say which strokes run along the sides of their extent, as the frame of a box to tick does."""
    ys, xs = np.nonzero(labels)
    of = labels[ys, xs]
    x0, y0, width, height = (stats[of, n] for n in range(4))
    to_side = np.minimum(
        np.minimum(xs - x0, x0 + width - 1 - xs), np.minimum(ys - y0, y0 + height - 1 - ys)
    )
    along = np.bincount(of[to_side <= _SIDE], minlength=len(stats))
    area = np.bincount(of, minlength=len(stats))
    wide = np.minimum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) > 4 * _SIDE
    return np.asarray(wide & (along >= _ALONG_SIDES * area))


def _copies_against(
    labels: NDArray[np.int32],
    stats: NDArray[np.int32],
    print_mask: Mask,
    off_rules: Mask,
    dark: NDArray[np.bool_],
    seen: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Count by label the copies whose ink goes on beside the stroke, those with other ink, and all.

    The first two counts are 0 for a stroke that all copies have in full.
    """
    count, area = len(stats), np.maximum(stats[:, cv2.CC_STAT_AREA], 1)
    touched = cv2.dilate(labels.astype(np.float32), np.ones((3, 3), np.uint8)).astype(np.int32)
    inside, near = np.flatnonzero(labels), np.flatnonzero(touched)
    beside = _beside(labels, print_mask)
    close = np.flatnonzero(beside)
    going_on, unlike, voters = np.zeros((3, count), np.int64)
    least, letters = np.ones(count), print_mask & off_rules
    for mask, visible in zip(dark, seen, strict=True):
        present = sum_by(labels, inside, visible, count) > 0.9 * area
        shown = sum_by(labels, inside, mask, count) / area
        least = np.where(present, np.minimum(least, shown / _usual(shown)), least)
        further = close[mask.ravel()[close]]
        joined = joined_to(touched, near, beside, further, mask & off_rules, count)
        going_on += present & (joined > _GOES_ON * area)
        likeness = _likeness(stats, letters, mask & off_rules)
        unlike += present & (likeness < _UNLIKE * _usual(likeness))
        voters += present
    letter = sum_by(labels, inside, off_rules, count) >= _OFF_RULES * area
    unlike = np.where(letter & (least < _HALF_SHOWN), unlike, 0)
    return np.where(least < _PARTLY, going_on, 0), unlike, voters


def _usual(shares: NDArray[np.float64]) -> float:
    return max(0.1, float(np.median(shares[1:]))) if len(shares) > 1 else 1.0


def _likeness(stats: NDArray[np.int32], letters: Mask, ink: Mask) -> NDArray[np.float64]:
    """Return how far a copy's ink and the print overlap around each stroke; 1 where neither is."""
    x, y, width, height = (stats[:, n].astype(np.int64) for n in range(4))
    x0, y0 = np.maximum(x - 2, 0), np.maximum(y - 2, 0)
    x1 = np.minimum(x + width + 2, ink.shape[1])
    y1 = np.minimum(y + height + 2, ink.shape[0])
    shared, either = (cv2.integral(m.astype(np.uint8)) for m in (letters & ink, letters | ink))
    both, all_ = (
        (total[y1, x1] - total[y0, x1] - total[y1, x0] + total[y0, x0]).astype(np.float64)
        for total in (shared, either)
    )
    return np.where(all_ > 0, both / np.maximum(all_, 1), 1.0)


def _beside(labels: NDArray[np.int32], print_mask: Mask) -> NDArray[np.int32]:
    """Label what is right beside each stroke, where its letter's next strokes would be, too."""
    wide = cv2.dilate(labels.astype(np.float32), np.ones((9, 9), np.uint8)).astype(np.int32)
    return np.asarray(np.where(grown(print_mask, 1), 0, wide), dtype=np.int32)


def joined_to(
    labels: NDArray[np.int32],
    inside: NDArray[np.intp],
    around: NDArray[np.int32],
    beyond: NDArray[np.intp],
    mask: Mask,
    count: int,
) -> NDArray[np.int64]:
    """Count the ink around each stroke that is one with it in the copy.

    A circle around the next word is near, but it is no part of the stroke, as crossing fill is.
    """
    parts, found = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    part = np.asarray(found, dtype=np.int64).ravel()
    inked = inside[part[inside] > 0]
    pairs = np.unique(labels.ravel()[inked].astype(np.int64) * parts + part[inked])
    stroke = around.ravel()[beyond]
    same = np.isin(stroke.astype(np.int64) * parts + part[beyond], pairs)
    return np.bincount(stroke[same], minlength=count)


def sum_by(
    labels: NDArray[np.int32], where: NDArray[np.intp], mask: Mask, count: int
) -> NDArray[np.int64]:
    """Count the mask's pixels under each label, among the pixels in `where`."""
    hit = where[mask.ravel()[where]]
    return np.bincount(labels.ravel()[hit], minlength=count)
