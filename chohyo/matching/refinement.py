"""Sharpen a coarse alignment: find blocks of the reference's print on the page, and refit."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.matching.features import PageFeatures

_BLOCK = 32  # px at half size
_SEARCH = (8, 3)  # px at half size, one round each
_MIN_NCC = 0.35
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
        inside = warp(np.ones(page.half.shape, np.uint8), half, reference.half.shape)
        found, expected, tried = _found_blocks(warped, inside, reference.half, search)
        if len(found) < _MIN_BLOCKS:
            return None
        fit = _fit(found, expected)
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


def _found_blocks(
    warped: NDArray[np.uint8],
    inside: NDArray[np.uint8],
    reference: NDArray[np.uint8],
    search: int,
) -> tuple[NDArray[np.float32], NDArray[np.float32], int]:
    """Return centres of blocks as found on the warped page, where the reference has them, and how
    many were looked for.
    """
    found, expected = [], []
    tried = 0
    height, width = reference.shape
    middle = (_BLOCK - 1) / 2
    for y in range(search, height - _BLOCK - search + 1, _BLOCK):
        for x in range(search, width - _BLOCK - search + 1, _BLOCK):
            block = reference[y : y + _BLOCK, x : x + _BLOCK]
            off_page = not inside[y + _BLOCK // 2, x + _BLOCK // 2]
            if off_page or cv2.mean(block)[0] < 255 * _MIN_INK:
                continue
            tried += 1
            area = warped[y - search : y + _BLOCK + search, x - search : x + _BLOCK + search]
            shift = _shift(area, block, search)
            if shift is not None:
                found.append((x + middle + shift[0], y + middle + shift[1]))
                expected.append((x + middle, y + middle))
    return np.array(found, np.float32), np.array(expected, np.float32), tried


def _shift(
    area: NDArray[np.uint8], block: NDArray[np.uint8], search: int
) -> tuple[float, float] | None:
    """Return how far the block lies from its place, or None when it is not there or ambiguous."""
    ncc = cv2.matchTemplate(area, block, cv2.TM_CCOEFF_NORMED)
    _, peak, _, (px, py) = cv2.minMaxLoc(ncc)
    last = 2 * search
    if not (_MIN_NCC <= peak <= 1.01) or px in (0, last) or py in (0, last):
        return None
    around = ncc[py - 1 : py + 2, px - 1 : px + 2]
    dx, bend_x = _vertex(around[1, 0], around[1, 1], around[1, 2])
    dy, bend_y = _vertex(around[0, 1], around[1, 1], around[2, 1])
    # A block of parallel lines slides along them: its peak does not bend in that direction.
    if min(bend_x, bend_y) < 0.02:
        return None
    return px - search + dx, py - search + dy


def _vertex(before: float, peak: float, after: float) -> tuple[float, float]:
    """Return the offset of a parabola's top from the middle sample, and its bend."""
    bend = 2 * peak - before - after
    return (float(0.5 * (after - before) / bend), float(bend)) if bend > 0 else (0.0, 0.0)


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
