"""Compare the print of a page with that of a reference, tile by tile, once they are aligned."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Box, Transform
from chohyo.matching.features import PageFeatures
from chohyo.matching.refinement import warp
from chohyo.matching.registration import as_half_matrix

_TILE = 16  # px at half size
_MIN_INK = 0.015  # mean darkness of a tile that carries print
_REACH = np.ones((3, 3), np.uint8)  # print may be off by 1 px at half size
_FULL_WEIGHT_INK = 0.10
_ONE_SIDED_WEIGHT = 0.3  # between two filled pages, ink on one side only is mostly fill


@dataclass(frozen=True, slots=True)
class PrintComparison:
    """How well the print agrees; grids have one cell for each tile of the reference.

    `score` and `agreement` are in 0..1. `weight` is 0 where the reference carries no print or the
    page does not reach. `width`, `height` of the reference are in tiles, and not whole numbers.
    """

    score: float
    agreement: NDArray[np.float32]
    weight: NDArray[np.float32]
    width: float
    height: float

    @property
    def coverage(self) -> float:
        """Return the share of tiles that could be compared."""
        return float((self.weight > 0).mean())

    def box(self, row: int, column: int) -> Box:
        """Return the place of a tile on the reference."""
        return Box(
            column / self.width,
            row / self.height,
            min(1.0, (column + 1) / self.width),
            min(1.0, (row + 1) / self.height),
        )


def compare_print(
    page: PageFeatures, reference: PageFeatures, transform: Transform, *, pair: bool = False
) -> PrintComparison:
    """Compare a page with a reference onto which `transform` lays it.

    The reference's ink is taken for print: ink that only the page has is fill and costs nothing,
    print that the page lacks does. With `pair` both are filled pages, and the side with less ink in
    a tile says what its print is.
    """
    matrix = as_half_matrix(transform, page, reference)
    laid = warp(page.half, matrix, reference.half.shape)
    sheet = np.full(page.half.shape, 255, np.uint8)
    inside = _tile_means(warp(sheet, matrix, reference.half.shape)) > 0.9
    there = _covered(reference.half, laid)
    ink = _tile_means(reference.half)
    if pair:
        back, ink_page = _covered(laid, reference.half), _tile_means(laid)
        agreement = np.maximum(there, back)
        weight = _pair_weight(ink, ink_page)
    else:
        agreement, weight = there, _weight(ink)
    weight = np.where(inside, weight, 0).astype(np.float32)
    total = float(weight.sum())
    score = float((agreement * weight).sum() / total) if total > 0 else 0.0
    height, width = (side / _TILE for side in reference.half.shape)
    return PrintComparison(score, agreement.astype(np.float32), weight, width, height)


def _weight(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    full = np.minimum(ink / _FULL_WEIGHT_INK, 1.0)
    return np.asarray(np.where(ink >= _MIN_INK, full, 0), np.float32)


def _pair_weight(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    both = _weight(np.minimum(one, other))
    either = _weight(np.maximum(one, other))
    return np.asarray(np.maximum(both, _ONE_SIDED_WEIGHT * either), np.float32)


def _covered(ink: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return by tile how much of `ink` is also in `other`, beyond what chance would cover."""
    strong = cv2.convertScaleAbs(cv2.dilate(other, _REACH), alpha=1.5)
    total = _tile_means(ink)
    shared = _tile_means(cv2.min(ink, strong)) / np.maximum(total, 1e-6)
    chance = _tile_means(strong)
    beyond = np.clip((shared - chance) / np.maximum(1 - chance, 0.05), 0.0, 1.0)
    return np.asarray(beyond, np.float32)


def _tile_means(image: cv2.typing.MatLike) -> NDArray[np.float32]:
    """Return mean darkness (0..1) by tile; the last row and column are padded with paper."""
    height, width = image.shape
    rows, columns = -(-height // _TILE), -(-width // _TILE)
    canvas = cv2.copyMakeBorder(
        image, 0, rows * _TILE - height, 0, columns * _TILE - width, cv2.BORDER_CONSTANT, value=0
    )
    sums = cv2.boxFilter(canvas, cv2.CV_32F, (_TILE, _TILE), anchor=(0, 0), normalize=False)
    return np.asarray(sums[::_TILE, ::_TILE] / (255.0 * _TILE * _TILE), np.float32)
