"""Weigh whether a division of copies was printed, or came about by chance.

Ticks, stamps and chosen words divide copies as well, each place in its own way; editions divide
them in the same way in many places. So a division is believed when more places make it than would
by coincidence, and how often coincidence happens is counted on the form itself: in the places that
divide the copies otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import ceil, comb, floor, inf, log, log10

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.stats import poisson

from chohyo.discovery.print_cells import CellLabels

COVER = 0.8  # of the copies on each side must show what another one shows
_FACING = 0.7  # of the pairs across must each have ink that the other lacks
_PLACE_CELLS = 40  # a larger patch of other print counts as several places
_WIDE_CELLS = 14  # print on one side only counts from this size: ticks are smaller
_MAX_TRIED = 300
# Places that divide the copies by chance, assumed before any was seen. Among four or five copies
# whatever two scans have in common divides them in the same way again and again.
_ASSUMED = 10.0
_ASSUMED_OF_FEW = 80.0
_LEAST_RATE = 1e-3
_MANY_LABELS = 8

Sides = NDArray[np.int8]  # by copy: 1 and 0 are the sides, OPEN cannot be told
OPEN = 2


@dataclass(frozen=True, slots=True)
class Split:
    """Copies divided in two, the cells (m, 2) that divide them so, and as rows of the labels.

    `evidence` is how improbable a coincidence is, in decimal digits.
    """

    sides: Sides
    rows: NDArray[np.intp]
    evidence: float


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One way of labelling the copies: rows of cells that have it, print facing print or not."""

    labels: NDArray[np.int8]
    facing: NDArray[np.intp]
    added: NDArray[np.intp]

    @property
    def full(self) -> bool:
        return bool((self.labels >= 0).all())


def best_split(found: CellLabels) -> Split | None:
    """Return the division of the copies that coincidence explains least, or None without any."""
    return max(splits(found), key=lambda split: split.evidence, default=None)


def splits(found: CellLabels) -> list[Split]:
    """Return the divisions of the copies, each with its evidence."""
    if found.labels.shape[1] < 4:
        return []
    patterns = _patterns(found)
    tried = _divisions(patterns)
    full = sum(_ways(p.labels) for p in patterns if p.full and len(p.facing))
    return [_weighed(found.cells, patterns, sides, len(tried), full) for sides in tried]


def _patterns(found: CellLabels) -> list[_Pattern]:
    if not len(found.cells):
        return []
    distinct, which = np.unique(found.labels, axis=0, return_inverse=True)
    patterns = []
    for number, labels in enumerate(distinct):
        known = labels >= 0
        if known.mean() < COVER or len(np.unique(labels[known])) < 2:
            continue
        rows = np.flatnonzero(which.ravel() == number)
        across = (labels[:, None] != labels[None]) & known[:, None] & known[None]
        facing = found.facing[rows][:, across].mean(axis=1) >= _FACING
        patterns.append(_Pattern(labels, rows[facing], rows[~facing]))
    return patterns


def _ways(labels: NDArray[np.int8]) -> int:
    """Return how many divisions 'these against the rest' a labelling offers."""
    kinds = len(np.unique(labels[labels >= 0]))
    return kinds if kinds > 2 else 1


def _divisions(patterns: Sequence[_Pattern]) -> list[Sides]:
    """Return the divisions 'these against the rest' that most cells make."""
    seen: Counter[bytes] = Counter()
    for pattern in patterns:
        known = pattern.labels >= 0
        for label in np.unique(pattern.labels[known]):
            sides = np.where(known, pattern.labels == label, OPEN).astype(np.int8)
            if sides[known][0] == 1:
                sides = np.where(known, 1 - sides, OPEN).astype(np.int8)
            seen[sides.tobytes()] += len(pattern.facing) + len(pattern.added)
    ranked = sorted(seen.items(), key=lambda each: (-each[1], each[0]))[:_MAX_TRIED]
    return [np.frombuffer(key, np.int8) for key, _ in ranked]


