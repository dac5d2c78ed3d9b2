"""Tell ticked boxes and circled words from untouched ones, by ink alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Box
from chohyo.extraction.ink import Ink
from chohyo.extraction.masks import Mask, grown

_DARK = 0.3
# Fewer boxes than this do not show what an untouched one looks like; then it is taken to be this.
_SIBLINGS, _UNTOUCHED, _SWOLLEN = 6, 30, 0.04
_TICK, _STANDS_OUT = 0.06, 0.15
# Ink that touches print counts less than ink that lies clear of it.
_TOUCHING = 0.6
# Of a ring's way around a word, more than this is inked where it is circled. On 293 circles to
# draw around Japanese words 0.65 to 0.7 tells 99.7 % rightly; uncircled words have 0.61 at most.
_CIRCLED = 0.67
_ANGLES = np.linspace(0.0, 2.0 * np.pi, 72, endpoint=False)
# A ring is drawn this much beside its place and larger or smaller, in its own half sizes.
_SHIFTS = (-0.12, -0.06, 0.0, 0.06, 0.12)
_SIZES = (0.9, 1.0, 1.1)
_MOST_SHIFT = 40.0  # pixels a long ring is taken to have moved, at most


def tick_shares(fill: Ink, marks: Ink, boxes: Sequence[Box]) -> list[float]:
    """Return for each checkbox how much of it is ticked, as a share of its area, 0 for untouched.

    What lies clear of the box's print counts as it is; what touches it, against the untouched ones
    among the boxes, whose print shows at its edges as much as the page's scan has swollen it.
    """
    clear = [_middle(_cut(fill, box)) for box in boxes]
    touching = [_share(_cut(marks, box)) for box in boxes]
    swollen = float(np.percentile(touching, _UNTOUCHED)) if len(boxes) >= _SIBLINGS else _SWOLLEN
    return [max(one, _TOUCHING * (two - swollen)) for one, two in zip(clear, touching, strict=True)]


def _middle(fill: Ink) -> float:
    height, width = fill.shape
    inset_y, inset_x = height // 5, width // 5
    return _share(fill[inset_y : height - inset_y, inset_x : width - inset_x])


def _share(ink: Ink) -> float:
    return float((ink > _DARK).mean()) if ink.size else 0.0


def _cut(ink: Ink, box: Box) -> Ink:
    height, width = ink.shape
    return ink[
        max(0, round(box.y0 * height)) : round(box.y1 * height),
        max(0, round(box.x0 * width)) : round(box.x1 * width),
    ]


def ticked(share: float) -> tuple[bool, float]:
    """Say whether a box with this share of ink is ticked, and how sure that is, in 0.5..1."""
    return share > _TICK, min(1.0, 0.5 + abs(share - _TICK) / _TICK / 2)


def stands_out(shares: Sequence[float]) -> bool:
    """Say whether one of several options is marked beyond doubt, and no other."""
    return sum(share > _TICK for share in shares) == 1 and max(shares) > _STANDS_OUT


def circled(ink: Ink, boxes: Sequence[Box]) -> list[tuple[bool, float]]:
    """Say of each option whether a ring is drawn around it, and how sure that is, in 0.5..1.

    `ink` is all of the page's ink: the way of a ring is hardly ever that of letters, so it need
    not be told from print, which the blank form may lack or have too much of.
    """
    dark = grown(np.asarray(ink > _DARK), 1)
    shares = [_ring_share(dark, box) for box in boxes]
    return [
        (share > _CIRCLED, min(1.0, 0.5 + abs(share - _CIRCLED) / (1.0 - _CIRCLED) / 2))
        for share in shares
    ]


def _ring_share(dark: Mask, box: Box) -> float:
    """Return how much of the way around the box is inked, on the best of the nearby rings."""
    height, width = dark.shape
    x, y = box.center
    half = (box.width * width / 2, box.height * height / 2)
    best = 0.0
    for size in _SIZES:
        across, down = size * half[0] * np.cos(_ANGLES), size * half[1] * np.sin(_ANGLES)
        for dx in _SHIFTS:
            for dy in _SHIFTS:
                columns = x * width + dx * min(half[0], _MOST_SHIFT) + across
                rows = y * height + 2 * dy * min(half[1], _MOST_SHIFT) + down
                best = max(best, _inked_share(dark, columns, rows))
    return best


def _inked_share(dark: Mask, columns: NDArray[np.float64], rows: NDArray[np.float64]) -> float:
    height, width = dark.shape
    x = np.clip(np.rint(columns).astype(np.intp), 0, width - 1)
    y = np.clip(np.rint(rows).astype(np.intp), 0, height - 1)
    return float(dark[y, x].mean())
