"""Straighten the frame that copies are laid into, so that rules run along its rows and columns.

The frame is that of one copy, and no scan lies straight. Cells, margins and lines of print are all
measured along rows and columns, and a blank form that leans is no pleasure to read.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import scipy.optimize
from numpy.typing import NDArray

from chohyo.domain.geometry import Transform
from chohyo.extraction.ink import Image, grey, warped

_LONG_SIDE = 1400
# In shares of the long side: shorter segments are strokes of letters.
_SHORTEST = 0.025
_STEEPEST = 0.14  # of rules that are meant to be level or upright: 8 degrees
_FEWEST = 4
# Weights of what keeps the fit from bending where no rule holds it: page-wide perspective is small,
# and a leaning scan is turned, not sheared.
_CALM, _TURNED = 0.02, 0.3
_OUTLIER = 0.002

Segments = NDArray[np.float64]


def straightened(
    copies: Sequence[Image], transforms: Sequence[Transform], size: tuple[int, int]
) -> list[Transform]:
    """Return the transforms followed by the one that makes the frame's rules level and upright.

    `size` is `(width, height)` of the frame in pixels. Frames without enough rules stay as they
    are.
    """
    segments = [
        _segments(image, move, size)
        for image, move in list(zip(copies, transforms, strict=True))[:3]
    ]
    level = np.concatenate([each[0] for each in segments])
    upright = np.concatenate([each[1] for each in segments])
    if len(level) + len(upright) < _FEWEST:
        return list(transforms)
    fitted = scipy.optimize.least_squares(
        _leaning, np.zeros(4), args=(level, upright), loss="soft_l1", f_scale=_OUTLIER
    )
    turn = _as_transform(np.asarray(fitted.x, np.float64), size)
    return [turn.after(move) for move in transforms]


def _segments(
    image: Image, transform: Transform, size: tuple[int, int]
) -> tuple[Segments, Segments]:
    """Return level and upright segments `(x0, y0, x1, y1)`, from the middle, in long sides."""
    scale = _LONG_SIDE / max(size)
    small = (round(size[0] * scale), round(size[1] * scale))
    drawn = np.ascontiguousarray(warped(grey(image), transform, small, 255.0), dtype=np.uint8)
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_NONE).detect(drawn)[0]
    if found is None:
        return np.zeros((0, 4)), np.zeros((0, 4))
    middle = np.array([small[0], small[1], small[0], small[1]]) / 2
    lines = (found.reshape(-1, 4).astype(np.float64) - middle) / _LONG_SIDE
    across, down = np.abs(lines[:, 2] - lines[:, 0]), np.abs(lines[:, 3] - lines[:, 1])
    level = (across > _SHORTEST) & (down < _STEEPEST * across)
    upright = (down > _SHORTEST) & (across < _STEEPEST * down)
    return lines[level], lines[upright]


def _leaning(lean: NDArray[np.float64], level: Segments, upright: Segments) -> NDArray[np.float64]:
    """Return how far the ends of level and upright segments still lie apart."""
    first, last = _moved(lean, level[:, :2]), _moved(lean, level[:, 2:])
    top, bottom = _moved(lean, upright[:, :2]), _moved(lean, upright[:, 2:])
    calm = np.array([_CALM * lean[2], _CALM * lean[3], _TURNED * (lean[0] + lean[1])])
    return np.concatenate([last[:, 1] - first[:, 1], bottom[:, 0] - top[:, 0], calm])


def _moved(lean: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    a, b, p, q = lean
    x, y = points[:, 0], points[:, 1]
    depth = 1.0 + p * x + q * y
    return np.stack([(x + a * y) / depth, (y + b * x) / depth], axis=1)


def _as_transform(lean: NDArray[np.float64], size: tuple[int, int]) -> Transform:
    a, b, p, q = lean
    sides = np.array(size, np.float64) / max(size)
    to_middle = np.array([[sides[0], 0, -sides[0] / 2], [0, sides[1], -sides[1] / 2], [0, 0, 1.0]])
    moved = np.array([[1.0, a, 0.0], [b, 1.0, 0.0], [p, q, 1.0]])
    rows = np.linalg.inv(to_middle) @ moved @ to_middle
    return Transform(tuple((rows / rows[2, 2]).ravel().tolist()))
