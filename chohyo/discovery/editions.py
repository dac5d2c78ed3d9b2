"""Split the copies of one form into editions that differ in a year, a line or a box.

All copies lie in one frame. A cell of print divides them when each part repeats its own print
sharply and lacks what the other has: a tick or an entry adds ink to the print but takes none away,
and seldom repeats stroke by stroke. A division is believed when enough separate places make it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.metrics import adjusted_rand_score

from chohyo.domain.geometry import Box
from chohyo.matching.fine_print import (
    CELL,
    DIFFERENT_PX,
    INKED_PX,
    SAME_PX,
    STEP,
    cell_sums,
    certain_ink,
    count_places,
    missing_ink,
    possible_ink,
)

_COVER = 0.8  # of the copies must carry print that another copy repeats
_CLUSTER_PX = 4.0  # mean missing ink at which print stops being the same
_FAR_PX = 40
_AGREEMENT = 0.85  # adjusted Rand index from which two cells make the same division


_MAX_COMPARED = 40  # copies; time and memory grow with the square
_MODELS = 5

Cell = tuple[int, int]
Cells = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class EditionRules:
    """How many separate places must make a division before it is believed.

    Coincidence is likelier the fewer copies there are: two pairs of copies can be told apart by
    any entry that two of them happen to share.
    """

    places_among_few: int = 3
    places_among_some: int = 2
    places_among_many: int = 1
    few: int = 5
    some: int = 8

    def needed(self, copies: int) -> int:
        """Return the number of places needed among so many copies."""
        if copies <= self.few:
            return self.places_among_few
        return self.places_among_some if copies <= self.some else self.places_among_many


@dataclass(frozen=True, slots=True)
class Edition:
    """Copies of one edition, as positions in the stack, and where it differs from the others."""

    copies: tuple[int, ...]
    differs: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class _Division:
    """A labelling of the copies (-1: cannot say) with the cells that make it."""

    labels: NDArray[np.int64]
    cells: Cells
    places: int


def split_editions(
    stack: Sequence[NDArray[np.uint8]], rules: EditionRules | None = None
) -> list[Edition]:
    """Divide aligned ink images of equal shape into editions; one edition when nothing divides."""
    # Pages come in the order of their content keys, so an even choice is a fair sample.
    count = min(len(stack), _MAX_COMPARED)
    sample = np.linspace(0, len(stack) - 1, count).round().astype(np.int64)
    missing, ink = _missing_between([stack[int(i)] for i in sample])
    found = _divided(missing, ink, np.arange(len(sample)), rules or EditionRules(), ())
    parts = [sample[copies].tolist() for copies, _ in found]
    _assign_rest(stack, parts, sorted({cell for _, cells in found for cell in cells}))
    height, width = stack[0].shape
    editions = [
        Edition(tuple(sorted(part)), tuple(_box(cell, height, width) for cell in cells))
        for part, (_, cells) in zip(parts, found, strict=True)
    ]
    return sorted(editions, key=lambda edition: edition.copies)


def _assign_rest(
    stack: Sequence[NDArray[np.uint8]], parts: list[list[int]], cells: Sequence[Cell]
) -> None:
    """Add the copies outside the sample to the part whose first copies they differ from least."""
    models = [[stack[i] for i in part[:_MODELS]] for part in parts]
    sampled = {copy for part in parts for copy in part}
    for copy in sorted(set(range(len(stack))) - sampled):
        distances = [_distance(stack[copy], part, cells) for part in models]
        parts[int(np.argmin(distances))].append(copy)


def _distance(
    ink: NDArray[np.uint8], models: Sequence[NDArray[np.uint8]], cells: Sequence[Cell]
) -> float:
    if not cells:
        return 0.0
    at = tuple(np.transpose(cells))
    either = [np.maximum(missing_ink(ink, m)[at], missing_ink(m, ink)[at]) for m in models]
    return float(np.median([np.minimum(e, _FAR_PX).mean() for e in either]))


def _divided(
    missing: NDArray[np.uint8],
    ink: NDArray[np.float32],
    copies: NDArray[np.int64],
    rules: EditionRules,
    cells: Cells,
) -> list[tuple[NDArray[np.int64], Cells]]:
    """Divide by the best supported division, then each part again."""
    among = missing[:, :, copies[:, None], copies]
    best = _best_division(_divisions(among, ink[:, :, copies]), rules.needed(len(copies)))
    if best is None:
        return [(copies, cells)]
    labels = _completed(best, among)
    return [
        edition
        for label in np.unique(labels)
        for edition in _divided(missing, ink, copies[labels == label], rules, cells + best.cells)
    ]


def _missing_between(
    stack: Sequence[NDArray[np.uint8]],
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Return by cell the ink of copy i missing in copy j (rows, columns, i, j), and each one's ink.

    Certain ink less possible ink is a matrix product, so that 40 copies cost 1.5 s.
    """
    certain = np.stack([_windows(certain_ink(ink)) for ink in stack])
    possible = np.stack([_windows(possible_ink(ink)) for ink in stack])
    copies, rows, columns = certain.shape[:3]
    missing = np.empty((rows, columns, copies, copies), np.uint8)
    for row in range(rows):
        sure = certain[:, row].reshape(copies, columns, -1).transpose(1, 0, 2).astype(np.float32)
        near = possible[:, row].reshape(copies, columns, -1).transpose(1, 2, 0).astype(np.float32)
        missing[row] = np.minimum(sure.sum(axis=2)[:, :, None] - sure @ near, 255)
    ink = np.stack([cell_sums(certain_ink(image)) for image in stack], axis=2)
    return missing, ink