def _weighed(
    cells: NDArray[np.intp], patterns: Sequence[_Pattern], sides: Sides, tried: int, full: int
) -> Split:
    """Count the places for the division, and the rate of coincidence by those for others."""
    one = int((sides == 1).sum())
    assumed = _assumed(len(sides), one)
    supporting = [p for p in patterns if _supports(p.labels, sides)]
    others = [(p, _chance(p.labels, one)) for p in patterns if not _supports(p.labels, sides)]
    others = [(p, chance) for p, chance in others if chance > 0]
    facing = _rows([p.facing for p in supporting])
    added = _rows([p.added for p in supporting])
    complete = _rows([p.facing for p in supporting if p.full])

    rate = sum(chance * _places(cells[p.facing]) for p, chance in others)
    rate_added = sum(chance * _places(cells[p.added], _WIDE_CELLS) for p, chance in others)
    rate_full = sum(chance * _places(cells[p.facing]) for p, chance in others if p.full)

    places = _places(cells[facing])
    # The first place only names the division; where all copies are told it is print by itself.
    evidence = _improbable(places - 1, rate + assumed)
    evidence += _improbable(
        _places(cells[added], _WIDE_CELLS) - (0 if places else 1), rate_added + assumed
    )
    alone = _improbable(_places(cells[complete]), rate_full + assumed)
    best = max(evidence - log10(max(tried, 1)), alone - log10(max(full, 1)) if alone else 0.0)
    wide = added[_in_places(cells[added], _WIDE_CELLS)]
    return Split(sides, np.concatenate([facing, wide]), best)


def _assumed(copies: int, one: int) -> float:
    """Return how many places are expected to make one division by chance."""
    return (_ASSUMED + _ASSUMED_OF_FEW / (copies - 3) ** 2) / comb(copies, one)


def _rows(parts: Sequence[NDArray[np.intp]]) -> NDArray[np.intp]:
    return np.concatenate([np.zeros(0, np.intp), *parts])


def _improbable(places: float, rate: float) -> float:
    """Return how many decimal digits are against so many places at this rate of coincidence."""
    if places < 1:
        return 0.0
    chance = float(poisson.logsf(places - 1, max(rate, _LEAST_RATE))) / log(10)
    return -chance if chance > -inf else 300.0


def _supports(labels: NDArray[np.int8], sides: Sides) -> bool:
    """Say whether no print is shown on both sides, and most copies of each show some."""
    shown = []
    for side in (0, 1):
        all_labels = labels[sides == side]
        known = all_labels[all_labels >= 0]
        if len(known) < max(2, COVER * len(all_labels)):
            return False
        shown.append(set(known.tolist()))
    return not shown[0] & shown[1]


def _chance(labels: NDArray[np.int8], one: int) -> float:
    """Return how probable it is that a labelling of these sizes divides the copies so by chance."""
    sizes = np.unique(labels[labels >= 0], return_counts=True)[1].tolist()
    known = sum(sizes)
    if len(sizes) > _MANY_LABELS:
        return 0.0
    expected = one * known / len(labels)
    chance = 0.0
    for wanted in {floor(expected), ceil(expected)} - {0, known}:
        ways = sum(
            sum(chosen) == wanted
            for count in range(1, len(sizes))
            for chosen in combinations(sizes, count)
        )
        chance += ways / comb(known, wanted)
    return min(1.0, chance)


def _places(cells: NDArray[np.intp], least: int = 1) -> float:
    """Return how many separate places a set of cells makes; touching cells are one place."""
    _, areas = _connected(cells)
    return float(sum(ceil(area / _PLACE_CELLS) for area in areas.tolist() if area >= least))


def _in_places(cells: NDArray[np.intp], least: int) -> NDArray[np.bool_]:
    """Say which cells belong to places of at least so many cells."""
    place, areas = _connected(cells)
    return np.asarray(areas[place] >= least, np.bool_)


def _connected(cells: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return each cell's place, and the number of cells of each place."""
    if not len(cells):
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    grid = np.zeros(cells.max(axis=0) + 2, np.uint8)
    grid[tuple(cells.T)] = 1
    _, places, stats, _ = cv2.connectedComponentsWithStats(grid, connectivity=8)
    where = np.asarray(places[tuple(cells.T)] - 1, np.intp)
    return where, np.asarray(stats[1:, cv2.CC_STAT_AREA], np.intp)
