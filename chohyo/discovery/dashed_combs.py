"""Cells that dashed lines divide into boxes of one letter each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.pixel_box import PixelBox
from chohyo.extraction.masks import stretches

Mask = NDArray[np.bool_]

# Of a cell's height: how much of a column dashes ink, and how far they reach up and down.
_LEAST_INK, _LEAST_REACH = 0.25, 0.8
_WIDEST_LINE = 0.18
_LEAST_BOXES, _MOST_BOXES = 3, 20
# Of a box's width: how far a line stands from its place. Of its height: how wide a box is at most.
_UNEVEN, _WIDEST_BOX = 0.11, 1.6
# Of the lines between boxes, how many the blank form must show.
_LEAST_FOUND = 0.6
# Of a cell's height: how wide a cell for two letters is, and how much of it the stroke that halves
# it spans.
_TWO_LETTERS, _HALVING = (0.8, 2.6), 0.5
_RIM = 3


def divided(cells: Sequence[PixelBox], print_mask: Mask) -> list[PixelBox]:
    """Return the cells, those with evenly spaced dashed lines as the boxes between these."""
    return [box for cell in cells for box in _boxes(cell, print_mask)]


def _boxes(cell: PixelBox, print_mask: Mask) -> list[PixelBox]:
    if middle := _halving_stroke(cell, print_mask):
        return [cell._replace(x1=middle - 1), cell._replace(x0=middle + 1)]
    if cell.width < _LEAST_BOXES * 0.4 * cell.height:
        return [cell]
    lines = _dashed_lines(cell, print_mask)
    count = _even_boxes(cell, lines)
    if count < _LEAST_BOXES or cell.width > _WIDEST_BOX * count * cell.height:
        return [cell]
    step = cell.width / count
    places = [cell.x0 + round(number * step) for number in range(1, count)]
    near = [min(lines, key=lambda x: abs(x - place)) for place in places]
    edges = [
        cell.x0,
        *(x if abs(x - p) <= _UNEVEN * step else p for x, p in zip(near, places, strict=True)),
        cell.x1,
    ]
    return [
        PixelBox(x0 + (x0 != cell.x0), cell.y0, x1 - (x1 != cell.x1), cell.y1)
        for x0, x1 in pairwise(edges)
    ]


def _halving_stroke(cell: PixelBox, print_mask: Mask) -> int | None:
    """Return the column of an upright stroke in the middle of a small cell with no other print."""
    low, high = _TWO_LETTERS
    if not low * cell.height <= cell.width <= high * cell.height:
        return None
    inner = cell.inset(_RIM)
    inside = print_mask[inner.y0 : inner.y1, inner.x0 : inner.x1]
    inked = np.flatnonzero(inside.any(axis=0))
    if not len(inked):
        return None
    middle = inner.x0 + int(inked[0] + inked[-1] + 1) // 2
    thin = inked[-1] - inked[0] < max(3, _WIDEST_LINE * cell.height)
    spanned = float(inside.any(axis=1).mean()) * inner.height >= _HALVING * cell.height
    centred = abs(middle - (cell.x0 + cell.x1) / 2) <= _UNEVEN * cell.width / 2
    return middle if thin and spanned and centred else None


def _even_boxes(cell: PixelBox, lines: Sequence[int]) -> int:
    """Return into how many even boxes lines divide a cell, 0 where they stand unevenly.

    The blank form may have lost some of the lines: writing runs through them.
    """
    for count in range(_LEAST_BOXES, _MOST_BOXES + 1):
        step = cell.width / count
        places = [(line - cell.x0) / step for line in lines]
        even = all(abs(place - round(place)) <= _UNEVEN for place in places)
        met = {round(place) for place in places} - {0, count}
        if even and len(met) == len(places) and len(met) >= _LEAST_FOUND * (count - 1):
            return count
    return 0


def _dashed_lines(cell: PixelBox, print_mask: Mask) -> list[int]:
    """Return the columns of thin lines that run down the whole cell, with gaps."""
    inside = print_mask[cell.y0 : cell.y1, cell.x0 : cell.x1]
    height = cell.height
    reach = np.zeros(cell.width)
    for column in np.flatnonzero(inside.mean(axis=0) >= _LEAST_INK):
        rows = np.flatnonzero(inside[:, column])
        reach[column] = (rows[-1] - rows[0] + 1) / height
    return [
        cell.x0 + int(start + stop) // 2
        for start, stop in stretches(reach >= _LEAST_REACH)
        if stop - start <= max(3, _WIDEST_LINE * height) and start > 2 and stop < cell.width - 2
    ]