def _windows(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the overlapping cells of a mask (rows, columns, 16, 16) without copying it."""
    views = np.lib.stride_tricks.sliding_window_view(mask, (CELL, CELL))
    return views[::STEP, ::STEP]


def _divisions(missing: NDArray[np.uint8], ink: NDArray[np.float32]) -> list[_Division]:
    """Return the division that each promising cell makes."""
    copies = missing.shape[2]
    if copies < 4:
        return []
    either = np.maximum(missing, missing.swapaxes(2, 3))
    both = np.minimum(missing, missing.swapaxes(2, 3))
    inked = ink >= INKED_PX
    same = (either <= SAME_PX) & ~np.eye(copies, dtype=bool)
    repeated = same.any(axis=3) & inked
    apart = (both >= DIFFERENT_PX) & repeated[..., None] & repeated[..., None, :]
    # Two copies against the rest is the smallest division; each pair is counted twice.
    enough = apart.sum(axis=(2, 3)) >= 4 * (copies - 2)
    promising = (repeated.mean(axis=2) >= _COVER) & enough
    return [
        _Division(labels, ((int(row), int(column)),), 1)
        for row, column in np.argwhere(promising)
        if (labels := _labels(either[row, column], both[row, column], inked[row, column]))
        is not None
    ]


def _labels(
    either: NDArray[np.uint8], both: NDArray[np.uint8], inked: NDArray[np.bool_]
) -> NDArray[np.int64] | None:
    """Cluster the copies by one cell's print; None when it does not divide them cleanly."""
    distance = np.minimum(either, _FAR_PX).astype(np.float64)
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform(distance, checks=False), "average")
    labels = fcluster(tree, _CLUSTER_PX, "distance").astype(np.int64)
    repeated = np.bincount(labels)[labels] >= 2
    labels[~(repeated & inked)] = -1
    parts = [np.flatnonzero(labels == label) for label in np.unique(labels[labels >= 0])]
    if len(parts) < 2 or (labels >= 0).mean() < _COVER:
        return None
    gaps = [
        np.median(both[np.ix_(one, other)]) for i, one in enumerate(parts) for other in parts[:i]
    ]
    return labels if min(gaps) >= DIFFERENT_PX else None


def _best_division(divisions: list[_Division], needed: int) -> _Division | None:
    """Join cells that divide alike; return the division made in most places, if in enough."""
    joined: list[list[_Division]] = []
    for division in divisions:
        home = next((j for j in joined if _alike(j[0].labels, division.labels)), None)
        if home is None:
            joined.append([division])
        else:
            home.append(division)
    best = max((_joined(alike) for alike in joined), key=lambda d: d.places, default=None)
    return best if best is not None and best.places >= needed else None


def _alike(one: NDArray[np.int64], other: NDArray[np.int64]) -> bool:
    known = (one >= 0) & (other >= 0)
    return bool(adjusted_rand_score(one[known], other[known]) >= _AGREEMENT)


def _joined(alike: list[_Division]) -> _Division:
    cells = tuple(cell for division in alike for cell in division.cells)
    grid = np.zeros(np.max(cells, axis=0) + 1, bool)
    grid[tuple(np.transpose(cells))] = True
    clearest = max(alike, key=lambda division: int((division.labels >= 0).sum()))
    return _Division(clearest.labels, cells, count_places(grid))


def _completed(division: _Division, missing: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Give each copy that one cell could not place to the part it misses least of."""
    labels = division.labels.copy()
    rows, columns = np.transpose(division.cells)
    distance = missing[rows, columns].astype(np.float64).mean(axis=0)
    distance = np.maximum(distance, distance.T)
    parts = np.unique(labels[labels >= 0])
    for copy in np.flatnonzero(labels < 0):
        means = [distance[copy, division.labels == part].mean() for part in parts]
        labels[copy] = parts[int(np.argmin(means))]
    return labels


def _box(cell: Cell, height: int, width: int) -> Box:
    y, x = cell[0] * STEP, cell[1] * STEP
    return Box(x / width, y / height, min(1.0, (x + CELL) / width), min(1.0, (y + CELL) / height))
