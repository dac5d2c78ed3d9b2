"""Find the barcodes of a form: many bars of one length, closer together than rules to write on."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.pixel_box import PixelBox, around

Mask = NDArray[np.bool_]

# In shares of the page's long side: the shortest bar, the thickest, how far bars end from one line,
# and how far they lie apart; combs have 0.014 and more between their walls.
_SHORTEST, _THICKEST, _EDGE, _GAP = 0.015, 0.008, 0.003, 0.008
_FEWEST = 12


def barcodes(print_mask: Mask) -> list[PixelBox]:
    """Return the places of barcodes, upright or lying, with the room that their last bars have."""
    upright = _codes(print_mask)
    lying = [PixelBox(b.y0, b.x0, b.y1, b.x1) for b in _codes(np.ascontiguousarray(print_mask.T))]
    room = round(_GAP * max(print_mask.shape))
    return [code.inset(-room) for code in (*upright, *lying)]


def _codes(print_mask: Mask) -> list[PixelBox]:
    """Return the barcodes whose bars stand upright."""
    length, thick, edge, gap = (
        share * max(print_mask.shape) for share in (_SHORTEST, _THICKEST, _EDGE, _GAP)
    )
    bar = np.ones((max(1, round(length)), 1), np.uint8)
    drawn = cv2.morphologyEx(print_mask.astype(np.uint8), cv2.MORPH_OPEN, bar)
    _, _, stats, _ = cv2.connectedComponentsWithStats(drawn, connectivity=8)
    bars = sorted(
        PixelBox(int(x), int(y), int(x + w), int(y + h))
        for x, y, w, h, _ in stats[1:]
        if w <= thick
    )
    return [around(run) for run in _runs(bars, edge, gap) if len(run) >= _FEWEST]


def _runs(bars: Sequence[PixelBox], edge: float, gap: float) -> list[list[PixelBox]]:
    """Put bars of one length together that stand directly beside one another."""
    runs: list[list[PixelBox]] = []
    for bar in bars:
        home = next((run for run in runs if _goes_on(run[-1], bar, edge, gap)), None)
        if home is None:
            runs.append([bar])
        else:
            home.append(bar)
    return runs


def _goes_on(last: PixelBox, bar: PixelBox, edge: float, gap: float) -> bool:
    return (
        0 <= bar.x0 - last.x1 <= gap
        and abs(bar.y0 - last.y0) <= edge
        and abs(bar.y1 - last.y1) <= edge
    )
