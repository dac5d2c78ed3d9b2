"""Local alignment: what is left between two images of one form after a page-wide registration.

Paper stretches, bends and is fed unevenly, so copies that agree on the whole are still off by a few
pixels here and there: enough to blur a letter, and to put a field's box on its border.
"""

from __future__ import annotations

import cv2
import numpy as np
import scipy.fft
from numpy.typing import NDArray

from chohyo.extraction.ink import Ink

# Blocks are laid out on images of this long side: 64 px are then about 16 mm of an A4 page.
_LONG_SIDE = 1100
_BLOCK = 64
_STEP = 32
_REACH = 12
_MIN_INK = 0.01
_BETWEEN = 32  # places that OpenCV tells apart between two nodes
_AT_ONCE = 64  # blocks whose spectra fit into the processor's cache


def local_flow(reference: Ink, moving: Ink) -> NDArray[np.float32]:
    """Return where each pixel of the reference is found in the moving image, as offsets in pixels.

    Both images have one shape; the result has shape `(height, width, 2)` with x first. Offsets up
    to about 1 % of the long side are found. Blocks without print take their neighbours' offset.
    """
    height, width = reference.shape
    scale = min(1.0, _LONG_SIDE / max(height, width))
    small = (max(_BLOCK, round(width * scale)), max(_BLOCK, round(height * scale)))
    first = cv2.resize(reference, small, interpolation=cv2.INTER_AREA)
    second = cv2.resize(moving, small, interpolation=cv2.INTER_AREA)
    shifts, weights = _block_shifts(np.asarray(first, np.float32), np.asarray(second, np.float32))
    grid = _smooth(shifts, weights)
    return _spread(grid, small, (width, height))


