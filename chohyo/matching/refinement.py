"""Sharpen a coarse alignment: find blocks of the reference's print on the page, and refit."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.matching.block_matching import find_blocks
from chohyo.matching.features import PageFeatures

_BLOCK = 32  # px at half size
_SEARCH = (8, 3)  # px at half size, one round each
_ENOUGH_BLOCKS = 30
_MOST = 0.6
_MIN_NCC = 0.35
_MIN_BEND = 0.02
_MIN_BLOCKS = 8
_MIN_INK = 0.02
_TRIM_PX = 2.5  # blocks farther than this from the fit (half size) are not print, or are bent
_HOMOGRAPHY_GAIN = 0.85  # a homography must cut the residual by this much to be believed


@dataclass(frozen=True, slots=True)
class Refinement:
    """A refined pixel homography; `residual` is in pixels at full size.

    `blocks` is the number of pieces of the reference's print found in place, `support` their share
    of those that were looked for.
    """

    matrix: NDArray[np.float64]
    blocks: int
    support: float
    residual: float


def refine(
    page: PageFeatures, reference: PageFeatures, matrix: NDArray[np.float64]
) -> Refinement | None:
    """Refit a coarse page → reference matrix on local matches, or return None if none agree."""
    to_half = np.diag([0.5, 0.5, 1.0])
    half = to_half @ matrix @ np.linalg.inv(to_half)
    fit: tuple[NDArray[np.float64], int, float] | None = None
    tried = 0
    for search in _SEARCH:
        warped = warp(page.half, half, reference.half.shape)
        places = _inked_blocks(page, reference, half, search)
        found, expected = _found(warped, reference.half, places, search)
        if len(found) < _MIN_BLOCKS:
            return None
        fit, tried = _fit(found, expected), len(places)
        if fit is None:
            return None
        half = fit[0] @ half
    if fit is None:
        return None
    full = np.linalg.inv(to_half) @ half @ to_half
    return Refinement(full / full[2, 2], fit[1], fit[1] / tried, 2 * fit[2])


def warp(
    image: NDArray[np.uint8], matrix: NDArray[np.float64], shape: tuple[int, ...]
) -> NDArray[np.uint8]:
    """Carry an ink image through a pixel homography onto a canvas of `shape`; outside is paper."""
    height, width = shape[:2]
    return np.asarray(cv2.warpPerspective(image, matrix, (width, height)), dtype=np.uint8)


def _inked_blocks(
    page: PageFeatures, reference: PageFeatures, matrix: NDArray[np.float64], search: int
) -> NDArray[np.intp]:
    """Return the corners (y, x) of the reference's blocks with print that the page reaches."""
    height, width = reference.half.shape
    corners = [np.arange(search, side - _BLOCK - search + 1, _BLOCK) for side in (height, width)]
    rows, columns = (len(each) for each in corners)
    if not rows or not columns:
        return np.zeros((0, 2), np.intp)
    area = reference.half[search : search + rows * _BLOCK, search : search + columns * _BLOCK]
    ink = area.reshape(rows, _BLOCK, columns, _BLOCK).mean(axis=(1, 3))
    places = np.stack(np.meshgrid(*corners, indexing="ij"), axis=2)[ink >= 255 * _MIN_INK]
    if not len(places):
        return np.zeros((0, 2), np.intp)
    middles = (places[:, ::-1] + _BLOCK // 2).astype(np.float64)
    x, y = cv2.perspectiveTransform(middles[None], np.linalg.inv(matrix))[0].T
    bottom, right = page.half.shape
    inside = (x > -0.5) & (y > -0.5) & (x < right - 0.5) & (y < bottom - 0.5)
    return np.asarray(places[inside], np.intp)


def _found(
    warped: NDArray[np.uint8], reference: NDArray[np.uint8], places: NDArray[np.intp], search: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return centres of blocks as found on the warped page, and where the reference has them."""
    if search == _SEARCH[0]:
        # It only has to bring the page within reach of the next round: half of the blocks, like a
        # chessboard's black squares, do that for pages that lie well.
        black = places[(places // _BLOCK).sum(axis=1) % 2 == 0]
        found = _found_blocks(warped, reference, black, search)
        well = len(found[0]) >= _MOST * len(black)
        hopeless = len(found[0]) < _MIN_BLOCKS / 4
        if len(black) >= _ENOUGH_BLOCKS and (well or hopeless):
            return found
    return _found_blocks(warped, reference, places, search)


def _found_blocks(
    warped: NDArray[np.uint8],
    reference: NDArray[np.uint8],
    places: NDArray[np.intp],
    search: int,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the centres of those blocks that are there without ambiguity, and their places."""
    peaks = find_blocks(warped, reference, places, _BLOCK, search)
    expected = places[:, ::-1] + (_BLOCK - 1) / 2
    found = expected + np.stack([peaks.dx, peaks.dy], axis=1)
    # A block of parallel lines slides along them: its peak does not bend in that direction.
    good = peaks.inner & (peaks.height >= _MIN_NCC) & (peaks.bend >= _MIN_BEND)
    return found[good].astype(np.float32), expected[good].astype(np.float32)


def _fit(
    found: NDArray[np.float32], expected: NDArray[np.float32]
) -> tuple[NDArray[np.float64], int, float] | None:
    """Fit found → expected: affine, or a homography where that explains clearly more."""
    affine, mask = cv2.estimateAffine2D(
        found, expected, method=cv2.RANSAC, ransacReprojThreshold=_TRIM_PX
    )
    if affine is None or int(mask.sum()) < _MIN_BLOCKS:
        return None
    flat = np.vstack([affine, [0.0, 0.0, 1.0]])
    best = (flat, *_quality(flat, found, expected))
    if len(found) < 2 * _MIN_BLOCKS:
        return best
    homography, _ = cv2.findHomography(found, expected, cv2.RANSAC, _TRIM_PX)
    if homography is None:
        return best
    bent = np.asarray(homography, np.float64)
    count, residual = _quality(bent, found, expected)
    pays = count >= best[1] and residual < _HOMOGRAPHY_GAIN * best[2]
    return (bent, count, residual) if pays and count >= 2 * _MIN_BLOCKS else best


def _quality(
    matrix: NDArray[np.float64], found: NDArray[np.float32], expected: NDArray[np.float32]
) -> tuple[int, float]:
    """Return how many blocks the matrix puts in place, and their median distance."""
    mapped = cv2.perspectiveTransform(found[None], matrix)[0]
    distance = np.hypot(*(mapped - expected).T)
    inside = distance < _TRIM_PX
    return int(inside.sum()), float(np.median(distance[inside])) if inside.any() else np.inf
