"""Weigh whether a division of copies was printed, or came about by chance.

Ticks, stamps and chosen words divide copies as well, each place in its own way; editions divide
them in the same way in many places. So a division is believed when more places make it than would
by coincidence, and how often coincidence happens is counted on the form itself: in the places that
divide the copies otherwise.

Other print divides the whole place it stands in alike. Where entries or a scanner's rendering of
fine patterns do, it is a few cells among more that vary in other ways: those do not count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import ceil, comb, floor, inf, log, log10

import numpy as np
from numpy.typing import NDArray
from scipy.stats import poisson

from chohyo.discovery.places import count_places, count_spots, in_places, in_pure_places
from chohyo.discovery.print_cells import CellLabels

COVER = 0.8  # of the copies on each side must show what another one shows
_FACING = 0.7  # of the pairs across must each have ink that the other lacks
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
class _Cells:
    """Rows of cells, and how many places they make."""

    rows: NDArray[np.intp]
    places: float


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One way of labelling the copies: cells that have it, print facing print or not.

    Of the `facing` ones, the copies are far apart in the `plain` ones. `sizes` says how many copies
    show each thing.
    """

    labels: NDArray[np.int8]
    sizes: tuple[int, ...]
    facing: _Cells
    plain: _Cells
    added: _Cells
    added_spots: float

    @property
    def full(self) -> bool:
        return sum(self.sizes) == len(self.labels)


def splits(found: CellLabels) -> list[Split]:
    """Return the divisions of the copies, each with its evidence."""
    if found.labels.shape[1] < 4:
        return []
    patterns = _patterns(found)
    tried = _divisions(patterns)
    supporting = _supporting(patterns, tried)
    return [
        _weighed(found.cells, patterns, sides, supports, len(tried))
        for sides, supports in zip(tried, supporting, strict=True)
    ]


def _patterns(found: CellLabels) -> list[_Pattern]:
    if not len(found.cells):
        return []
    distinct, which = np.unique(found.labels, axis=0, return_inverse=True)
    order = np.argsort(which.ravel(), kind="stable")
    ends = np.cumsum(np.bincount(which.ravel(), minlength=len(distinct)))
    patterns = []
    for labels, rows in zip(distinct, np.split(order, ends[:-1]), strict=True):
        known = labels >= 0
        if known.mean() < COVER or len(np.unique(labels[known])) < 2:
            continue
        across = (labels[:, None] != labels[None]) & known[:, None] & known[None]
        facing = found.facing[rows][:, across].mean(axis=1) >= _FACING
        patterns.append(_pattern(found.cells, labels, rows[facing], rows[~facing], found.plain))
    return patterns


def _pattern(
    cells: NDArray[np.intp],
    labels: NDArray[np.int8],
    facing: NDArray[np.intp],
    added: NDArray[np.intp],
    plain: NDArray[np.bool_],
) -> _Pattern:
    sizes = np.unique(labels[labels >= 0], return_counts=True)[1]
    far = facing[plain[facing]]
    return _Pattern(
        labels, tuple(sizes.tolist()),
        _Cells(facing, count_places(cells[facing])),
        _Cells(far, count_places(cells[far])),
        _Cells(added, count_places(cells[added], _WIDE_CELLS)),
        count_spots(cells[added], _WIDE_CELLS),
    )  # fmt: skip


def _ways(sizes: Sequence[int]) -> int:
    """Return how many divisions 'these against the rest' a labelling offers."""
    return len(sizes) if len(sizes) > 2 else 1


def _divisions(patterns: Sequence[_Pattern]) -> list[Sides]:
    """Return the divisions 'these against the rest' that most cells make."""
    seen: Counter[bytes] = Counter()
    for pattern in patterns:
        known = pattern.labels >= 0
        for label in np.unique(pattern.labels[known]):
            sides = np.where(known, pattern.labels == label, OPEN).astype(np.int8)
            if sides[known][0] == 1:
                sides = np.where(known, 1 - sides, OPEN).astype(np.int8)
            seen[sides.tobytes()] += len(pattern.facing.rows) + len(pattern.added.rows)
    ranked = sorted(seen.items(), key=lambda each: (-each[1], each[0]))[:_MAX_TRIED]
    return [np.frombuffer(key, np.int8) for key, _ in ranked]


