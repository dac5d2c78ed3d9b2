"""Bring back the strokes that stand on the walls between a field's cells.

Writing seldom keeps to the cells of a comb. Erasing the walls takes a side of a letter that crosses
one, and 6 becomes 5, 0 becomes C. A wall looks the same all along; where a row of it is darker or
wider than that, a stroke lies on it.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Box
from chohyo.extraction.ink import Ink
from chohyo.extraction.masks import Mask, grown, stretches
from chohyo.extraction.pieces import Pieces
from chohyo.extraction.strokes import Window

_DARK = 0.3
# A wall is as high as this share of its box, at least so many pixels, and no wider than a rule.
_HIGH, _LEAST_HIGH, _WIDEST = 0.7, 16, 9
# What is looked at to either side of a wall, and left out at its ends, where other rules meet it.
_BESIDE, _ENDS = 5, 3
# A wall alone is as dark as its paler rows; a stroke on it is so much darker, in ink.
_ALONE, _DARKER, _CORE = 0.35, 0.2, 0.6
_NEXT = 2  # px: a stroke that lies on a wall shows this close to it
# Cells are three or more, of nearly one width, and no wider than this against their height; what is
# narrower stands between two walls.
_FEWEST, _UNEVEN, _WIDEST_CELL, _SAME_WALL = 3, 1.4, 1.6, 0.3


def walls_in(printed: Mask, boxes: Sequence[Box]) -> Mask:
    """Mask the upright rules in boxes that are as high as cells: they part them, or are sides."""
    walls = np.zeros(printed.shape, np.bool_)
    for box in boxes:
        cut = Window.of(box, (printed.shape[0], printed.shape[1])).cut
        inside = printed[cut].astype(np.uint8)
        if not inside.any():
            continue
        high = max(_LEAST_HIGH, round(_HIGH * inside.shape[0]))
        upright = cv2.morphologyEx(inside, cv2.MORPH_OPEN, np.ones((high, 1), np.uint8))
        wide = cv2.morphologyEx(upright, cv2.MORPH_OPEN, np.ones((1, _WIDEST + 1), np.uint8))
        walls[cut] |= (upright > 0) & (wide == 0)
    return walls


def on_walls(ink: Ink, walls: Mask, strokes: Mask) -> Mask:
    """Mask the strokes that lie on walls, or right beside them, and go on in those given."""
    found = np.zeros(ink.shape, np.bool_)
    if not walls.any():
        return found
    pieces = Pieces(walls)
    for number, (left, top, right, bottom) in enumerate(zip(*pieces.extents, strict=True)):
        if bottom - top < _LEAST_HIGH:
            continue
        rows = slice(top + _ENDS, bottom - _ENDS)
        columns = slice(max(0, left - _BESIDE), right + _BESIDE)
        band = ink[rows, columns]
        here = pieces.labels[rows, columns]
        own, others = here == number, here > 0
        stroke = _on_wall(band, np.asarray(own.any(axis=0)))
        if others.sum() > own.sum():
            stroke &= ~grown(others & ~own, 1)
        found[rows, columns] |= stroke
    return touching(found, grown(strokes & ~found, 1))


def touching(mask: Mask, some: Mask) -> Mask:
    """Keep the pieces of a mask that have pixels of another."""
    both = mask & some
    if not both.any():
        return np.zeros_like(mask)
    pieces = Pieces(mask)
    return pieces.mask_of(pieces.shared(both) > 0)


def _on_wall(band: Ink, wall: NDArray[np.bool_]) -> Mask:
    """Mask what is darker than a wall alone, and of the wall the side where such ink is next to it.

    `wall` says of each column of the band whether the wall is in it.
    """
    row = int(_ALONE * len(band))
    alone = np.partition(band, row, axis=0)[row]
    beside_wall = np.convolve(wall, np.ones(3), "same") > 0
    core = wall | (beside_wall & (alone > _CORE))
    beside = (band - alone > _DARKER) & ~core
    left, right = np.flatnonzero(core)[[0, -1]]
    middle = (left + right + 1) // 2
    found = beside.copy()
    found[:, left:middle] |= beside[:, max(0, left - _NEXT) : left].any(axis=1, keepdims=True)
    found[:, middle : right + 1] |= beside[:, right + 1 : right + 1 + _NEXT].any(
        axis=1, keepdims=True
    )
    return np.asarray(found)


def cells_of(walls: Mask, box: Box) -> int:
    """Return into how many cells of one letter walls part a box; 0 when they do not."""
    inside = walls[Window.of(box, (walls.shape[0], walls.shape[1])).cut]
    places = [(start + end) / 2 for start, end in stretches(inside.any(axis=0))]
    steps = np.diff([0.0, *places, inside.shape[1]])
    # Squares that do not touch have two walls between them; a box may begin and end at a wall.
    steps = steps[steps > _SAME_WALL * inside.shape[0]]
    if len(steps) < _FEWEST or steps.max() > _UNEVEN * steps.min():
        return 0
    return len(steps) if steps.max() <= _WIDEST_CELL * inside.shape[0] else 0
