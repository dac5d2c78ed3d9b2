"""Lay a page on another by the places where their rules meet.

Where a list is filled to the last row, entries are most of what is there, and no two copies agree
by what is written. The frame stays: its rules meet at the same places on every copy.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Transform
from chohyo.matching.features import PageFeatures
from chohyo.matching.registration import as_transform, is_plausible

Points = NDArray[np.float32]

# At a long side of 1,000 px. Rows of letters that touch run on for less.
_ACROSS, _DOWN = np.ones((1, 61), np.uint8), np.ones((31, 1), np.uint8)
_TILT = (np.ones((2, 1), np.uint8), np.ones((1, 2), np.uint8))  # a rule steps aside by a pixel
_WIDEST = (np.ones((7, 1), np.uint8), np.ones((1, 7), np.uint8))
_FAINT = 16
_NEAR = np.ones((5, 5), np.uint8)
_LARGEST = 400  # px of area: a grey field full of lines is no place
_FEWEST = 12
# Copies show the same places but for those that entries and stains hide or make.
_ALIKE = 0.6
_REACH = 160.0  # px that a scanner shifts a page
_BIN = 8
_AROUND = np.ones((5, 5), np.uint8)  # bins
_TRIED = 4  # shifts
_STEPS = (40.0, 25.0, 15.0, 8.0, 6.0, 5.0)  # px within which places are taken for the same
_RIGID_FROM = 15.0  # px above which only turn, scale and shift are fitted
_MET = 4.0  # px


@dataclass(frozen=True, slots=True)
class Frame:
    """How the frame of a page lies on that of another.

    `transform` maps fractions of the page to fractions of the other. `met` counts the places found
    on each other, `share` is their share of those on the page that has more, `residual` their
    median distance in pixels at a long side of 1,000.
    """

    transform: Transform
    met: int
    share: float
    residual: float


def junctions(ink: NDArray[np.uint8]) -> Points:
    """Return where rules meet or cross, shape (n, 2) in pixels, for ink of 1,000 px a side."""
    lines = []
    for tilt, line, widest in zip(_TILT, (_ACROSS, _DOWN), _WIDEST, strict=True):
        drawn = cv2.morphologyEx(cv2.dilate(ink, tilt), cv2.MORPH_OPEN, line)
        thin = cv2.morphologyEx(drawn, cv2.MORPH_TOPHAT, widest)
        lines.append(cv2.dilate((thin > _FAINT).astype(np.uint8), _NEAR))
    _, _, stats, middles = cv2.connectedComponentsWithStats(cv2.bitwise_and(*lines))
    small = stats[1:, cv2.CC_STAT_AREA] < _LARGEST
    return np.asarray(middles[1:][small], np.float32)


def lay_frame(
    page: PageFeatures, mine: Points, reference: PageFeatures, theirs: Points
) -> Frame | None:
    """Return how a page's frame lies on the reference's; None where too little of it does.

    By iterated closest points (Besl and McKay, 1992), from where the page lies as it is and from
    the shifts that most pairs of places agree on: rows repeat, and a page may fit a row too low.
    """
    few, many = sorted((len(mine), len(theirs)))
    if few < max(_FEWEST, _ALIKE * many):
        return None
    size = np.diag([reference.width / page.width, reference.height / page.height, 1.0])
    start = [size, *(shift @ size for shift in _shifts(_moved(mine, size), theirs))]
    fitted = [matrix for each in start if (matrix := _closest(mine, theirs, each)) is not None]
    found = [_frame(each, page, mine, reference, theirs) for each in fitted]
    plausible = [frame for frame in found if frame is not None]
    return max(plausible, key=lambda frame: (frame.met, -frame.residual), default=None)


def _frame(
    matrix: NDArray[np.float64],
    page: PageFeatures,
    mine: Points,
    reference: PageFeatures,
    theirs: Points,
) -> Frame | None:
    if not is_plausible(matrix, page):
        return None
    pairs, distance = _nearest(_moved(mine, matrix), theirs, _MET)
    if not len(pairs):
        return None
    share = len(pairs) / max(len(mine), len(theirs))
    transform = as_transform(matrix, page, reference)
    return Frame(transform, len(pairs), share, float(np.median(distance)))


def _closest(
    mine: Points, theirs: Points, matrix: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """Refit a matrix on the places it brings near each other, within less and less reach."""
    for reach in _STEPS:
        pairs, _ = _nearest(_moved(mine, matrix), theirs, reach)
        if len(pairs) < _FEWEST // 2:
            return None
        rigid = reach > _RIGID_FROM
        estimate = cv2.estimateAffinePartial2D if rigid else cv2.estimateAffine2D
        within = max(3.0, reach / 3)
        flat, _ = estimate(
            mine[pairs[:, 0]], theirs[pairs[:, 1]], method=cv2.RANSAC, ransacReprojThreshold=within
        )
        if flat is None:
            return None
        matrix = np.vstack([flat, [0.0, 0.0, 1.0]])
    return matrix


def _nearest(
    moved: Points, theirs: Points, reach: float
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Return pairs (n, 2) that are each other's nearest within reach, and their distances."""
    apart = np.linalg.norm(moved[:, None] - theirs[None], axis=2)
    nearest = apart.argmin(axis=1)
    every = np.arange(len(moved))
    least = apart[every, nearest]
    mutual = (least < reach) & (apart.argmin(axis=0)[nearest] == every)
    return np.stack([every[mutual], nearest[mutual]], axis=1), least[mutual]


def _shifts(mine: Points, theirs: Points) -> list[NDArray[np.float64]]:
    """Return the few shifts that most pairs of places agree on, as matrices."""
    apart = (theirs[None] - mine[:, None]).reshape(-1, 2)
    apart = apart[np.abs(apart).max(axis=1) < _REACH]
    side = round(2 * _REACH) // _BIN
    limits = [[-_REACH, _REACH]] * 2
    votes, *_ = np.histogram2d(apart[:, 1], apart[:, 0], bins=side, range=limits)
    soft = cv2.GaussianBlur(votes, (0, 0), 1.0, borderType=cv2.BORDER_CONSTANT)
    tops = np.argwhere((soft == cv2.dilate(soft, _AROUND)) & (soft > 0))
    best = sorted(tops.tolist(), key=lambda cell: (-soft[cell[0], cell[1]], cell))[:_TRIED]
    return [
        _shift((column + 0.5) * _BIN - _REACH, (row + 0.5) * _BIN - _REACH) for row, column in best
    ]


def _shift(across: float, down: float) -> NDArray[np.float64]:
    return np.array([[1.0, 0.0, across], [0.0, 1.0, down], [0.0, 0.0, 1.0]])


def _moved(points: Points, matrix: NDArray[np.float64]) -> Points:
    return np.asarray(cv2.perspectiveTransform(points[None], matrix)[0], np.float32)
