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
    for reach in _REACH_PX:
        coarse = _coarse(page, reference, reach)
        if coarse is None:
            continue
        matrix, inliers = coarse
        fine = refine(page, reference, matrix)
        if fine is not None and fine.support >= _MIN_SUPPORT and is_plausible(fine.matrix, page):
            transform = as_transform(fine.matrix, page, reference)
            return Registration(transform, inliers, fine.blocks, fine.support, fine.residual)
    return None


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
    page: PageFeatures, reference: PageFeatures, reach: float
) -> tuple[NDArray[np.float64], int] | None:
    """Return an affine matrix of pixels from matched keypoints, with its number of inliers."""
    source, target = _matches(page, reference, reach)
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


def _matches(
    page: PageFeatures, reference: PageFeatures, reach: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return keypoints that are each other's best match within reach, and unlike the second."""
    if min(len(page.points), len(reference.points)) < _MIN_INLIERS:
        empty = np.zeros((0, 2), np.float32)
        return empty, empty
    likeness = _likeness(page, reference, reach)
    every = np.arange(len(page.points))
    best = likeness.argmax(axis=1)
    top = likeness[every, best]
    mutual = likeness.argmax(axis=0)[best] == every
    likeness[every, best] = -np.inf
    second = likeness.max(axis=1)
    # Bits that differ: (256 - dot product) / 2; a match must differ clearly less than the next.
    good = mutual & (256 - top < _RATIO * (256 - second)) & np.isfinite(top)
    return page.points[good], reference.points[best[good]]


def _likeness(page: PageFeatures, reference: PageFeatures, reach: float) -> NDArray[np.float32]:
    """Return dot products of ±1 descriptors, -inf where a point cannot have gone.

    One matrix product takes 6 ms for 800 × 800 points; a brute-force matcher with a mask, 30 ms.
    """
    likeness = _signs(page.descriptors) @ _signs(reference.descriptors).T
    for axis in (0, 1):
        moved = np.subtract.outer(page.points[:, axis], reference.points[:, axis])
        likeness[np.abs(moved) > reach] = -np.inf
    turn = np.abs(np.subtract.outer(page.angles, reference.angles))
    likeness[(turn > _TURN_DEGREES) & (turn < 360 - _TURN_DEGREES)] = -np.inf
    return likeness


def _signs(descriptors: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.unpackbits(descriptors, axis=1).astype(np.float32) * 2 - 1
