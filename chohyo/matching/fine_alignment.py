"""Lay a page on a template page to a fraction of a printed stroke.

One homography leaves a pixel or two where paper stretched or was fed unevenly, which is as wide as
the strokes by which a 3 differs from a 4. So blocks of print are looked for around their places,
and a smooth field of offsets bends the page into the frame.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Transform
from chohyo.matching.block_matching import find_blocks
from chohyo.matching.features import normalised_ink

# A year in the smallest print is 9 px high at this size, and 5 px at the 1,000 of registration.
FINE_LONG_SIDE = 1600
_NODE = 48  # px between the nodes of the field
_BLOCK = 40  # px at half size
_REACH = 5  # px at half size
_MIN_INK = 0.02
_MIN_NCC = 0.4
_MIN_BEND = 0.02  # of the peak: a block of parallel lines slides along them
_MIN_BLOCKS = 8
_STRAY = 1.5  # px at half size from the smooth field

Ink = NDArray[np.uint8]


def fine_ink(grey: NDArray[np.uint8]) -> Ink:
    """Return a page's ink at a long side of 1,600 px."""
    scale = FINE_LONG_SIDE / max(grey.shape)
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return normalised_ink(np.asarray(cv2.resize(grey, size, interpolation=way), np.uint8))


def halved(ink: Ink) -> Ink:
    """Return ink at half its size, as alignment looks at it."""
    size = (ink.shape[1] // 2, ink.shape[0] // 2)
    return np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), np.uint8)


def lay_finely(ink: Ink, transform: Transform, reference: Ink, shape: tuple[int, int]) -> Ink:
    """Draw a page's ink into the frame of a template page.

    Args:
        ink: the page's ink.
        transform: lays the page on the template page, right to within some pixels.
        reference: print of the template page, at half the size of the frame.
        shape: height and width of the frame.
    """
    matrix = _to_page(transform, ink.shape, shape)
    to_full = np.array([[2.0, 0, 0.5], [0, 2.0, 0.5], [0, 0, 1]])
    small = halved(ink)
    to_small = np.array([[0.5, 0, -0.25], [0, 0.5, -0.25], [0, 0, 1]])
    size = (reference.shape[1], reference.shape[0])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = cv2.warpPerspective(small, to_small @ matrix @ to_full, size, flags=flags)
    offsets = _field(reference, np.asarray(laid, np.uint8))
    return _bent(ink, matrix, offsets, shape)


def _to_page(
    transform: Transform, page: tuple[int, ...], frame: tuple[int, int]
) -> NDArray[np.float64]:
    """Return the matrix from pixels of the frame to pixels of the page; centres count."""
    inverse = np.array(transform.inverse().rows, np.float64).reshape(3, 3)
    fraction = np.array(
        [[1 / frame[1], 0, 0.5 / frame[1]], [0, 1 / frame[0], 0.5 / frame[0]], [0, 0, 1]]
    )
    pixels = np.array([[page[1], 0, -0.5], [0, page[0], -0.5], [0, 0, 1.0]])
    return np.asarray(pixels @ inverse @ fraction)


def _field(reference: Ink, laid: Ink) -> NDArray[np.float32]:
    """Return by node where the reference's print is found on the laid page, in px at half size."""
    height, width = reference.shape
    step = _NODE // 2
    rows, columns = -(-height // step), -(-width // step)
    shifts = np.zeros((rows, columns, 2), np.float32)
    trust = np.zeros((rows, columns), np.float32)
    amount = cv2.boxFilter(
        reference, cv2.CV_32F, (_BLOCK, _BLOCK), anchor=(0, 0), borderType=cv2.BORDER_CONSTANT
    )
    before = (_BLOCK - step) // 2
    nodes = np.indices((rows, columns)).reshape(2, -1).T
    corners = nodes * step - before
    most = np.array([height, width]) - _BLOCK - _REACH
    inside = (corners >= _REACH).all(axis=1) & (corners <= most).all(axis=1)
    nodes, corners = nodes[inside], corners[inside]
    inked = amount[corners[:, 0], corners[:, 1]] >= 255 * _MIN_INK
    nodes, corners = nodes[inked], corners[inked]
    peaks = find_blocks(laid, reference, corners, _BLOCK, _REACH)
    there = peaks.inner & (peaks.height >= _MIN_NCC) & (peaks.bend >= _MIN_BEND)
    at = tuple(nodes[there].T)
    shifts[at] = np.stack([peaks.dx, peaks.dy], axis=1)[there]
    trust[at] = (peaks.height * np.minimum(1.0, peaks.bend / 0.1))[there]
    return _smoothed(shifts, trust)


def _smoothed(shifts: NDArray[np.float32], trust: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fill and smooth the field; blocks that stray from their neighbours do not count."""
    if (trust > 0).sum() < _MIN_BLOCKS:
        return np.zeros_like(shifts)
    common = np.median(shifts[trust > 0], axis=0).astype(np.float32)
    rest = shifts - common
    for sigma in (3.0, 1.2):
        stray = np.linalg.norm(rest - _blurred(rest, trust, sigma, 0.02), axis=2)
        trust = np.where(stray < _STRAY, trust, 0).astype(np.float32)
    return np.asarray(common + _blurred(rest, trust, 1.0, 0.05), np.float32)


def _blurred(
    values: NDArray[np.float32], trust: NDArray[np.float32], sigma: float, prior: float
) -> NDArray[np.float32]:
    total = cv2.GaussianBlur(values * trust[..., None], (0, 0), sigma)
    weight = cv2.GaussianBlur(trust, (0, 0), sigma) + prior
    return np.asarray(total / weight[..., None], np.float32)


def _bent(
    ink: Ink, matrix: NDArray[np.float64], offsets: NDArray[np.float32], shape: tuple[int, int]
) -> Ink:
    """Draw the ink through the matrix, after the offsets; one interpolation for both."""
    padded = np.pad(offsets, ((1, 1), (1, 1), (0, 0)), mode="edge")
    rows, columns = padded.shape[:2]
    ys, xs = np.mgrid[-1 : rows - 1, -1 : columns - 1].astype(np.float32)
    nodes = np.stack([xs, ys], axis=2) * _NODE + (_NODE - 1) / 2 + 2 * padded
    places = cv2.perspectiveTransform(nodes.reshape(1, -1, 2).astype(np.float64), matrix)
    grid = places.reshape(rows, columns, 2).astype(np.float32)
    every = cv2.resize(grid, (columns * _NODE, rows * _NODE), interpolation=cv2.INTER_LINEAR)
    height, width = shape
    every = every[_NODE : _NODE + height, _NODE : _NODE + width]
    return np.asarray(cv2.remap(ink, every, None, cv2.INTER_LINEAR), np.uint8)  # type: ignore[call-overload]
