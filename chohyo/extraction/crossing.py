"""Find the strokes that run through a small square and begin or end far from its middle.

A quick hand ticks beside the square: most of the stroke lies outside, and inside it keeps to a
corner, where the sides of the square hide it. What is drawn outside is straight enough to tell
where it goes on, and there the square is inked.
"""

from __future__ import annotations

import cv2
import numpy as np

from chohyo.extraction.ink import Ink
from chohyo.extraction.masks import Mask, grown
from chohyo.extraction.strokes import Window

_DARK = 0.3
# A stroke has this length outside the square and through it, in sides of the square, ends this near
# to it, in pixels, is so much longer than wide, and the square is inked for so much of its way.
_LONG, _THROUGH, _NEAR, _SLIM, _INKED = 0.7, 0.4, 6, 3.0, 0.85
_AROUND = 2.5  # sides of the square that are looked at around it


def runs_through(square: Window, fill: Ink, ink: Ink) -> bool:
    """Say whether a stroke from outside a square runs on through it.

    `fill` is what people added, `ink` all that the page shows.
    """
    near = _wider(square, _NEAR, ink.shape)
    if not (fill[near.cut] > _DARK).any():
        return False
    side = square.bottom - square.top
    around = _wider(square, round(_AROUND * side), ink.shape)
    _, labels = cv2.connectedComponents((fill[around.cut] > _DARK).astype(np.uint8), connectivity=8)
    inside, dark = square.mask_in(around), grown(np.asarray(ink[around.cut] > _DARK), 1)
    beside = labels[near.mask_in(around)]
    return any(
        _goes_on(np.asarray(labels == piece), inside, dark, side)
        for piece in np.unique(beside[beside > 0])
    )


def _wider(square: Window, by: int, shape: tuple[int, ...]) -> Window:
    return Window(
        max(0, square.top - by), min(shape[0], square.bottom + by),
        max(0, square.left - by), min(shape[1], square.right + by),
    )  # fmt: skip


def _goes_on(stroke: Mask, square: Mask, dark: Mask, side: int) -> bool:
    """Say whether a slim stroke, drawn on, runs through a square where that is inked."""
    rows, columns = np.nonzero(stroke)
    points = np.column_stack([columns, rows]).astype(np.float64)
    if len(points) < side / 2:
        return False
    middle = points.mean(axis=0)
    _, spread, ways = np.linalg.svd(points - middle, full_matrices=False)
    if np.ptp((points - middle) @ ways[0]) < _LONG * side or spread[0] < _SLIM * spread[1]:
        return False
    steps = np.arange(-3 * _AROUND * side, 3 * _AROUND * side)[:, None]
    x, y = np.rint(middle + steps * ways[0]).astype(np.intp).T
    seen = (x >= 0) & (x < square.shape[1]) & (y >= 0) & (y < square.shape[0])
    x, y = x[seen], y[seen]
    through = square[y, x]
    return bool(through.sum() >= _THROUGH * side and dark[y, x][through].mean() >= _INKED)
