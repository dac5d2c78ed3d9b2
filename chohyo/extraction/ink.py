"""Ink: how dark a page is against its own paper.

An ink image is float32 in 0..1 (0 is bare paper, 1 the full black of the page's print), so that
copies scanned with different light, paper and contrast can be compared pixel by pixel.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from chohyo.domain.geometry import Transform

Image = NDArray[np.uint8]
Ink = NDArray[np.float32]

# The paper is estimated on a page this wide: fine enough for the shade along a book's fold.
_PAPER_LONG_SIDE = 275
_PAPER_WINDOW = 17
# Print on a ground darker than this is white on black and no shade.
_SOLID = 0.55
_LEVELS = 65535.0  # of whole numbers for ink
# Paper itself comes out a little grey.
_BARE = 0.04
# Grain is what this share of an even ground, in per cent, is darker than its palest. Of grounds of
# scans and photos it is 0.03 to 0.35, of halftones to 0.44, of print 0.45 to 0.9.
_MOST_OF_IT, _GRAINY = 70, 0.45


def grey(image: Image) -> Image:
    """Return the image with one channel; colour comes in the order blue, green, red."""
    if image.ndim == 2:
        return image
    return np.asarray(cv2.cvtColor(image[..., :3], cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def ink_of(image: Image) -> Ink:
    """Return the ink of a page, freed of light, paper colour, contrast and streaks."""
    light = _without_streaks(grey(image)).astype(np.float32)
    paper = _paper(light)
    np.maximum(paper, 1.0, out=paper)
    darkness = np.divide(light, paper, out=paper)
    within_bounds(np.subtract(1.0, darkness, out=darkness))
    darkness /= np.float32(_full_ink(darkness))
    return within_bounds(darkness)


def within_bounds(ink: NDArray[Any]) -> Ink:
    """Cut off, in place, what is no ink of 0 to 1."""
    return np.asarray(np.clip(ink, 0.0, 1.0, out=ink), np.float32)


def _without_streaks(light: Image) -> Image:
    """Paint over the columns that dirt on a scanner's glass, or a fax, draws down the whole page.

    No rule of a form runs through both margins as such a streak does.
    """
    height = light.shape[0]
    margin = max(4, height // 60)
    paper = np.median(light[:: max(1, height // 200)], axis=0)
    dark = light < 0.75 * np.maximum(paper.max(), 1)
    through = dark[:margin].mean(axis=0) + dark[-margin:].mean(axis=0) > 1.8
    streak = through & (dark.mean(axis=0) > 0.9)
    if not streak.any() or streak.mean() > 0.02:
        return light
    mask = np.broadcast_to(cv2.dilate(streak.astype(np.uint8)[None], np.ones((1, 3))), light.shape)
    sides = np.where(mask > 0, 255, light)
    # Print beside a streak closes over it again.
    beside = cv2.erode(np.maximum(sides, 0).astype(np.uint8), np.ones((1, 7), np.uint8))
    return np.asarray(
        np.where(mask > 0, cv2.dilate(beside, np.ones((1, 3))), light), dtype=np.uint8
    )


def shade_of(ink: Ink) -> Ink:
    """Return the even grey that fills whole areas of a form, without strokes and solid black."""
    even = _even(cv2.GaussianBlur(ink, (0, 0), 1.0))
    even *= _is_grey(even)
    return even


def without_shade(ink: Ink) -> Ink:
    """Return the ink on its even grey as it would be on bare paper."""
    calm = np.asarray(cv2.GaussianBlur(ink, (0, 0), 1.0), np.float32)
    shade = _with_grain(calm, _even(calm))
    if not shade.any():
        return ink
    return np.asarray(np.maximum(ink - shade, 0.0) / (1.0 - shade), dtype=np.float32)


def _with_grain(calm: Ink, even: Ink) -> Ink:
    """Return how dark each even grey area is with its grain, 0 elsewhere.

    What is even is the palest of its surroundings; grain makes most of the area darker. Where most
    is much darker, it is dense print on white, blurred.
    """
    areas = _is_grey(even).view(np.uint8)
    shade = np.zeros_like(even)
    if not areas.any():
        return shade
    _, labels = cv2.connectedComponents(areas, connectivity=8)
    for number, place in enumerate(ndimage.find_objects(labels), 1):
        here, ground = labels[place] == number, even[place]
        grain = float(np.percentile((calm[place] - ground)[here], _MOST_OF_IT))
        if grain < _GRAINY:
            shade[place][here] = np.minimum(ground[here] + grain, _SOLID)
    return shade


def _is_grey(even: Ink) -> NDArray[np.bool_]:
    return np.asarray((even > _BARE) & (even < _SOLID))


def _even(calm: NDArray[Any]) -> Ink:
    side = max(21, round(max(calm.shape) / 85)) | 1
    # Whole numbers open in less than half the time of floats.
    levels = np.asarray(_LEVELS * calm, np.uint16)
    opened = cv2.morphologyEx(levels, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    return np.asarray(opened / np.float32(_LEVELS), dtype=np.float32)


def _paper(light: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width = light.shape
    scale = _PAPER_LONG_SIDE / max(height, width)
    small_size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = cv2.resize(light, small_size, interpolation=cv2.INTER_AREA)
    window = np.ones((_PAPER_WINDOW, _PAPER_WINDOW), np.uint8)
    # Closing keeps the paper and swallows print; the blur removes the window's own edges.
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, window)
    smooth = cv2.GaussianBlur(closed, (0, 0), _PAPER_WINDOW / 3)
    return np.asarray(cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR))


def _full_ink(darkness: NDArray[np.float32]) -> float:
    """Return the darkness that counts as full ink: that of a strong stroke of the page."""
    sample = darkness[::3, ::3]
    strokes = sample[sample > 0.2]
    if strokes.size < 50:
        return 0.8
    return max(0.35, float(np.percentile(strokes, 75)))


def likeness(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Return how alike two cuts of one shape are: their correlation, 0 where one is even."""
    a, b = one - one.mean(), other - other.mean()
    return float((a * b).sum() / (np.sqrt((a**2).sum() * (b**2).sum()) + 1e-6))


def pixel_matrix(
    transform: Transform, source_size: tuple[int, int], target_size: tuple[int, int]
) -> NDArray[np.float64]:
    """Return the 3 × 3 matrix of the transform in pixels; sizes are `(width, height)`."""
    rows = np.array(transform.rows, dtype=np.float64).reshape(3, 3)
    to_fraction = np.diag([1.0 / source_size[0], 1.0 / source_size[1], 1.0])
    to_pixel = np.diag([float(target_size[0]), float(target_size[1]), 1.0])
    # Pixel centres lie half a pixel inside the page.
    half_in, half_out = np.eye(3), np.eye(3)
    half_in[:2, 2], half_out[:2, 2] = 0.5, -0.5
    return np.asarray(half_out @ to_pixel @ rows @ to_fraction @ half_in)


def warped(
    image: NDArray[Any], transform: Transform, size: tuple[int, int], outside: float = 0.0
) -> NDArray[Any]:
    """Put an image into the frame that the transform leads to; `size` is `(width, height)`."""
    matrix = pixel_matrix(transform, (image.shape[1], image.shape[0]), size)
    return cv2.warpPerspective(
        image, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT,
        borderValue=(outside, outside, outside),
    )  # fmt: skip
