"""Find many small blocks of one image on another, all at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.fft import irfft2, next_fast_len, rfft2

Ink = NDArray[np.uint8]
Floats = NDArray[np.float32]
Places = NDArray[np.intp]

_AT_ONCE = 128  # blocks whose spectra fit into the processor's cache
_FLAT = 1.0  # product of squared deviations, below which there is nothing to compare


@dataclass(frozen=True, slots=True)
class Peaks:
    """Where blocks are found; each of shape (blocks,).

    `dx` and `dy` are how far they lie from their places, in px; `height` is the correlation there,
    `bend` how fast it falls to the sides, the slower of both. Where the best place is at the edge
    of what was looked at, it is not `inner`, and the others mean nothing.
    """

    dx: Floats
    dy: Floats
    height: Floats
    bend: Floats
    inner: NDArray[np.bool_]


def find_blocks(page: Ink, reference: Ink, places: Places, size: int, reach: int) -> Peaks:
    """Find square blocks of the reference on the page.

    Args:
        page: an image of the same frame.
        reference: what the blocks are cut from.
        places: corners (y, x) of the blocks, shape (blocks, 2), `reach` inside the frame.
        size: of a block, in px.
        reach: how far off they are looked for, in px.
    """
    likeness = block_likeness(page, reference, places, size, reach)
    every, side = np.arange(len(likeness)), 2 * reach + 1
    top = likeness.reshape(len(likeness), side * side).argmax(axis=1)
    y, x = top // side, top % side
    inner = (np.minimum(x, y) > 0) & (np.maximum(x, y) < side - 1)
    y, x = np.clip(y, 1, side - 2), np.clip(x, 1, side - 2)
    peak = likeness[every, y, x]
    dx, bend_x = _vertex(likeness[every, y, x - 1], peak, likeness[every, y, x + 1])
    dy, bend_y = _vertex(likeness[every, y - 1, x], peak, likeness[every, y + 1, x])
    return Peaks(
        _floats(x - reach + dx), _floats(y - reach + dy), peak, np.minimum(bend_x, bend_y), inner
    )


def block_likeness(page: Ink, reference: Ink, places: Places, size: int, reach: int) -> Floats:
    """Return the correlation of each block with the page at each place within reach.

    Shape (blocks, 2 reach + 1, 2 reach + 1); 0 where the page or the block is flat. By the Fourier
    transforms of all blocks (Lewis, Fast Normalized Cross-Correlation, 1995), which takes a third
    of the time of one template after the other.
    """
    shifts = 2 * reach + 1
    found = np.zeros((len(places), shifts, shifts), np.float32)
    if not len(places):  # the frame may be narrower than a block
        return found
    spreads = sliding_window_view(_spreads(page, size), (shifts, shifts))
    areas = sliding_window_view(page, (size + 2 * reach,) * 2)
    blocks = sliding_window_view(reference, (size, size))
    padded = (next_fast_len(size + 2 * reach, real=True),) * 2
    for start in range(0, len(places), _AT_ONCE):
        rows, columns = places[start : start + _AT_ONCE].T
        block = _floats(blocks[rows, columns])
        block -= block.mean(axis=(1, 2), keepdims=True)
        spectrum = rfft2(_floats(areas[rows - reach, columns - reach]), padded)
        spectrum *= np.conj(rfft2(block, padded))
        shared = irfft2(spectrum, padded)[:, :shifts, :shifts]
        energy = spreads[rows - reach, columns - reach]
        energy = energy * np.einsum("ijk,ijk->i", block, block)[:, None, None]
        found[start : start + _AT_ONCE] = np.where(
            energy > _FLAT, shared / np.sqrt(np.maximum(energy, _FLAT)), 0.0
        )
    return found


def _spreads(image: Ink, size: int) -> Floats:
    """Return the sum of squared deviations in each window, by its corner."""
    total, squared = (
        box(image, cv2.CV_32F, (size, size), anchor=(0, 0), normalize=False)
        for box in (cv2.boxFilter, cv2.sqrBoxFilter)
    )
    height, width = (side - size + 1 for side in image.shape)
    spread = squared[:height, :width] - np.square(total[:height, :width]) / (size * size)
    return _floats(np.maximum(spread, 0.0))


def _vertex(before: Floats, peak: Floats, after: Floats) -> tuple[Floats, Floats]:
    """Return the offset of a parabola's top from the middle sample, and its bend."""
    bend = 2 * peak - before - after
    return _floats(0.5 * (after - before) / np.maximum(bend, 1e-6)), bend


def _floats(values: NDArray[Any]) -> Floats:
    return np.asarray(values, np.float32)
