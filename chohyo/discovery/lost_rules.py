"""Give back to a blank form the pieces of its rules that were taken for fill.

The dots of a dotted line lie a little apart from copy to copy, so that some of them look like what
copies wrote. What most copies have there is flat, and goes on where a rule ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.fill_marks import doubled
from chohyo.discovery.ruling import Ruling, find_ruling

if TYPE_CHECKING:
    from chohyo.discovery.blank_form import BlankForm

Mask = NDArray[np.bool_]

# Of the copies, how many have it; in shares of the page's long side, how high a rule is at
# most, how far its dots lie apart, and how far from where the rule ends.
_MOST, _FLAT, _DOTS, _NEAR = 0.6, 0.0035, 0.004, 0.012


def lost_rules(blank: BlankForm) -> Mask:
    """Mask the pieces of rules that the copies' fills show alike, a little wider than they are."""
    common = blank.fills.sum(axis=0) >= _MOST * blank.copies
    long_side = max(blank.constant_ink.shape)
    dots = np.ones((1, max(3, round(_DOTS * long_side / 2))), np.uint8)
    joined = cv2.morphologyEx(common.astype(np.uint8), cv2.MORPH_CLOSE, dots)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    ruling = find_ruling(blank.constant_ink)
    flat = [
        number
        for number, (x, y, w, h, _) in enumerate(stats)
        if number
        and h <= max(2, _FLAT * long_side / 2)
        and w >= 3 * h
        and _goes_on(ruling, (2 * x, 2 * y, 2 * (x + w), 2 * (y + h)), round(_NEAR * long_side))
    ]
    return doubled(np.isin(labels, flat), blank.constant_ink.shape)


def _goes_on(ruling: Ruling, box: tuple[int, int, int, int], reach: int) -> bool:
    """Say whether a rule ends just before a box or begins just behind it."""
    x0, y0, x1, y1 = box
    rows = slice(max(0, y0 - 3), y1 + 3)
    return bool(
        ruling.across[rows, max(0, x0 - reach) : x0].any()
        or ruling.across[rows, x1 : x1 + reach].any()
    )
