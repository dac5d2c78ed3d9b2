"""Cells that dashed lines divide into boxes of one letter each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.pixel_box import PixelBox

Mask = NDArray[np.bool_]

# Of a cell's height: how much of a column dashes ink, and how far they reach up and down.
_LEAST_INK, _LEAST_REACH = 0.25, 0.8
_WIDEST_LINE = 0.18
_LEAST_BOXES = 3
_UNEVEN = 0.22


def divided(cells: Sequence[PixelBox], print_mask: Mask) -> list[PixelBox]:
    """Return the cells, those with evenly spaced dashed lines as the boxes between these."""
    return [box for cell in cells for box in _boxes(cell, print_mask)]


def _boxes(cell: PixelBox, print_mask: Mask) -> list[PixelBox]:
    if cell.width < _LEAST_BOXES * 0.4 * cell.height:
        return [cell]
    lines = _dashed_lines(cell, print_mask)
    edges = [cell.x0, *lines, cell.x1]
    widths = np.diff(edges)
    even = len(widths) >= _LEAST_BOXES and widths.max() - widths.min() <= _UNEVEN * widths.mean()
    if not even or widths.mean() > 1.6 * cell.height:
        return [cell]
    return [
        PixelBox(x0 + (x0 != cell.x0), cell.y0, x1 - (x1 != cell.x1), cell.y1)
        for x0, x1 in pairwise(edges)
    ]


def _dashed_lines(cell: PixelBox, print_mask: Mask) -> list[int]:
    """Return the columns of thin lines that run down the whole cell, with gaps."""
    inside = print_mask[cell.y0 : cell.y1, cell.x0 : cell.x1]
    height = cell.height
    reach = np.zeros(cell.width)
    for column in np.flatnonzero(inside.mean(axis=0) >= _LEAST_INK):
        rows = np.flatnonzero(inside[:, column])
        reach[column] = (rows[-1] - rows[0] + 1) / height
    marked = np.concatenate([[0], (reach >= _LEAST_REACH).astype(np.int8), [0]])
    runs = np.flatnonzero(np.diff(marked)).reshape(-1, 2)
    return [
        cell.x0 + int(start + stop) // 2
        for start, stop in runs
        if stop - start <= max(3, _WIDEST_LINE * height) and start > 2 and stop < cell.width - 2
    ]
