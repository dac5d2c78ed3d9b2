"""Count the places that cells of a grid make: touching cells are one place."""

from __future__ import annotations

from math import ceil

import cv2
import numpy as np
from numpy.typing import NDArray

_PLACE_CELLS = 40  # a larger patch of other print counts as several places
_SPOT = 3  # cells around a place that belong to its spot: a line of words is one

Cells = NDArray[np.intp]


def count_places(cells: Cells, least: int = 1) -> float:
    """Return how many places of at least so many cells a set of cells (m, 2) makes."""
    _, areas = _connected(cells)
    return float(sum(ceil(area / _PLACE_CELLS) for area in areas.tolist() if area >= least))


def place_bounds(cells: Cells) -> list[tuple[int, int, int, int]]:
    """Return by place its first row and column of cells, and its last ones."""
    place, areas = _connected(cells)
    return [
        (int(at[:, 0].min()), int(at[:, 1].min()), int(at[:, 0].max()), int(at[:, 1].max()))
        for at in (cells[place == which] for which in range(len(areas)))
    ]


def count_spots(cells: Cells, least: int) -> float:
    """Return how many spots the places of at least so many cells make; near ones share a spot."""
    cells = cells[in_places(cells, least)]
    if not len(cells):
        return 0.0
    around = np.ones((2 * _SPOT + 1, 2 * _SPOT + 1), np.uint8)
    count, _ = cv2.connectedComponents(cv2.dilate(_grid(cells, _SPOT), around), connectivity=8)
    return float(count - 1)


def in_places(cells: Cells, least: int) -> NDArray[np.bool_]:
    """Say which cells belong to places of at least so many cells."""
    place, areas = _connected(cells)
    return np.asarray(areas[place] >= least, np.bool_)


def in_pure_places(cells: Cells, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Say which cells belong to places, made of those at `rows`, that few other cells touch.

    Few are no more than the place has itself.
    """
    chosen = np.zeros(len(cells), bool)
    chosen[rows] = True
    if not len(rows):
        return chosen
    _, places = cv2.connectedComponents(_grid(cells[chosen], 1, cells.max(axis=0)), connectivity=8)
    y, x = (cells[~chosen] + 1).T
    near = np.stack(
        [places[y + dy, x + dx] for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dy or dx], axis=1
    )
    near.sort(axis=1)
    once = np.ones(near.shape, bool)  # a cell touches a place once, however many of its cells
    once[:, 1:] = near[:, 1:] != near[:, :-1]
    own = np.bincount(places.ravel())
    pure = own >= np.bincount(near[once], minlength=len(own))
    return np.asarray(chosen & pure[places[cells[:, 0] + 1, cells[:, 1] + 1]], np.bool_)


def _grid(cells: Cells, border: int, last: NDArray[np.intp] | None = None) -> NDArray[np.uint8]:
    grid = np.zeros((cells.max(axis=0) if last is None else last) + 2 * border + 1, np.uint8)
    grid[tuple((cells + border).T)] = 1
    return grid


def _connected(cells: Cells) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return each cell's place, and the number of cells of each place."""
    if not len(cells):
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    grid = _grid(cells, 0)
    _, places, stats, _ = cv2.connectedComponentsWithStats(grid, connectivity=8)
    where = np.asarray(places[tuple(cells.T)] - 1, np.intp)
    return where, np.asarray(stats[1:, cv2.CC_STAT_AREA], np.intp)
