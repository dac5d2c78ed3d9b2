"""What registration needs of a page: keypoints that can be matched, and its ink."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.pages.images import decode_grey, encode_strokes

LONG_SIDE = 1000
_KEYPOINTS = 4000
_PER_CELL = 8
_CELL = 80
_LONG_ROW = 1000  # more cells than stand beside each other
_CORNER_CONTRAST = 12
_BACKGROUND_SCALE = 8


@dataclass(frozen=True, slots=True)
class PageFeatures:
    """The cacheable description of one page image whose long side is about 1,000 px.

    `points` (n, 2) are pixels, `angles` (n,) degrees, `descriptors` (n, 32) ORB bits. `ink` is the
    page's darkness against its local background, 0 = paper, 255 = black, kept as pixels or as a
    PNG; `half` the same at half the size.
    """

    width: int
    height: int
    points: NDArray[np.float32]
    angles: NDArray[np.float32]
    descriptors: NDArray[np.uint8]
    kept_ink: NDArray[np.uint8] | bytes
    half: NDArray[np.uint8]

    @property
    def ink(self) -> NDArray[np.uint8]:
        """Return the ink's pixels, shape (height, width)."""
        return decode_grey(self.kept_ink) if isinstance(self.kept_ink, bytes) else self.kept_ink

    def packed(self) -> PageFeatures:
        """Return the same in a third of the room; the ink, which is seldom asked for, takes 5 ms.

        On the way of a page only `half` and the keypoints of its template pages are needed.
        """
        return replace(self, kept_ink=encode_strokes(self.ink))

    @property
    def to_pixels(self) -> NDArray[np.float64]:
        """Return the 3 × 3 matrix from fractions of the page to its pixels."""
        return np.diag([float(self.width), float(self.height), 1.0])


def extract_features(grey: NDArray[np.uint8]) -> PageFeatures:
    """Describe an upright 8-bit grey page for registration and for comparing print."""
    image = _at_model_size(grey)
    ink = normalised_ink(image)
    height, width = ink.shape
    points, angles, descriptors = _keypoints(ink)
    half = cv2.resize(ink, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return PageFeatures(width, height, points, angles, descriptors, ink, half.astype(np.uint8))


def normalised_ink(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return darkness relative to the local background, so that shadows and grey paper vanish."""
    height, width = grey.shape
    size = (max(1, width // _BACKGROUND_SCALE), max(1, height // _BACKGROUND_SCALE))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    paper = cv2.blur(cv2.dilate(small, np.ones((5, 5), np.uint8)), (5, 5))
    background = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    lightness = cv2.divide(grey, cv2.max(background, np.full_like(background, 32)), scale=255)
    return _stretched(np.asarray(cv2.bitwise_not(lightness), np.uint8))


def _stretched(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Cut off paper noise and bring the page's own print to full darkness."""
    floor = 24
    counts = cv2.calcHist([ink], [0], None, [256], [0, 256]).ravel().astype(np.int64)
    counts[: 2 * floor + 1] = 0
    top = _ninth_decile(counts) if counts.sum() > 200 else 255.0
    table = np.clip((np.arange(256) - floor) * 255.0 / max(top - floor, 64.0), 0, 255)
    return np.asarray(cv2.LUT(ink, table.astype(np.uint8)), dtype=np.uint8)


def _ninth_decile(counts: NDArray[np.int64]) -> float:
    """Return the 90th percentile of values told by how often each occurs."""
    place = 0.9 * (int(counts.sum()) - 1)
    low, high = np.searchsorted(np.cumsum(counts), [int(place), int(np.ceil(place))], side="right")
    return float(low + (place - int(place)) * (high - low))


def _at_model_size(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = grey.shape
    scale = LONG_SIDE / max(height, width)
    if abs(scale - 1) < 0.02:
        return grey
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, size, interpolation=way), dtype=np.uint8)


def _keypoints(
    ink: NDArray[np.uint8],
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.uint8]]:
    """Return ORB keypoints spread over the page: the strongest few of every cell."""
    orb = cv2.ORB.create(_KEYPOINTS, 1.25, 4, 16, 0, 2, cv2.ORB_HARRIS_SCORE, 31, _CORNER_CONTRAST)
    smooth = cv2.GaussianBlur(ink, (0, 0), 1.0)
    kept, descriptors = orb.compute(smooth, _spread(orb.detect(smooth, None)))
    if not kept or descriptors is None:
        return (
            np.zeros((0, 2), np.float32),
            np.zeros(0, np.float32),
            np.zeros((0, 32), np.uint8),
        )
    points = np.array([k.pt for k in kept], np.float32)
    angles = np.array([k.angle for k in kept], np.float32)
    return points, angles, np.asarray(descriptors, np.uint8)


def _spread(found: Sequence[cv2.KeyPoint]) -> list[cv2.KeyPoint]:
    """Keep the strongest keypoints of every cell, so that no dense block of text outvotes."""
    if not found:
        return []
    x, y = np.array(cv2.KeyPoint.convert(found), np.float32).T
    strength = np.fromiter((point.response for point in found), np.float32, len(found))
    cell = (y // _CELL).astype(np.intp) * _LONG_ROW + (x // _CELL).astype(np.intp)
    order = np.lexsort((y, x, -strength, cell))
    ordered = cell[order]
    first = np.searchsorted(ordered, ordered)  # of the cell
    kept = order[np.arange(len(order)) - first < _PER_CELL]
    return [found[i] for i in kept[np.lexsort((y[kept], x[kept], -strength[kept]))]]