def follow(image: NDArray[np.float32], flow: NDArray[np.float32]) -> NDArray[np.float32]:
    """Draw the moving image into the reference's frame, given the flow between them."""
    height, width = image.shape[:2]
    xs, ys = np.meshgrid(
        np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32), copy=False
    )
    drawn = cv2.remap(
        image,
        xs + flow[..., 0],
        ys + flow[..., 1],
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(np.clip(drawn, 0.0, 1.0), dtype=np.float32)


def _blocks(image: Ink) -> NDArray[np.float32]:
    view = np.lib.stride_tricks.sliding_window_view(image, (_BLOCK, _BLOCK))
    return np.asarray(view[::_STEP, ::_STEP], dtype=np.float32)


def _block_shifts(first: Ink, second: Ink) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the offset of every block, shape `(rows, columns, 2)`, and how far to trust it."""
    window = np.outer(np.hanning(_BLOCK), np.hanning(_BLOCK)).astype(np.float32)
    amount = _blocks(first).mean(axis=(2, 3))
    inked = amount > _MIN_INK
    shifts = np.zeros((*amount.shape, 2), np.float32)
    trust = np.zeros(amount.shape, np.float32)
    if not inked.any():
        return shifts, trust
    places = np.argwhere(inked)
    near = np.empty((len(places), 2 * _REACH + 1, 2 * _REACH + 1), np.float32)
    for start in range(0, len(places), _AT_ONCE):
        here = tuple(places[start : start + _AT_ONCE].T)
        near[start : start + _AT_ONCE] = _correlation(
            *(_flattened(_blocks(image)[here]) * window for image in (first, second))
        )
    shifts[inked], peak = _peaks(near)
    trust[inked] = peak * np.minimum(amount[inked] / 0.05, 1.0)
    return shifts, trust


def _flattened(blocks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Take the mean of each block from it."""
    return np.asarray(blocks - blocks.mean(axis=(1, 2), keepdims=True))


def _correlation(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """Correlate blocks at all offsets within reach; shape `(blocks, offsets down, across)`."""
    product = np.conj(scipy.fft.rfft2(a))
    product *= scipy.fft.rfft2(b)
    # Half-whitened: sharper peaks than plain correlation, calmer than phase alone.
    product /= np.sqrt(np.abs(product) + 1e-6)
    near = np.arange(-_REACH, _REACH + 1)
    # Back along the rows only where the offset down is within reach.
    rows = scipy.fft.ifft(product, axis=1)[:, near]
    return np.asarray(scipy.fft.irfft(rows, axis=2)[:, :, near], np.float32)


def _peaks(near: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Find the peak of each correlation to a fraction of a pixel, and how much it stands out."""
    count, side, _ = near.shape
    flat = near.reshape(count, -1)
    y, x = np.divmod(flat.argmax(axis=1), side)
    y, x = np.clip(y, 1, side - 2), np.clip(x, 1, side - 2)
    n = np.arange(count)
    middle = near[n, y, x]
    dx = _vertex(near[n, y, x - 1], middle, near[n, y, x + 1])
    dy = _vertex(near[n, y - 1, x], middle, near[n, y + 1, x])
    shifts = np.stack([x + dx - _REACH, y + dy - _REACH], axis=1).astype(np.float32)
    standing = (flat.max(axis=1) - flat.mean(axis=1)) / (flat.std(axis=1) + 1e-6)
    return shifts, np.clip((standing - 3.0) / 5.0, 0.0, 1.0).astype(np.float32)


def _vertex(
    before: NDArray[np.float32], at: NDArray[np.float32], after: NDArray[np.float32]
) -> NDArray[np.float32]:
    curvature = before - 2 * at + after
    offset = np.where(curvature < -1e-9, 0.5 * (before - after) / np.minimum(curvature, -1e-9), 0.0)
    return np.clip(offset, -0.5, 0.5).astype(np.float32)


def _smooth(shifts: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fit a plane through the offsets, then let well-trusted blocks bend it."""
    rows, columns = weights.shape
    ys, xs = np.mgrid[0:rows, 0:columns].astype(np.float32)
    terms = np.stack([np.ones_like(xs), xs, ys], axis=2).reshape(-1, 3)
    flat, trust = shifts.reshape(-1, 2), weights.ravel().astype(np.float64)
    plane = np.zeros((rows * columns, 2), np.float64)
    for _ in range(4):
        if trust.sum() < 1e-3:
            return np.zeros_like(shifts)
        root = np.sqrt(trust)[:, None]
        solution, *_ = np.linalg.lstsq(terms * root, flat * root, rcond=None)
        plane = terms @ solution
        distance = np.linalg.norm(flat - plane, axis=1)
        trust = weights.ravel() / (1.0 + (distance / 1.5) ** 4)
    kept = trust.reshape(rows, columns).astype(np.float32)
    residual = (flat - plane).reshape(rows, columns, 2).astype(np.float32)
    blurred = cv2.GaussianBlur(residual * kept[..., None], (0, 0), 1.0)
    total = cv2.GaussianBlur(kept, (0, 0), 1.0) + 0.05
    return (plane.reshape(rows, columns, 2) + blurred / total[..., None]).astype(np.float32)


def _spread(
    grid: NDArray[np.float32], small: tuple[int, int], size: tuple[int, int]
) -> NDArray[np.float32]:
    """Interpolate the grid of offsets to every pixel of the full image.

    OpenCV tells 32 places apart between two nodes of a grid, which are some pixels here: only these
    are interpolated, and the pixels take what is at theirs.
    """
    width, height = size
    scale_x, scale_y = width / small[0], height / small[1]
    xs, column = _places_between_nodes(width, scale_x)
    ys, row = _places_between_nodes(height, scale_y)
    offsets = np.asarray(grid * np.array([scale_x, scale_y], np.float32), np.float32)
    drawn = cv2.remap(
        offsets, *np.meshgrid(xs, ys), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    # Both coordinates of an offset are moved as one number.
    pairs = np.asarray(drawn, np.float32).view(np.complex64)[..., 0]
    return pairs[:, column][row].view(np.float32).reshape(height, width, 2)


def _places_between_nodes(
    length: int, scale: float
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Return the places along a grid that pixels have, in nodes, and which of them each has."""
    nodes = ((np.arange(length) + 0.5) / scale - _BLOCK / 2) / _STEP
    places, which = np.unique(np.rint(nodes.astype(np.float32) * _BETWEEN), return_inverse=True)
    return np.asarray(places / _BETWEEN, np.float32), np.asarray(which, np.intp)
