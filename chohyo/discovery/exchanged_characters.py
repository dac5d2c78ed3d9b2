"""See whether what divides copies is a printed character that became another one.

An entry stands in a place left free for it: in a box, or apart from the print around it. A digit of
a year, or a letter of a form's number, stands in a line of print, close to characters that are the
same on all copies. One such character says as much as many other places.
"""

from __future__ import annotations

from enum import Enum

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.side_print import Image, Ink, Sides, are_steady, common_ink

_UNLIKE = 48  # darkness by which the two sides differ, softened
_INK = 70
_LEAST_PX = 8  # of such pixels; a scanner's rendering of edges stays below
_BESIDE, _ABOVE = 60, 16  # px around a place that are looked at, at a long side of 1,600
_SLACK = 3  # px by which the difference may leave its cells
_TALLEST = 14  # px that a character goes on above or below of where the sides differ
_FRAME = 8  # px from the difference to the lines of a box
_REACHED = 4  # px that a mark may lie on those
_FRAMED = 3  # sides
_LEAST_IN_FRAME = 7  # px, of a difference that can be a mark in a box
_SOLID = 0.9
_EXCHANGED = 0.15  # the pixels that one side lacks, of what the other lacks
# Of the character beside, all in units of the character: beside digits of years that were looked
# at it has ink of 0.73 and more, a gap of 0.15, a difference of 0.08 at most; the word beside a
# ticked box has a gap of 0.44 and more, rules have ink above and below of 0.9.
_GAP = 0.15
_WIDEST_GAP = 0.4
_WIDTH = 1.1
_NARROWEST = 4  # px
_LEAST_INK = 0.35
_AS_TALL = 0.6
_MOST_DIFFERENT = 0.25
_MOST_BEYOND = 0.3


class Exchange(Enum):
    """What differs in a place: next to nothing, a mark in a box, a printed character, or other."""

    NOTHING = "nothing"
    FRAMED = "framed"
    CHARACTER = "character"
    OTHER = "other"


def exchange(copies: Image, sides: Sides, place: tuple[int, int, int, int]) -> Exchange:
    """Say what divides copies in a place.

    Args:
        copies: softened ink in one frame, shape (n, height, width).
        sides: 0 or 1 by copy; copies with other values are not told by.
        place: top, left, bottom and right of the cells that divide them, in px.
    """
    top, left, bottom, right = place
    height, width = copies.shape[1:]
    y, x = max(0, top - _ABOVE), max(0, left - _BESIDE)
    area = copies[:, y : min(height, bottom + _ABOVE), x : min(width, right + _BESIDE)]
    shown = (common_ink(area[sides == 0]), common_ink(area[sides == 1]))
    unlike = np.zeros(area.shape[1:], np.bool_)
    here = (
        slice(max(0, top - y - _SLACK), bottom - y + _SLACK),
        slice(max(0, left - x - _SLACK), right - x + _SLACK),
    )
    unlike[here] = np.abs(shown[0] - shown[1])[here] > _UNLIKE
    if unlike.sum() < _LEAST_PX:
        return Exchange.NOTHING
    both, most = np.minimum(*shown), np.maximum(*shown)
    if _is_framed(both, _bounds(unlike)):
        return Exchange.FRAMED
    # Two rings that touch the place are not one character that became another.
    piece = _largest(unlike)
    is_character = _is_exchanged(*shown, piece) and _in_line(area, both, most, _bounds(piece))
    return Exchange.CHARACTER if is_character else Exchange.OTHER


def _bounds(places: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(places)
    return int(rows.min()), int(columns.min()), int(rows.max()) + 1, int(columns.max()) + 1


def _largest(places: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the largest of the connected pieces, those that nearly touch being one."""
    joined = cv2.dilate(places.astype(np.uint8), np.ones((3, 3), np.uint8))
    _, pieces = cv2.connectedComponents(joined, connectivity=8)
    pieces[~places] = 0
    return np.asarray(pieces == 1 + np.bincount(pieces.ravel())[1:].argmax(), np.bool_)


def _is_framed(both: Ink, box: tuple[int, int, int, int]) -> bool:
    """Say whether lines that all copies have run along most sides of a difference."""
    top, left, bottom, right = box
    if min(bottom - top, right - left) < _LEAST_IN_FRAME:
        return False
    rows, columns = slice(top, bottom), slice(left, right)
    # A mark may reach the lines of its box.
    inward = min(_REACHED, (bottom - top) // 3, (right - left) // 3)
    strips = [
        both[max(0, top - _FRAME) : top + inward, columns],
        both[bottom - inward : bottom + _FRAME, columns],
        both[rows, max(0, left - _FRAME) : left + inward].T,
        both[rows, right - inward : right + _FRAME].T,
    ]
    lines = [
        strip.size > 0 and float((strip > _INK).mean(axis=1).max()) >= _SOLID for strip in strips
    ]
    return sum(lines) >= _FRAMED


def _is_exchanged(one: Ink, other: Ink, piece: NDArray[np.bool_]) -> bool:
    """Say whether each side has ink that the other lacks: rings and ticks only add some."""
    more = (other - one)[piece]
    less, most = sorted((int((more > 0).sum()), int((more < 0).sum())))
    return less >= _EXCHANGED * most


def _in_line(area: Image, both: Ink, most: Ink, box: tuple[int, int, int, int]) -> bool:
    """Say whether a character that all copies have stands close beside a difference.

    `both` is the ink that both sides have, `most` that which either has.
    """
    _, left, _, right = box
    rows = _rows_of_character(most, box)
    tall = rows.stop - rows.start
    near, far = max(1, round(_GAP * tall)), round(_WIDTH * tall)
    own = float(most[rows, left:right].mean())
    for columns in (slice(left - far, left - near), slice(right + near, right + far)):
        if columns.start < 0 or columns.stop > both.shape[1] or far - near < _NARROWEST:
            continue
        inked = np.flatnonzero(np.any(both[rows, columns] > _INK, axis=0))
        if not len(inked):
            continue
        gap = far - near - 1 - inked[-1] if columns.stop <= left else inked[0]
        close = gap <= (_WIDEST_GAP - _GAP) * tall
        if close and _is_same(area, both, most, (rows, columns), own):
            return True
    return False


def _rows_of_character(most: Ink, box: tuple[int, int, int, int]) -> slice:
    """Return how far a character goes that differs in part."""
    top, left, bottom, right = box
    inked = np.any(most[:, left:right] > _INK, axis=1)
    while top > max(0, box[0] - _TALLEST) and inked[top - 1]:
        top -= 1
    while bottom < min(len(inked), box[2] + _TALLEST) and inked[bottom]:
        bottom += 1
    return slice(top, bottom)


def _is_same(area: Image, both: Ink, most: Ink, window: tuple[slice, slice], own: float) -> bool:
    """Say whether a window holds print of its own height that is the same on all copies."""
    rows, columns = window
    ink, either = float(both[window].mean()), float(most[window].mean())
    inked = np.flatnonzero((both[window] > _INK).any(axis=1))
    if len(inked) == 0 or inked[-1] + 1 - inked[0] < _AS_TALL * (rows.stop - rows.start):
        return False
    if ink < _LEAST_INK * own or either - ink > _MOST_DIFFERENT * either:
        return False
    # A rule, or a ring around the words, goes on above and below of the line.
    beyond = (
        most[max(0, rows.start - 6) : max(0, rows.start - 2), columns],
        most[rows.stop + 2 : rows.stop + 6, columns],
    )
    if any(part.size and float(part.mean()) > _MOST_BEYOND * ink for part in beyond):
        return False
    return are_steady(area[:, rows, columns])
