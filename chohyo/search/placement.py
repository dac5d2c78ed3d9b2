"""Lay a picture on a page: where its keypoints come to lie, and how well the print agrees there."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Box
from chohyo.matching.features import normalised_ink
from chohyo.search.pictures import Described

_UNIT: Final = 1000.0  # keypoints are matched in thousandths of each picture's height
_RATIO: Final = 0.85
_RANSAC: Final = 5.0
_MIN_INLIERS: Final = 8
_MIN_SPREAD: Final = 0.15  # of the stretch that has keypoints, across and down
_MIN_SPAN: Final = 0.16  # of the area that has keypoints: empty cells match none or many
_SCALES: Final = (0.1, 2.0)
_MAX_STRETCH: Final = 1.35
_TURN_DEGREES: Final = 25.0
_COMPARED_PX: Final = 900  # height at which a page's print is compared
_BLUR: Final = 1.3
_LEAST_PX: Final = 24
_WINDOW_PX: Final = 25
_STRIDE: Final = 4  # pixels between windows that are looked at: neighbours tell the same
_LEAST_SPREAD: Final = 150.0  # variance of ink in a window: a stroke of a letter gives 500 and more
_STEPS: Final = 30
_SETTLED: Final = 1e-3  # gain in correlation below which a further step moves nothing
_LEVELS_OF_HALVING: Final = 2  # sizes of a picture's ink from one to its half
_LARGE: Final = 200_000  # pixels above which half of them tell how a picture is off


@dataclass(frozen=True, slots=True)
class Placement:
    """How a picture lies on a page.

    `matrix` (3 × 3) maps fractions of the picture's height to fractions of the page's height, by
    perspective where a camera was held at an angle; `box` is where it lies, in fractions of the
    page; `inliers` counts keypoints that agree.
    """

    matrix: NDArray[np.float64]
    box: Box
    inliers: int


def place(picture: Described, page: Described) -> Placement | None:
    """Return how the picture lies on the page, or None when their keypoints do not agree."""
    source, target = _matches(picture, page)
    if len(source) < _MIN_INLIERS:
        return None
    affine, mask = cv2.estimateAffine2D(
        source, target, method=cv2.RANSAC, ransacReprojThreshold=_RANSAC, maxIters=3000
    )
    if affine is None or int(mask.sum()) < _MIN_INLIERS:
        return None
    matrix = np.asarray(affine, np.float64)
    inside = mask.ravel().astype(bool)
    if not _is_gentle(matrix[:, :2]) or not _spreads(source[inside], picture):
        return None
    matrix[:, 2] /= _UNIT
    box = _landing(matrix, picture.aspect, page.aspect)
    whole = np.vstack([matrix, [0.0, 0.0, 1.0]])
    seen = _perspective(source, target, int(mask.sum()))
    return Placement(whole if seen is None else seen, box, int(mask.sum()))


def _perspective(
    source: NDArray[np.float32], target: NDArray[np.float32], flat: int
) -> NDArray[np.float64] | None:
    """Return the perspective by which no fewer keypoints agree than without, if one is."""
    found, mask = cv2.findHomography(
        source, target, method=cv2.RANSAC, ransacReprojThreshold=_RANSAC, maxIters=3000
    )
    if found is None or int(mask.sum()) < flat:
        return None
    scaled = np.diag([1 / _UNIT, 1 / _UNIT, 1.0]) @ found @ np.diag([_UNIT, _UNIT, 1.0])
    matrix = np.asarray(scaled / scaled[2, 2], np.float64)
    return matrix if _is_gentle(matrix[:2, :2]) else None


class PictureInk:
    """The ink of a picture in falling sizes: each is worked out once, whatever pages it is laid on.

    A photo of twelve megapixels laid on pages of 900 rows is needed at a quarter of its size.
    """

    def __init__(self, grey: NDArray[np.uint8]) -> None:
        self._grey = grey
        self._levels: dict[int, NDArray[np.float32]] = {}
        self._lock = threading.Lock()

    @property
    def height(self) -> int:
        """Return the picture's rows."""
        return int(self._grey.shape[0])

    def shrunk(self, by: float) -> tuple[NDArray[np.float32], float]:
        """Return ink no smaller than the picture shrunk by so much, and its share of the size."""
        level = max(0, int(np.log2(max(by, 1.0)) * _LEVELS_OF_HALVING))
        with self._lock:
            if level not in self._levels:
                self._levels[level] = _ink(self._at(level), blur=False)
            ink = self._levels[level]
        return ink, ink.shape[0] / self.height

    def _at(self, level: int) -> NDArray[np.uint8]:
        if level == 0:
            return self._grey
        share = 2 ** (-level / _LEVELS_OF_HALVING)
        rows, columns = (max(1, round(side * share)) for side in self._grey.shape)
        resized = cv2.resize(self._grey, (columns, rows), interpolation=cv2.INTER_AREA)
        return np.asarray(resized, np.uint8)


