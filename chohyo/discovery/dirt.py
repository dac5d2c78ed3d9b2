"""Tell what is no writing among the marks of copies: crumbs, dirt at the edges, ghosts of print."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.blank_form import BlankForm
from chohyo.discovery.fill_marks import Mark
from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.ruling import Ruling

Mask = NDArray[np.bool_]

# In shares of the page's long side: letters are no smaller; one copy's narrow stroke that is higher
# is a streak of the scanner.
_LETTER, _STREAK = 0.0045, 0.02
_NARROW = 0.25
# Of the page's width: beyond the print by this much is the edge of the paper.
_BEYOND = 0.012
# Of the mark: with more print in it, what few copies have there is print that swelled or moved.
_PRINTED = 0.06


def is_dirt(mark: Mark, blank: BlankForm, ruling: Ruling, printed: PixelBox) -> bool:
    """Say whether a mark is no writing; `printed` is the extent of the form's print."""
    few = 2 * len(mark.copies) <= blank.copies
    return (
        _is_crumb(mark, blank)
        or (len(mark.copies) == 1 and _is_streak(mark.box, blank))
        or (few and _is_beyond(mark.box, printed))
        or (few and _is_ghost(mark.box, ruling.text))
    )


def extent_of(ruling: Ruling) -> PixelBox:
    """Return the box around a form's print, the page when nothing is printed."""
    ink = ruling.text | ruling.lines
    columns, rows = np.flatnonzero(ink.sum(axis=0) > 2), np.flatnonzero(ink.sum(axis=1) > 2)
    if not len(columns) or not len(rows):
        return PixelBox(0, 0, ink.shape[1], ink.shape[0])
    return PixelBox(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def _is_crumb(mark: Mark, blank: BlankForm) -> bool:
    """Say whether one copy of several has less than a letter there, or the page ends there."""
    height, width = blank.constant_ink.shape
    box = mark.box
    letter = _LETTER * max(height, width)
    margin = 0.006 * width
    inside = box.x0 > margin and box.x1 < width - margin
    large = box.height >= letter or (len(mark.copies) > 1 and box.width >= 2 * letter)
    return not (inside and large and box.area >= letter * letter)


def _is_streak(box: PixelBox, blank: BlankForm) -> bool:
    return box.height > _STREAK * max(blank.image.shape) and box.width < _NARROW * box.height


def _is_beyond(box: PixelBox, printed: PixelBox) -> bool:
    margin = _BEYOND * printed.width
    return (
        box.x1 < printed.x0 - margin
        or box.x0 > printed.x1 + margin
        or box.y1 < printed.y0 - margin
        or box.y0 > printed.y1 + margin
    )


def _is_ghost(box: PixelBox, text: Mask) -> bool:
    return float(text[box.y0 : box.y1, box.x0 : box.x1].mean()) > _PRINTED
