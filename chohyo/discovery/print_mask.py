"""Which ink of the aligned copies is print: first by pixels, then by whole strokes."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.crossings import crossings, joined_to, sum_by
from chohyo.discovery.ruling import find_squares
from chohyo.extraction.masks import Mask, grown, rules_of

# How often fill is taken to darken the same pixel in another copy.
_FILL_RATE = 0.35
# Around a stroke, its own blur ends after 2 px and its neighbours' strokes begin within 6.
_BLUR, _NEIGHBOURHOOD = 2, 6
_CLEAN_SHARE = 0.45
# A pen's circle around the next word covers less of a stroke's surroundings than crossing fill.
_STRAY_SHARE = 0.16
_PASSES = 4
# Of a page's long side: what is left where two strokes cross may touch neither in some copy.
_CRUMB = 0.0045
# Print beside which copies draw is there in all of them, given as many: more than this of it.
_WHOLE, _COPIES_THAT_TELL = 0.88, 4
# And covers this much of it; blots where values cross are covered by each copy in part.
_SHOWN = 0.86


def print_of(dark: NDArray[np.bool_], seen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mask the pixels that are print, by the odds that the copies give together.

    A copy with ink speaks for print; a copy with bare paper there speaks against it, the louder the
    more of the surrounding print it shows: a pale fax forgets strokes, a good scan does not.
    """
    near = np.stack([grown(mask, 1) for mask in dark])
    count = (near & seen).sum(axis=0)
    total = np.maximum(seen.sum(axis=0), 1)
    likely = count >= np.maximum(2, 0.6 * total)
    odds = np.zeros(likely.shape, np.float32)
    for mask, visible in zip(near, seen, strict=True):
        recall = _recall(mask, likely & visible)
        vote = np.where(mask, np.log(recall / _FILL_RATE), np.log((1 - recall) / (1 - _FILL_RATE)))
        odds += np.where(visible, vote, 0.0)
    # The tolerance of 1 px is for the vote; print itself is no thicker than in half of the copies.
    inked = 2 * (dark & seen).sum(axis=0) >= total
    return np.asarray(inked & (count >= 2) & (odds > 0))


def _recall(mask: Mask, likely: Mask) -> NDArray[np.float32]:
    """Return how much of the likely print around each pixel the copy shows, 0.6..0.99.

    The best of the neighbourhoods counts: fill that most other copies have at one place looks like
    print that this copy lacks, but only there, while a pale or worn part of a page is wider.
    """
    height, width = mask.shape
    small = (max(1, width // 16), max(1, height // 16))
    shown = cv2.resize((mask & likely).astype(np.float32), small, interpolation=cv2.INTER_AREA)
    wanted = cv2.resize(likely.astype(np.float32), small, interpolation=cv2.INTER_AREA)
    near = (9, 9)
    ratio = cv2.blur(shown, near) / (cv2.blur(wanted, near) + 1e-3)
    best = cv2.dilate(ratio, np.ones((15, 15), np.uint8))
    smooth = cv2.resize(np.asarray(best), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.clip(smooth, 0.6, 0.99).astype(np.float32)


def without_fill(print_mask: Mask, dark: NDArray[np.bool_], seen: NDArray[np.bool_]) -> Mask:
    """Take back what only looks like print; each pass uncovers more of the fill around the rest."""
    for _ in range(_PASSES):
        kept = _lone_strokes(print_mask, dark, seen)
        if np.count_nonzero(kept) == np.count_nonzero(print_mask):
            break
        print_mask = kept
    return print_mask


def _lone_strokes(print_mask: Mask, dark: NDArray[np.bool_], seen: NDArray[np.bool_]) -> Mask:
    """Take back the strokes that only look like print because the fill of copies crosses there.

    A printed stroke stands alone in most copies. Where fill crosses, each copy's own strokes go on
    beyond the crossing; and a stroke that a good copy lacks altogether was never printed.
    """
    rules = rules_of(print_mask) | (_frames(print_mask) & print_mask)
    strokes = print_mask & ~rules
    count, found, stats, _ = cv2.connectedComponentsWithStats(
        strokes.astype(np.uint8), connectivity=8
    )
    labels = np.asarray(found, dtype=np.int32)
    extent = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    crumb = extent < _CRUMB * max(print_mask.shape)
    around = _around(labels, print_mask)
    explained = grown(print_mask, _BLUR)
    area = np.bincount(labels.ravel(), minlength=count)
    margin = np.bincount(around.ravel(), minlength=count)
    likely = print_mask
    clean, lacking, voters = np.zeros(count), np.zeros(count), np.zeros(count)
    least = np.ones(count)
    inside = np.flatnonzero(labels)
    ring = np.flatnonzero(around)
    off_rules = ~grown(rules, 1)
    touched = cv2.dilate(labels.astype(np.float32), np.ones((3, 3), np.uint8)).astype(np.int32)
    near = np.flatnonzero(touched)
    for mask, visible in zip(dark, seen, strict=True):
        shown = sum_by(labels, inside, mask, count) / np.maximum(area, 1)
        beyond = ring[(mask & ~explained).ravel()[ring]]
        joined = joined_to(touched, near, around, beyond, mask & off_rules, count)
        stray = np.where(crumb, np.bincount(around.ravel()[beyond], minlength=count), joined)
        present = sum_by(labels, inside, visible, count) > 0.9 * area
        good = sum_by(labels, inside, _recall(mask, likely & visible) > 0.9, count) > 0.5 * area
        # Against what the copy shows of print at large: a pale or blurred one shows less of all.
        usual = float(np.median(shown[1:])) if count > 1 else 1.0
        clean += (
            present & (shown > _SHOWN * usual) & (stray <= np.maximum(4, _STRAY_SHARE * margin))
        )
        least = np.where(present, np.minimum(least, shown / max(0.1, usual)), least)
        lacking += present & good & (shown < 0.25)
        voters += present
    whole = ~crumb & (least >= _WHOLE) & (voters >= _COPIES_THAT_TELL)
    fill = (~whole & (clean < _CLEAN_SHARE * voters)) | (lacking > 0.1 * voters)
    fill |= ~crumb & crossings(
        labels, np.asarray(stats, np.int32), print_mask, off_rules, dark, seen
    )
    fill[0] = False
    return np.asarray(rules | (strokes & ~fill[labels]))


def _frames(mask: Mask) -> Mask:
    """Mask the lines of squares to tick: thin, and crossed by ticks in many copies."""
    frames = np.zeros(mask.shape, np.uint8)
    for box in find_squares(mask, most_ink=0.4):
        cv2.rectangle(frames, (box.x0, box.y0), (box.x1 - 1, box.y1 - 1), 1, 5)
    return np.asarray(frames > 0)


def _around(labels: NDArray[np.int32], print_mask: Mask) -> NDArray[np.int32]:
    """Label the surroundings of each stroke, its own blur left out."""
    window = np.ones((2 * _NEIGHBOURHOOD + 1, 2 * _NEIGHBOURHOOD + 1), np.uint8)
    wide = cv2.dilate(labels.astype(np.float32), window).astype(np.int32)
    return np.asarray(np.where(grown(print_mask, _BLUR), 0, wide), dtype=np.int32)