def agreement(picture: PictureInk, page: NDArray[np.uint8], placement: Placement) -> float:
    """Return how alike two grey images are where one lies on the other, in 0..1.

    It is the correlation of their ink within small windows, half on the average of all that have
    ink, half on that of the worst fifth, once the placement has been sharpened on it. Rules and
    labels, most of the ink, are the same on all copies of a form: it is the rest that tells.
    """
    height, width = page.shape
    scale = _COMPARED_PX / height
    size = (max(1, round(width * scale)), _COMPARED_PX)
    x0, y0, x1, y1 = _pixels(placement.box, size)
    if min(x1 - x0, y1 - y0) < _LEAST_PX:
        return 0.0
    resized = np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_AREA), np.uint8)
    ground = _ink(resized)[y0:y1, x0:x1]
    # From a pixel of the piece of page to a fraction of the picture's height.
    to_picture = np.linalg.inv(placement.matrix) @ np.array(
        [[1 / size[1], 0, x0 / size[1]], [0, 1 / size[1], y0 / size[1]], [0, 0, 1.0]]
    )
    to_picture /= to_picture[2, 2]
    ink, share = picture.shrunk(picture.height * float(np.hypot(*to_picture[:2, 0])))
    rows = picture.height * share
    laid = _laid(ink, np.diag([rows, rows, 1.0]) @ to_picture, ground.shape)
    compared = _Windows.of(ground)
    return max(compared.alike(laid), compared.alike(_sharpened(ground, laid)))


def _matches(
    picture: Described, page: Described
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return keypoints that are each other's best match and unlike the second, in _UNIT."""
    empty = np.zeros((0, 2), np.float32)
    if min(len(picture.points), len(page.points)) < _MIN_INLIERS:
        return empty, empty
    likeness = _signs(picture.descriptors) @ _signs(page.descriptors).T
    turn = np.abs(np.subtract.outer(picture.angles, page.angles))
    likeness[(turn > _TURN_DEGREES) & (turn < 360 - _TURN_DEGREES)] = -256
    every = np.arange(len(picture.points))
    best = likeness.argmax(axis=1)
    top = likeness[every, best]
    mutual = likeness.argmax(axis=0)[best] == every
    likeness[every, best] = -256
    second = likeness.max(axis=1)
    # Bits that differ: (256 - dot product) / 2.
    good = mutual & (256 - top < _RATIO * (256 - second)) & (top > 64)
    stretched = np.array([_UNIT, _UNIT], np.float32)
    source = picture.points[good] * stretched * np.array([picture.aspect, 1.0], np.float32)
    target = page.points[best[good]] * stretched * np.array([page.aspect, 1.0], np.float32)
    return source.astype(np.float32), target.astype(np.float32)


def _signs(descriptors: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.unpackbits(descriptors, axis=1).astype(np.float32) * 2 - 1


def _is_gentle(linear: NDArray[np.float64]) -> bool:
    """Say whether a screen or a camera could have made this of an upright page."""
    if not np.isfinite(linear).all() or np.linalg.det(linear) <= 0:
        return False
    along, across = float(np.hypot(*linear[:, 0])), float(np.hypot(*linear[:, 1]))
    low, high = _SCALES
    turn = abs(float(np.degrees(np.arctan2(linear[1, 0], linear[0, 0]))))
    skew = abs(float(linear[:, 0] @ linear[:, 1])) / (along * across)
    return (
        low < along < high
        and max(along, across) < _MAX_STRETCH * min(along, across)
        and turn < _TURN_DEGREES
        and skew < 0.2
    )


def _spreads(points: NDArray[np.float32], picture: Described) -> bool:
    """Say whether matched points span the picture, and not a letter or two of it.

    Without that a whole page comes to lie on one word of another, where little can disagree.
    """
    reach = np.ptp(picture.points, axis=0) * _UNIT * np.array([picture.aspect, 1.0])
    shares = np.ptp(points, axis=0) / np.maximum(reach, 1e-6)
    return bool(shares.min() >= _MIN_SPREAD and shares.prod() >= _MIN_SPAN)


def _landing(matrix: NDArray[np.float64], picture: float, page: float) -> Box:
    corners = np.array([[0, 0], [picture, 0], [picture, 1], [0, 1]], np.float64)
    laid = corners @ matrix[:, :2].T + matrix[:, 2]
    xs, ys = np.clip(laid[:, 0] / page, 0, 1), np.clip(laid[:, 1], 0, 1)
    return Box(float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max()))


def _pixels(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    return (
        int(box.x0 * size[0]), int(box.y0 * size[1]),
        round(box.x1 * size[0]), round(box.y1 * size[1]),
    )  # fmt: skip


def _ink(grey: NDArray[np.uint8], *, blur: bool = True) -> NDArray[np.float32]:
    ink = normalised_ink(grey)
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), _BLUR) if blur else ink, np.float32)


