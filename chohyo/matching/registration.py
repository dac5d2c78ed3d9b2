"""Lay one page onto another: the transform that carries its print onto the other's print."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Transform
from chohyo.matching.features import PageFeatures
from chohyo.matching.refinement import refine

_MIN_INLIERS = 10
_REACH_PX = (160.0, 450.0)  # how far a point may have moved: a scanner's shift, then a crop's
_TURN_DEGREES = 25.0  # pages are upright, so a larger turn is a false match
_RATIO = 0.85
_STEPS = 256
_AT_ONCE = 64  # keypoints whose differences fit into the processor's cache
_NEVER = np.uint8(255)  # bits, more than descriptors differ by: the points cannot be the same
_RANSAC_PX = 5.0
_MIN_SPREAD = 0.25  # of the page's side that inliers must span in both directions
_MIN_STRIP = 0.04  # the same where only shift, turn and scale are fitted: print in one strip
# Copies find 60 % and more of the reference's print in place, most mirrored pages less than 35 %.
# A page that is nearly all symmetric table passes even mirrored: rules alone prove little.
_MIN_SUPPORT = 0.25
_SCALES = (0.6, 1.65)
_MAX_ANISOTROPY = 1.2
_MAX_SHEAR = 0.12


@dataclass(frozen=True, slots=True)
class Registration:
    """How a page lies on a reference.

    `transform` maps fractions of the page to fractions of the reference. `inliers` counts matched
    keypoints, `blocks` the pieces of print that were then found in place, `support` is their share
    of those looked for; `residual` is their median distance from the transform, in pixels at a
    long side of 1,000.
    """

    transform: Transform
    inliers: int
    blocks: int
    support: float
    residual: float


def register(page: PageFeatures, reference: PageFeatures) -> Registration | None:
    """Return the transform from the page to the reference, or None when the print is not shared."""
    if min(len(page.points), len(reference.points)) < _MIN_INLIERS:
        return None
    likeness = _Likeness(page, reference)
    for reach in _REACH_PX:
        coarse = _coarse(page, reference, *likeness.matches(reach))
        if coarse is None:
            continue
        matrix, inliers = coarse
        fine = refine(page, reference, matrix)
        if fine is not None and fine.support >= _MIN_SUPPORT and is_plausible(fine.matrix, page):
            transform = as_transform(fine.matrix, page, reference)
            return Registration(transform, inliers, fine.blocks, fine.support, fine.residual)
    return None


def lay(page: PageFeatures, reference: PageFeatures) -> Transform | None:
    """Return the transform from one template page to another, found from either side.

    Where one has less print than the other it may be found one way only.
    """
    found = register(page, reference)
    if found is not None:
        return found.transform
    back = register(reference, page)
    return back.transform.inverse() if back is not None else None


def realign(page: PageFeatures, reference: PageFeatures, guess: Transform) -> Transform | None:
    """Sharpen a transform that is right to within a few pixels, without matching keypoints."""
    fine = refine(page, reference, as_matrix(guess, page, reference))
    if fine is None or not is_plausible(fine.matrix, page):
        return None
    return as_transform(fine.matrix, page, reference)


def as_transform(
    matrix: NDArray[np.float64], page: PageFeatures, reference: PageFeatures
) -> Transform:
    """Express a pixel homography page → reference in fractions of the two pages."""
    m = np.linalg.inv(reference.to_pixels) @ matrix @ page.to_pixels
    a, b, c, d, e, f, g, h, i = (float(v) for v in (m / m[2, 2]).ravel())
    return Transform((a, b, c, d, e, f, g, h, i))


def as_matrix(
    transform: Transform, page: PageFeatures, reference: PageFeatures
) -> NDArray[np.float64]:
    """Express a transform page → reference as a homography of pixels."""
    m = np.array(transform.rows, np.float64).reshape(3, 3)
    return np.asarray(reference.to_pixels @ m @ np.linalg.inv(page.to_pixels))


def as_half_matrix(
    transform: Transform, page: PageFeatures, reference: PageFeatures
) -> NDArray[np.float64]:
    """Express a transform page → reference as a homography of pixels at half the size."""
    to_half = np.diag([0.5, 0.5, 1.0])
    return np.asarray(to_half @ as_matrix(transform, page, reference) @ np.linalg.inv(to_half))


def is_plausible(matrix: NDArray[np.float64], page: PageFeatures) -> bool:
    """Say whether a scanner or camera could have made this of an upright page."""
    corners = np.array([[0, 0], [page.width, 0], [page.width, page.height], [0, page.height]])
    places = [(0.5 * page.width, 0.5 * page.height), *map(tuple, corners)]
    return all(_is_gentle(_local_linear(matrix, x, y)) for x, y in places)


def _local_linear(matrix: NDArray[np.float64], x: float, y: float) -> NDArray[np.float64]:
    """Return the 2 × 2 derivative of the homography at a point; NaN behind the horizon."""
    u, v, w = matrix @ np.array([x, y, 1.0])
    if w <= 1e-6:
        return np.full((2, 2), np.nan)
    rows = matrix[:2, :2] - np.outer(np.array([u, v]) / w, matrix[2, :2])
    return np.asarray(rows / w)


def _is_gentle(linear: NDArray[np.float64]) -> bool:
    if not np.isfinite(linear).all() or np.linalg.det(linear) <= 0:
        return False
    along, across = linear[:, 0], linear[:, 1]
    sx, sy = float(np.hypot(*along)), float(np.hypot(*across))
    low, high = _SCALES
    if not (low < sx < high and low < sy < high and max(sx, sy) < _MAX_ANISOTROPY * min(sx, sy)):
        return False
    shear = abs(float(along @ across)) / (sx * sy)
    turn = abs(np.degrees(np.arctan2(along[1], along[0])))
    return shear < _MAX_SHEAR and turn < _TURN_DEGREES


def _coarse(
    page: PageFeatures,
    reference: PageFeatures,
    source: NDArray[np.float32],
    target: NDArray[np.float32],
) -> tuple[NDArray[np.float64], int] | None:
    """Return an affine matrix of pixels from matched keypoints, with its number of inliers."""
    if len(source) < _MIN_INLIERS:
        return None
    for estimate in (cv2.estimateAffine2D, cv2.estimateAffinePartial2D):
        affine, mask = estimate(
            source, target, method=cv2.RANSAC, ransacReprojThreshold=_RANSAC_PX, maxIters=2000
        )
        if affine is None:
            continue
        inside = mask.ravel().astype(bool)
        matrix = np.vstack([affine, [0.0, 0.0, 1.0]])
        needed = _MIN_SPREAD if estimate is cv2.estimateAffine2D else _MIN_STRIP
        spread = np.ptp(target[inside], axis=0) / (reference.width, reference.height)
        if (
            int(inside.sum()) >= _MIN_INLIERS
            and spread.min() >= needed
            and is_plausible(matrix, page)
        ):
            return matrix, int(inside.sum())
    return None


class _Likeness:
    """How unlike the keypoints of two pages are, compared once for all reaches.

    Bits that differ, counted by words of 64: 1.5 ms for 600 × 600 points, where a product of ±1
    descriptors takes 8 ms.
    """

    def __init__(self, page: PageFeatures, reference: PageFeatures) -> None:
        self._source, self._target = page.points, reference.points
        self._bits = _differing_bits(page.descriptors, reference.descriptors)
        turn = _steps(page.angles)[:, None] - _steps(reference.angles)
        far = int(_TURN_DEGREES * _STEPS / 360)
        self._bits[(turn > far) & (turn < _STEPS - far)] = _NEVER
        places = [np.round(each.points).astype(np.int16) for each in (page, reference)]
        across, down = (
            np.abs(places[0][:, None, axis] - places[1][None, :, axis]) for axis in (0, 1)
        )
        self._moved = np.maximum(across, down)

    def matches(self, reach: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return keypoints that are each other's best match within reach, unlike the second."""
        near = np.where(self._moved > reach, _NEVER, self._bits)
        every = np.arange(len(near))
        best = near.argmin(axis=1)
        least = near[every, best]
        near[every, best] = _NEVER
        second = near.min(axis=1)
        near[every, best] = least
        # A match must differ clearly less than the next.
        clear = np.flatnonzero((least < _NEVER) & (least < _RATIO * second))
        mutual = clear[near[:, best[clear]].argmin(axis=0) == clear]
        return self._source[mutual], self._target[best[mutual]]


def _differing_bits(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return how many bits of two sets of 256-bit descriptors differ, shape (n, m), 254 at most."""
    mine, theirs = (np.ascontiguousarray(each).view(np.uint64) for each in (one, other))
    total = np.empty((len(mine), len(theirs)), np.uint8)
    words = np.ascontiguousarray(theirs.T)
    for start in range(0, len(mine), _AT_ONCE):
        rows = mine[start : start + _AT_ONCE, :, None]
        # One bit in four billion is given up, that the count fits into a byte.
        counted = np.minimum(np.bitwise_count(rows[:, 0] ^ words[0]), 62)
        for word in range(1, len(words)):
            counted += np.bitwise_count(rows[:, word] ^ words[word])
        total[start : start + _AT_ONCE] = counted
    return total


def _steps(degrees: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return angles in steps of which 256 are a full turn, so that differences wrap around."""
    return np.asarray(np.round(degrees * (_STEPS / 360)).astype(np.int32) % _STEPS, np.uint8)
