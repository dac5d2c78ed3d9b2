"""What the copies of a template page have in common, and where they differ.

A single image cannot say which ink is print. Several copies can: print is in all of them, and
where one has ink that another lacks, somebody writes. A page is judged on its print alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Transform
from chohyo.matching.fine_alignment import FINE_LONG_SIDE, Ink, halved, lay_finely
from chohyo.pages.images import decode_grey, encode_strokes

_WIDEST_STROKE = np.ones((21, 21), np.uint8)
_SOFTEN = 0.8  # px; forgives half a pixel of misalignment
_REACH = np.asarray(cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3)), np.uint8)
_WRITTEN = 128  # ink in one copy …
_BARE = 51  # … where another has less than this
# People write in lines: what stands beside writing is likely an entry that copies happen to share.
_BESIDE = np.ones((15, 61), np.uint8)
_SPECK = np.ones((2, 2), np.uint8)
_MANY = 4  # copies, from which one may lack a piece of print
_PLANES = 4

Said = TypeVar("Said")


@dataclass(frozen=True, slots=True)
class PrintModel:
    """The strokes of a template page's copies in its frame; arrays have shape (height, width).

    `low` is the ink that every copy has at a pixel, `middle` the median, `high` the most. `written`
    is 255 where copies differ, and beside it. With one copy nothing tells print from writing.
    `told` keeps what functions under `once` have said of it.
    """

    low: Ink
    middle: Ink
    high: Ink
    written: Ink
    copies: int
    told: dict[str, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    @property
    def shape(self) -> tuple[int, int]:
        """Return height and width of the frame in pixels."""
        height, width = self.middle.shape
        return height, width


def once(function: Callable[[PrintModel], Said]) -> Callable[[PrintModel], Said]:
    """Have what a function says of a model computed once, and kept with the model."""

    @wraps(function)
    def said(model: PrintModel) -> Said:
        name = f"{function.__module__}.{function.__qualname__}"
        if name not in model.told:
            model.told[name] = function(model)
        found: Said = model.told[name]
        return found

    return said


@dataclass(frozen=True, slots=True)
class Outline:
    """The print at half the size of the frame, to align pages to, and the frame's shape."""

    half: Ink
    shape: tuple[int, int]


def frame_of(width: int, height: int) -> tuple[int, int]:
    """Return height and width of the frame of a template page of this size."""
    scale = FINE_LONG_SIDE / max(width, height)
    return max(1, round(height * scale)), max(1, round(width * scale))


def strokes(ink: Ink) -> Ink:
    """Return ink without tints and solid areas, which one scanner shows and another drops."""
    sharp = cv2.morphologyEx(ink, cv2.MORPH_TOPHAT, _WIDEST_STROKE)
    return np.asarray(cv2.GaussianBlur(sharp, (0, 0), _SOFTEN), np.uint8)


def reach(ink: Ink) -> Ink:
    """Return where the ink would be if it lay a pixel off."""
    return np.asarray(cv2.dilate(ink, _REACH), np.uint8)


def learn_print(
    copies: Sequence[tuple[Ink, Transform]], reference: Ink, shape: tuple[int, int]
) -> PrintModel:
    """Learn the print of a template page.

    Args:
        copies: at least one page's fine ink, with the transform onto the template page.
        reference: the ink of the template page at any size; what copies are first aligned to.
        shape: height and width of the frame.
    """
    size = (shape[1] // 2, shape[0] // 2)
    first = np.asarray(cv2.resize(reference, size, interpolation=cv2.INTER_AREA), np.uint8)
    laid = [lay_finely(ink, transform, first, shape) for ink, transform in copies]
    if len(laid) > 1:
        common = halved(_sorted(laid)[(len(laid) - 1) // 2])
        laid = [lay_finely(ink, Transform.identity(), common, shape) for ink in laid]
    stack = [strokes(ink) for ink in laid]
    ordered = _sorted(stack)
    low = ordered[1] if len(stack) >= _MANY else ordered[0]
    return PrintModel(low, ordered[(len(stack) - 1) // 2], ordered[-1], _written(stack), len(stack))


def _sorted(stack: Sequence[Ink]) -> NDArray[np.uint8]:
    return np.sort(np.stack(stack), axis=0)


def _written(stack: Sequence[Ink]) -> Ink:
    """Mask what one copy has and another has not, and its surroundings."""
    near = [reach(ink) for ink in stack]
    found = np.zeros(stack[0].shape, np.uint8)
    for i, ink in enumerate(stack):
        others = [other for j, other in enumerate(near) if j != i]
        if others:
            found |= ((ink > _WRITTEN) & (np.min(others, axis=0) < _BARE)).astype(np.uint8)
    found = np.asarray(cv2.morphologyEx(found, cv2.MORPH_OPEN, _SPECK), np.uint8)
    return np.asarray(cv2.dilate(found, _BESIDE) * 255, np.uint8)


def encode_print(model: PrintModel) -> bytes:
    """Encode a model as one PNG, about 1 MB, its planes one below the other."""
    planes = np.vstack([model.low, model.middle, model.high, model.written])
    # The number of copies stands in a row of its own, so that nothing else need be stored.
    note = np.full((1, planes.shape[1]), min(model.copies, 255), np.uint8)
    return encode_strokes(np.vstack([planes, note]))


def decode_print(data: bytes) -> PrintModel:
    """Decode what `encode_print` wrote."""
    image = decode_grey(data)
    planes = np.split(image[:-1], _PLANES)
    return PrintModel(planes[0], planes[1], planes[2], planes[3], int(image[-1, 0]))
