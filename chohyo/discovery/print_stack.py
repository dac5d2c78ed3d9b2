"""Lay the copies of one form on each other finely enough to compare single characters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Transform
from chohyo.matching.features import normalised_ink

# A printed digit of 8 points is 12 px high here, and 7 px at the 1,000 px of registration.
FINE_SIDE = 1600

_TILE = 64
_STEP = 64
_REACH = 4  # px that print may lie off after registration
_MIN_INK = 4
_MIN_NCC = 0.5
_MIN_BEND = 0.01
_OUTLIER_PX = 1.0
_SMOOTH = 1.5  # tiles

Grid = NDArray[np.float32]


def fine_ink(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return an upright grey page's ink at a long side of `FINE_SIDE`."""
    height, width = grey.shape
    scale = FINE_SIDE / max(height, width)
    if abs(scale - 1) > 0.002:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        grey = np.asarray(cv2.resize(grey, size, interpolation=way), np.uint8)
    return normalised_ink(grey)


def laid_print(
    ink: NDArray[np.uint8], transform: Transform, reference: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Return a page's ink in the frame of the reference's, bent to lie on its print.

    `transform` carries fractions of the page to fractions of the reference. What registration left
    over is measured tile by tile and smoothed, so that paper that was not flat lies flat, and no
    character can be bent into another.
    """
    matrix = _matrix(transform, ink.shape, reference.shape)
    height, width = reference.shape
    laid = np.asarray(cv2.warpPerspective(ink, matrix, (width, height)), np.uint8)
    return bent_onto(laid, reference)


def bent_onto(laid: NDArray[np.uint8], reference: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return ink that lies on the reference to within a few pixels, bent to lie on it exactly."""
    height, width = reference.shape
    bend = _bend(laid, reference)
    if bend is None:
        return laid
    across, down = np.meshgrid(
        np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)
    )
    return np.asarray(
        cv2.remap(laid, across + bend[0], down + bend[1], cv2.INTER_CUBIC, borderValue=0), np.uint8
    )


def _matrix(
    transform: Transform, shape: tuple[int, ...], onto: tuple[int, ...]
) -> NDArray[np.float64]:
    rows = np.array(transform.rows, np.float64).reshape(3, 3)
    back = np.diag([1.0 / shape[1], 1.0 / shape[0], 1.0])
    return np.asarray(np.diag([float(onto[1]), float(onto[0]), 1.0]) @ rows @ back)


def _bend(laid: NDArray[np.uint8], reference: NDArray[np.uint8]) -> tuple[Grid, Grid] | None:
    """Return how far each pixel's print lies off, across and down; None when next to nothing."""
    height, width = reference.shape
    tops = range(_REACH, height - _TILE - _REACH, _STEP)
    lefts = range(_REACH, width - _TILE - _REACH, _STEP)
    if len(tops) < 2 or len(lefts) < 2:
        return None
    off = np.zeros((len(tops), len(lefts), 2), np.float32)
    sure = np.zeros(off.shape[:2], np.float32)
    for row, top in enumerate(tops):
        for column, left in enumerate(lefts):
            found = _tile_off(laid, reference, top, left)
            if found is not None:
                off[row, column], sure[row, column] = found[:2], found[2]
    if (sure > 0).sum() < 8:
        return None
    grids = [_smoothed(off[..., axis], sure) for axis in (0, 1)]
    if max(float(np.abs(grid).max()) for grid in grids) < 0.15:
        return None
    xs = (np.arange(width, dtype=np.float32) - (_REACH + _TILE / 2)) / _STEP
    ys = (np.arange(height, dtype=np.float32) - (_REACH + _TILE / 2)) / _STEP
    at_x, at_y = np.meshgrid(xs, ys)
    spread = [
        np.asarray(
            cv2.remap(g, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32
        )
        for g in grids
    ]
    return spread[0], spread[1]


def _tile_off(
    laid: NDArray[np.uint8], reference: NDArray[np.uint8], top: int, left: int
) -> tuple[float, float, float] | None:
    tile = reference[top : top + _TILE, left : left + _TILE]
    if cv2.mean(tile)[0] < _MIN_INK:
        return None
    area = laid[top - _REACH : top + _TILE + _REACH, left - _REACH : left + _TILE + _REACH]
    ncc = cv2.matchTemplate(area, tile, cv2.TM_CCOEFF_NORMED)
    _, peak, _, (x, y) = cv2.minMaxLoc(ncc)
    if not _MIN_NCC <= peak <= 1.01 or x in (0, 2 * _REACH) or y in (0, 2 * _REACH):
        return None
    bend_x = 2 * peak - float(ncc[y, x - 1]) - float(ncc[y, x + 1])
    bend_y = 2 * peak - float(ncc[y - 1, x]) - float(ncc[y + 1, x])
    if min(bend_x, bend_y) < _MIN_BEND:
        return None
    dx = x - _REACH + 0.5 * float(ncc[y, x + 1] - ncc[y, x - 1]) / bend_x
    dy = y - _REACH + 0.5 * float(ncc[y + 1, x] - ncc[y - 1, x]) / bend_y
    return dx, dy, float(peak) ** 2


def _smoothed(off: Grid, sure: Grid) -> Grid:
    """Return the offsets without outliers, spread smoothly over tiles that told nothing."""
    middle = float(np.median(off[sure > 0]))
    known = np.where(sure > 0, off - middle, 0).astype(np.float32)
    around = cv2.medianBlur(known, 5)
    weight = np.where(np.abs(known - around) <= _OUTLIER_PX, sure, 0).astype(np.float32)
    total = cv2.GaussianBlur(known * weight, (0, 0), _SMOOTH)
    share = cv2.GaussianBlur(weight, (0, 0), _SMOOTH)
    return np.asarray(middle + total / (share + 0.02), np.float32)


class Prints(Protocol):
    """Ink images in one frame, of equal shape."""

    def __len__(self) -> int:
        """Return how many there are."""
        ...

    def __getitem__(self, index: int, /) -> NDArray[np.uint8]:
        """Return one of them."""
        ...


class LaidPrints:
    """Pages laid onto the one at position `reference`, each whenever it is asked for.

    A form may have thousands of copies, and the ink of one takes 2 MB.
    """

    def __init__(
        self,
        inks: Sequence[Callable[[], NDArray[np.uint8]]],
        transforms: Sequence[Transform],
        reference: int,
    ) -> None:
        self._inks = inks
        self._transforms = transforms
        self._onto = reference
        self._reference = inks[reference]()

    def __len__(self) -> int:
        """Return how many pages there are."""
        return len(self._inks)

    def __getitem__(self, index: int, /) -> NDArray[np.uint8]:
        """Return a page's ink in the frame of the reference."""
        if index == self._onto:
            return self._reference
        return laid_print(self._inks[index](), self._transforms[index], self._reference)
