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
# What is written beside an empty box is this tall, in heights of the box.
_LEAST_TALL, _MOST_TALL = 0.35, 1.2


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

        Parts of letters that lie beside the box are taken along when no other box has them. An
        empty box takes what is written close by, and into no other.
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
        else:
            mine = self._beside(box, window, tall)
        return window, np.asarray(mine)

    def _beside(self, box: Box, window: Window, tall: int) -> Mask:
        """Mask what is written right above or below an empty box and belongs to none.

        It must be as tall as writing in the box would be, stand between the box's ends, and end
        within the window; what goes on beyond is drawn around something else.
        """
        cut, inside = self._labels[window.cut], Window.of(box, self._labels.shape)
        free = np.where(self._owner[cut] < 0, cut, 0)
        parts = [part for part in np.unique(free) if part and self._ends_inside(part, cut)]
        mine = np.isin(free, parts)
        rows, columns = np.flatnonzero(mine.any(axis=1)), np.flatnonzero(mine.any(axis=0))
        if not len(rows) or len(parts) < np.count_nonzero(np.unique(free)):
            return np.zeros(cut.shape, np.bool_)
        height = rows[-1] - rows[0] + 1
        between = (
            window.left + columns[0] >= inside.left and window.left + columns[-1] < inside.right
        )
        as_tall = _LEAST_TALL * tall <= height <= _MOST_TALL * tall
        return mine if between and as_tall else np.zeros(cut.shape, np.bool_)

    def _ends_inside(self, part: int, cut: NDArray[np.int32]) -> bool:
        """Say whether a stroke does not go on beyond the window."""
        return int((cut == part).sum()) == int(self._area[part])

    def others(self, window: Window, mine: Mask) -> Mask:
        """Mask the strokes in a window that are not among the given ones, with their soft edges."""
        cut = self._labels[window.cut]
        return np.asarray(grown(np.asarray((cut > 0) & ~mine), _SOFT) & ~grown(mine, _SOFT))