def _supporting(patterns: Sequence[_Pattern], tried: Sequence[Sides]) -> NDArray[np.bool_]:
    """Say which patterns support which division (divisions, patterns).

    They do when no print is shown on both sides, and most copies of each show some.
    """
    if not tried:
        return np.zeros((0, len(patterns)), bool)
    labels = np.stack([pattern.labels for pattern in patterns])
    shown = np.stack([labels == label for label in range(int(labels.max()) + 1)], axis=1)
    shown = shown[:, shown.any(axis=2).any(axis=0)].astype(np.float32)  # (patterns, labels, copies)
    supports = np.zeros((len(tried), len(patterns)), bool)
    for number, sides in enumerate(tried):
        on = np.stack([sides == 0, sides == 1], axis=1)
        counts = shown @ on.astype(np.float32)
        needed = np.maximum(2, COVER * on.sum(axis=0))
        enough = (counts.sum(axis=1) >= needed).all(axis=1)
        supports[number] = enough & ~np.any(np.all(counts > 0, axis=2), axis=1)
    return supports


def _weighed(
    cells: NDArray[np.intp],
    patterns: Sequence[_Pattern],
    sides: Sides,
    supports: NDArray[np.bool_],
    tried: int,
) -> Split:
    """Count the places for the division, and the rate of coincidence by those for others."""
    one = int((sides == 1).sum())
    assumed = assumed_places(len(sides), one)
    supporting = [p for p, supported in zip(patterns, supports, strict=True) if supported]
    others = [
        (p, _chance(p.sizes, one, len(sides)))
        for p, supported in zip(patterns, supports, strict=True)
        if not supported
    ]
    facing = _rows([p.facing.rows for p in supporting])
    added = _rows([p.added.rows for p in supporting])
    pure = in_pure_places(cells, np.concatenate([facing, added]))
    facing, added = facing[pure[facing]], added[pure[added]]

    places = count_places(cells[facing])
    evidence = improbable(places - 1, sum(c * p.facing.places for p, c in others) + assumed)
    # Ink on one side only, and in one spot, is a stamp or typed lines, however large it is.
    if places:
        more = count_places(cells[added], _WIDE_CELLS)
        rate_added = sum(c * p.added.places for p, c in others)
    else:
        more = count_spots(cells[added], _WIDE_CELLS) - 1
        rate_added = sum(c * p.added_spots for p, c in others)
    evidence += improbable(more, rate_added + assumed)

    whole = [p for p in supporting if p.full]
    told = _rows([p.facing.rows for p in whole])
    plain = _rows([p.plain.rows for p in whole])
    # Beside an entry a place is not pure; it says as much when a pure one says the same.
    plain = plain if pure[plain].any() else plain[:0]
    # Small differences, which a scanner makes as well, are no reason to doubt large ones.
    best = max(
        evidence - log10(max(tried, 1)),
        _alone(cells[told[pure[told]]], patterns, others, lambda p: p.facing, assumed),
        _alone(cells[plain], patterns, others, lambda p: p.plain, assumed),
    )
    wide = added[in_places(cells[added], _WIDE_CELLS)]
    return Split(sides, np.concatenate([np.union1d(facing, plain), wide]), best)


def _alone(
    cells: NDArray[np.intp],
    patterns: Sequence[_Pattern],
    others: Sequence[tuple[_Pattern, float]],
    kind: Callable[[_Pattern], _Cells],
    assumed: float,
) -> float:
    """Return the digits that places say in which every copy is told, measured by those alone."""
    rate = sum(chance * kind(p).places for p, chance in others if p.full)
    digits = improbable(count_places(cells), rate + assumed)
    ways = sum(_ways(p.sizes) for p in patterns if p.full and len(kind(p).rows))
    return digits - log10(max(ways, 1)) if digits else 0.0


def assumed_places(copies: int, one: int) -> float:
    """Return how many places are expected to make one division by chance, before any was seen.

    `one` of the `copies` are on one side.
    """
    return (_ASSUMED + _ASSUMED_OF_FEW / (copies - 3) ** 2) / comb(copies, one)


def _rows(parts: Sequence[NDArray[np.intp]]) -> NDArray[np.intp]:
    return np.concatenate([np.zeros(0, np.intp), *parts])


def improbable(places: float, rate: float) -> float:
    """Return how many decimal digits are against so many places at this rate of coincidence."""
    if places < 1:
        return 0.0
    chance = float(poisson.logsf(places - 1, max(rate, _LEAST_RATE))) / log(10)
    return -chance if chance > -inf else 300.0


@lru_cache(maxsize=4096)
def _chance(sizes: tuple[int, ...], one: int, copies: int) -> float:
    """Return how probable it is that a labelling of these sizes divides the copies so by chance."""
    known = sum(sizes)
    if len(sizes) > _MANY_LABELS:
        return 0.0
    expected = one * known / copies
    chance = 0.0
    for wanted in {floor(expected), ceil(expected)} - {0, known}:
        ways = sum(
            sum(chosen) == wanted
            for count in range(1, len(sizes))
            for chosen in combinations(sizes, count)
        )
        chance += ways / comb(known, wanted)
    return min(1.0, chance)
