"""Which strokes on a page belong to which field, where writing leaves its box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Box
from chohyo.extraction.ink import Ink
from chohyo.extraction.lines import row_bands
from chohyo.extraction.masks import Mask, grown
from chohyo.extraction.pieces import Pieces
from chohyo.extraction.print_lines import FormPrint

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
# Letters go on beyond a box as far apart as the words of a line are, about as high as its writing;
# both in heights of the line.
_NEXT, _AS_HIGH, _HIGHEST = 0.6, 0.25, 1.3
# Writing does not begin before its box when it has more room than this behind it, in heights of it.
_ROOM = 1.0
# What is lower than this is no letter that a line goes on with, in heights of the line.
_LETTER = 0.4
# What parts a line into places is no higher than this, in heights of the box, and as slim as this.
_SHORT, _SLIM = 0.5, 0.5
# A stroke with more than this outside its box may be a letter of the form's own lines.
_STICKS_OUT = 0.35


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

    def mask_in(self, window: Window) -> Mask:
        """Mask this window in another one."""
        mask = np.zeros((window.bottom - window.top, window.right - window.left), np.bool_)
        rows = slice(max(0, self.top - window.top), self.bottom - window.top)
        mask[rows, max(0, self.left - window.left) : self.right - window.left] = True
        return mask

    @property
    def cut(self) -> tuple[slice, slice]:
        """Return the slices that cut the window out of an image."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