def _laid(
    ink: NDArray[np.float32], to_picture: NDArray[np.float64], shape: tuple[int, ...]
) -> NDArray[np.float32]:
    turned = cv2.warpPerspective(
        ink, to_picture, (shape[1], shape[0]), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    )
    return np.asarray(cv2.GaussianBlur(turned, (0, 0), _BLUR), np.float32)


def _sharpened(ground: NDArray[np.float32], laid: NDArray[np.float32]) -> NDArray[np.float32]:
    """Move the laid picture by what its keypoints were off; it stays where it is not alike."""
    moved = _moved(ground, laid)
    if moved is None:
        return laid
    size = (ground.shape[1], ground.shape[0])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(laid, moved, size, flags=flags), np.float32)


def _moved(ground: NDArray[np.float32], laid: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """Return the affine by which two pictures come to lie on each other; None if none is found.

    Half of the pixels each way tell it as well, to a tenth of one, in a quarter of the time.
    """
    half = ground.size > _LARGE
    if half:
        ground, laid = _halved(ground), _halved(laid)
    criteria = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, _STEPS, _SETTLED)
    start = np.eye(2, 3, dtype=np.float32)
    try:
        _, found = cv2.findTransformECC(ground, laid, start, cv2.MOTION_AFFINE, criteria)
    except cv2.error:  # it does not converge
        return None
    moved = np.asarray(found, np.float32)
    if half:
        # The middle of a pixel of the half is the corner between four.
        moved[:, 2] = 2 * moved[:, 2] + 0.5 - moved[:, :2].sum(axis=1) / 2
    return moved


def _halved(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(
        cv2.resize(ink, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.float32
    )


@dataclass(frozen=True, slots=True)
class _Windows:
    """A picture's ink, its average within each window looked at, and how much it varies there."""

    ink: NDArray[np.float32]
    average: NDArray[np.float32]
    spread: NDArray[np.float32]

    @classmethod
    def of(cls, ink: NDArray[np.float32]) -> _Windows:
        average = _mean(ink)
        return cls(ink, average, np.maximum(_mean(ink * ink) - average * average, 0))

    def alike(self, laid: NDArray[np.float32]) -> float:
        """Return how well windows correlate in which either has ink: all, and the worst."""
        other = _Windows.of(laid)
        inked = np.maximum(self.spread, other.spread) > _LEAST_SPREAD
        if not inked.any():
            return 0.0
        shared = (_mean(self.ink * laid) - self.average * other.average)[inked]
        spreads = self.spread[inked] * other.spread[inked]
        # Where one has ink and the other has none the correlation counts as nothing.
        alike = np.clip(shared / np.sqrt(np.maximum(spreads, _LEAST_SPREAD**2 / 16)), 0, 1)
        fifth = max(1, len(alike) // 5)
        worst = np.partition(alike, fifth - 1)[:fifth]
        return float((alike.mean() + worst.mean()) / 2)


def _mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
    blurred = cv2.blur(values, (_WINDOW_PX, _WINDOW_PX))
    return np.asarray(blurred[::_STRIDE, ::_STRIDE], np.float32)
