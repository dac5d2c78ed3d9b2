"""Which strokes on a page belong to which field, where writing leaves its box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Box
from chohyo.extraction.ink import Ink
from chohyo.extraction.masks import Mask, grown

_DARK = 0.3
# A stroke belongs to the box that has this share of it; less of it is a neighbour's tail.
_OWN = 0.45
# Around a box this is looked at, in its own heights, but not further than so many pixels.
_REACH, _MOST_REACH = 0.5, 16
# Parts of one letter are this close, in pixels.
_LETTER_GAP = 4
_SOFT = 2


@dataclass(frozen=True, slots=True)
class Window:
    """Pixels of a page: rows `top` to `bottom`, columns `left` to `right`, ends excluded."""

    top: int
    bottom: int
    left: int
    right: int

    @classmethod
    def of(cls, box: Box, shape: tuple[int, int], margin: int = 0) -> Window:
        """Return the window of a box, with a margin in pixels, cut at the page's edge."""
        height, width = shape
        return cls(
            max(0, round(box.y0 * height) - margin),
            min(height, max(1, round(box.y1 * height) + margin)),
            max(0, round(box.x0 * width) - margin),
            min(width, max(1, round(box.x1 * width) + margin)),
        )

    @property
    def cut(self) -> tuple[slice, slice]:
        """Return the slices that cut the window out of an image."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


class Strokes:
    """The strokes of a page's fill, and the boxes that they belong to."""

    def __init__(self, fill: Ink, boxes: Sequence[Box]) -> None:
        dark = (fill > _DARK).astype(np.uint8)
        count, labels = cv2.connectedComponents(dark, connectivity=8)
        self._labels = np.asarray(labels, np.int32)
        self._area = np.bincount(self._labels.ravel(), minlength=count)
        self._owner = np.full(count, -1)
        self._boxes = boxes
        self._claim()

    def _claim(self) -> None:
        """Give each stroke to the box that has most of it."""
        most = _OWN * self._area
        for number, box in enumerate(self._boxes):
            window = Window.of(box, self._labels.shape)
            inside = np.bincount(self._labels[window.cut].ravel(), minlength=len(self._area))
            better = inside > most
            self._owner[better] = number
            most[better] = inside[better]
        self._owner[0] = -1

    def within(self, number: int) -> tuple[Window, Mask]:
        """Return a window around a box, and the mask in it of the strokes that belong there.

        Parts of letters that lie beside the box are taken along when no other box has them.
        """
        box = self._boxes[number]
        tall = round(box.height * self._labels.shape[0])
        margin = min(_MOST_REACH, max(_LETTER_GAP, round(_REACH * tall)))
        window = Window.of(box, self._labels.shape, margin)
        cut = self._labels[window.cut]
        owners = self._owner[cut]
        mine = owners == number
        if mine.any():
            near = cv2.dilate(mine.astype(np.uint8), np.ones((2 * _LETTER_GAP + 1, 3), np.uint8))
            parts = np.unique(cut[(near > 0) & (owners < 0) & (cut > 0)])
            mine |= np.isin(cut, [part for part in parts if self._ends_inside(part, cut)])
        return window, np.asarray(mine)

    def _ends_inside(self, part: int, cut: NDArray[np.int32]) -> bool:
        """Say whether a stroke does not go on beyond the window."""
        return int((cut == part).sum()) == int(self._area[part])

    def others(self, window: Window, mine: Mask) -> Mask:
        """Mask the strokes in a window that are not among the given ones, with their soft edges."""
        cut = self._labels[window.cut]
        return np.asarray(grown(np.asarray((cut > 0) & ~mine), _SOFT) & ~grown(mine, _SOFT))