class Strokes:
    """The strokes of a page's fill, and the boxes that they belong to.

    What stands in a line of the form's own letters is no writing, unless it is inside a box.
    """

    def __init__(self, fill: Ink, boxes: Sequence[Box], form: FormPrint | None = None) -> None:
        pieces = Pieces(fill > _DARK)
        self._labels, self._area = pieces.labels, pieces.area
        self._left, self._top, self._right, self._bottom = pieces.extents
        self.form = form or FormPrint.of(np.zeros(fill.shape, np.bool_))
        self._owner = np.full(pieces.count, -1)
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

        Parts of letters that lie beside the box are taken along when no other box has them, and so
        are the letters that go on in a line of its writing. An empty box takes what is written
        close by, and into no other.
        """
        box = self._boxes[number]
        tall = round(box.height * self._labels.shape[0])
        margin = min(_MOST_REACH, max(_LETTER_GAP, round(_REACH * tall)))
        window = Window.of(box, self._labels.shape, margin)
        cut = self._labels[window.cut]
        if not cut.any():
            return window, np.zeros(cut.shape, np.bool_)
        owners = self._owner[cut]
        mine = owners == number
        if mine.any():
            parts = np.unique(cut[mine])
            mine &= ~np.isin(cut, self._of_print(box, window, parts))
            if all(self._is_on_rule(part, tall) for part in parts):
                return window, np.zeros(cut.shape, np.bool_)
        if not mine.any():
            return window, np.asarray(self._beside(box, window, tall))
        near = cv2.dilate(mine.astype(np.uint8), np.ones((2 * _LETTER_GAP + 1, 3), np.uint8))
        parts = np.unique(cut[(near > 0) & (owners < 0) & (cut > 0)])
        mine |= np.isin(cut, [part for part in parts if self._ends_inside(part, cut)])
        return self._with_next(Window.of(box, self._labels.shape), window, np.asarray(mine))

    def _of_print(self, box: Box, window: Window, parts: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return which strokes stick out of a box and stand in a line of the form's letters."""
        inside = self._labels[Window.of(box, self._labels.shape).cut].ravel()
        within = np.bincount(inside, minlength=len(self._area))[parts]
        out = parts[within < (1.0 - _STICKS_OUT) * self._area[parts]]
        return np.array([part for part in out if self._in_print(np.array([part]))], np.int32)

    def _is_on_rule(self, part: int, tall: int) -> bool:
        """Say whether a stroke is short, upright and slim, and stands on a rule of the form.

        Such strokes part a line into places for letters.
        """
        high = int(self._bottom[part] - self._top[part])
        if high > _SHORT * tall or self._right[part] - self._left[part] > _SLIM * high:
            return False
        foot = slice(self._bottom[part], self._bottom[part] + _LETTER_GAP)
        beneath = self.form.rules[foot, self._left[part] : self._right[part]]
        return bool(beneath.any())

    def _in_print(self, parts: NDArray[np.int32]) -> bool:
        """Say whether strokes together stand in a line of the form's letters."""
        return all(
            self.form.beside(
                int(self._top[parts].min()), int(self._bottom[parts].max()),
                int(self._left[parts].min()), int(self._right[parts].max()),
            )
        )  # fmt: skip

    def _with_next(self, box: Window, window: Window, mine: Mask) -> tuple[Window, Mask]:
        """Add the letters that go on in the lines of a box's writing and belong to no box."""
        parts: list[int] = []
        for start, end in row_bands(mine):
            columns = np.flatnonzero(mine[start:end].any(axis=0))
            ends = window.left + int(columns[0]), window.left + int(columns[-1]) + 1
            top, bottom = window.top + start, window.top + end
            if box.top <= (top + bottom) / 2 < box.bottom:
                # Nobody begins before a box and leaves its end free; what stands there is print.
                full = box.right - ends[1] < _ROOM * (bottom - top)
                parts += self._going_on(top, bottom, ends, before=full)
        if not parts:
            return window, mine
        wider = Window(
            min(window.top, int(self._top[parts].min())),
            max(window.bottom, int(self._bottom[parts].max())),
            min(window.left, max(0, int(self._left[parts].min()) - _LETTER_GAP)),
            max(window.right, int(self._right[parts].max()) + _LETTER_GAP),
        )
        cut = self._labels[wider.cut]
        known = np.unique(self._labels[window.cut][mine])
        return wider, np.isin(cut, np.concatenate([known, parts]))

    def _going_on(self, top: int, bottom: int, ends: tuple[int, int], *, before: bool) -> list[int]:
        """Return the strokes that go on in the line between two rows, behind and maybe before."""
        left, right = ends
        reach = round(_NEXT * (bottom - top))
        free = self._letters_between(top, bottom)
        found: list[int] = []
        for part in free[np.argsort(self._left[free])]:
            x0, x1 = int(self._left[part]), int(self._right[part])
            if x1 > right and x0 - right <= reach and self.form.is_bare(top, bottom, right, x1):
                found, right = [*found, int(part)], x1
        for part in free[np.argsort(-self._right[free])] if before else ():
            x0, x1 = int(self._left[part]), int(self._right[part])
            if x0 < left and left - x1 <= reach and self.form.is_bare(top, bottom, x0, left):
                found, left = [*found, int(part)], x0
        return found

    def _letters_between(self, top: int, bottom: int) -> NDArray[np.intp]:
        """Return the strokes that belong to no box and are letters of the line between two rows."""
        tall = bottom - top
        slack, high = round(_AS_HIGH * tall), self._bottom - self._top
        free = (self._owner < 0) & (self._top >= top - slack) & (self._bottom <= bottom + slack)
        free &= (high <= _HIGHEST * tall) & (high >= _LETTER * tall)
        free[0] = False
        return np.flatnonzero(free)

    def nearest(self, window: Window, mine: Mask) -> tuple[float, float]:
        """Return how far other ink stands before and behind a box's writing, in its lines' heights.

        The nearest of all lines counts; infinite where a line has nothing else.
        """
        before = behind = np.inf
        known = np.zeros(len(self._area), np.bool_)
        known[0], known[np.unique(self._labels[window.cut][mine])] = True, True
        high = self._bottom - self._top
        for band in row_bands(mine):
            columns = np.flatnonzero(mine[slice(*band)].any(axis=0))
            top, bottom = window.top + band[0], window.top + band[1]
            tall = bottom - top
            shared = np.minimum(self._bottom, bottom) - np.maximum(self._top, top)
            in_line = ~known & (2 * shared >= np.minimum(high, tall)) & (high >= _LETTER * tall)
            ahead = window.left + int(columns[0]) - self._right[in_line]
            after = self._left[in_line] - (window.left + int(columns[-1]) + 1)
            before = min(before, (ahead[ahead >= 0] / tall).min(initial=np.inf))
            behind = min(behind, (after[after >= 0] / tall).min(initial=np.inf))
        return float(before), float(behind)

    def _beside(self, box: Box, window: Window, tall: int) -> Mask:
        """Mask what is written right above or below an empty box and belongs to none.

        It must be as tall as writing in the box would be, stand between the box's ends, and end
        within the window; what goes on beyond is drawn around something else.
        """
        cut, inside = self._labels[window.cut], Window.of(box, self._labels.shape)
        free = np.where(self._owner[cut] < 0, cut, 0)
        parts, pixels = np.unique(free[free > 0], return_counts=True)
        if not len(parts) or (pixels < self._area[parts]).any():
            return np.zeros(cut.shape, np.bool_)
        mine = free > 0
        rows, columns = np.flatnonzero(mine.any(axis=1)), np.flatnonzero(mine.any(axis=0))
        height = rows[-1] - rows[0] + 1
        between = (
            window.left + columns[0] >= inside.left and window.left + columns[-1] < inside.right
        )
        as_tall = _LEAST_TALL * tall <= height <= _MOST_TALL * tall
        written = between and as_tall and not self._in_print(parts)
        return mine if written else np.zeros(cut.shape, np.bool_)

    def _ends_inside(self, part: int, cut: NDArray[np.int32]) -> bool:
        """Say whether a stroke does not go on beyond the window."""
        return int((cut == part).sum()) == int(self._area[part])

    def others(self, window: Window, mine: Mask) -> Mask:
        """Mask the strokes in a window that are not among the given ones, with their soft edges."""
        cut = self._labels[window.cut]
        return np.asarray(grown(np.asarray((cut > 0) & ~mine), _SOFT) & ~grown(mine, _SOFT))
