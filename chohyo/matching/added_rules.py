"""Find rules that a page has and none of a template page's copies: a table that is new.

Writing adds ink as well, and so do stamps. But nobody draws straight lines that long by hand, level
with the form. Of 483 pages of known editions 23 have one away from the sheet's edge, most of them a
side of a flat ring, and none both one that lies and one that stands; of 204 pages of other editions
75 have one, 8 of them both.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.matching.fine_alignment import Ink
from chohyo.matching.print_model import PrintModel, once, reach

_CERTAIN, _POSSIBLE = 90, 60  # darkness of a rule, and of a copy's ink where it may stand
_OFF = np.ones((9, 9), np.uint8)  # px at half size, within which a known rule may lie
_ALONG = 4  # px at half size, along a rule: what is looked at as one, for speed
_LENGTH = 60  # px at half size: stamps are little longer
_THICKNESS = 5  # the same
_EDGE = 0.03  # of a side: the edge of the sheet, or of the glass


def added_rules(page: Ink, model: PrintModel) -> list[tuple[int, int, int, int]]:
    """Return x, y, width and height of the rules that only the page has, in px of the frame."""
    dark = _halved(page) > _CERTAIN
    new = np.where(_known(model) > 0, 0, dark).astype(np.uint8)
    if not new.any():
        return []
    stepping = reach(new)
    return [rule for lying in (True, False) for rule in _rules(stepping, lying=lying)]


def _rules(new: NDArray[np.uint8], *, lying: bool) -> list[tuple[int, int, int, int]]:
    along = new if lying else np.ascontiguousarray(new.T)
    size = (along.shape[1] // _ALONG, along.shape[0])
    pieces = cv2.resize(along[:, : size[0] * _ALONG] * 255, size, interpolation=cv2.INTER_AREA)
    whole = (pieces == 255).astype(np.uint8)
    kernel = np.ones((1, _LENGTH // _ALONG - 1), np.uint8)
    long = np.asarray(cv2.morphologyEx(whole, cv2.MORPH_OPEN, kernel), np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(long, connectivity=8)
    thin = stats[1:][stats[1:, cv2.CC_STAT_HEIGHT] <= _THICKNESS, :4]
    rules = thin * np.array([2 * _ALONG, 2, 2 * _ALONG, 2])
    upright = rules if lying else rules[:, [1, 0, 3, 2]]
    return [(x, y, width, height) for x, y, width, height in upright.tolist()]


@once
def _known(model: PrintModel) -> NDArray[np.uint8]:
    """Return 1, at half size, where a rule of the page is none that is new."""
    known = (np.asarray(cv2.dilate(_halved(model.high), _OFF)) >= _POSSIBLE).astype(np.uint8)
    height, width = known.shape
    y, x = round(_EDGE * height), round(_EDGE * width)
    known[:y], known[height - y :], known[:, :x], known[:, width - x :] = 1, 1, 1, 1
    return known


def _halved(ink: Ink) -> Ink:
    """Return ink at half its size, the darkest pixel of four: thin rules stay whole."""
    height, width = (side // 2 * 2 for side in ink.shape)
    rows = cv2.max(ink[0:height:2, :width], ink[1:height:2, :width])
    return np.asarray(cv2.max(rows[:, 0::2], rows[:, 1::2]), np.uint8)
