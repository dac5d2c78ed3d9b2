"""How well groups of pages agree with the truth, pair by pair."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import v_measure_score
from sklearn.metrics.cluster import pair_confusion_matrix

from eval.metrics.intervals import Mask, Rows, Statistic

Labels = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class PairCounts:
    """Pairs of pages: joined or not by truth and by what was found; each pair counts twice."""

    both: int
    found_only: int
    truth_only: int
    neither: int

    @property
    def precision(self) -> float | None:
        """Return the share of pairs found that are true, None when none was found."""
        found = self.both + self.found_only
        return self.both / found if found else None

    @property
    def recall(self) -> float | None:
        """Return the share of true pairs that were found, None when there is none."""
        true = self.both + self.truth_only
        return self.both / true if true else None

    @property
    def adjusted_rand(self) -> float | None:
        """Return the adjusted Rand index (Hubert and Arabie, 1985), None without any pair."""
        if self.both + self.found_only + self.truth_only + self.neither == 0:
            return None
        if self.found_only == self.truth_only == 0:
            return 1.0
        agreeing = self.both * self.neither - self.found_only * self.truth_only
        true, found = self.both + self.truth_only, self.both + self.found_only
        apart = (self.truth_only + self.neither, self.found_only + self.neither)
        return 2 * agreeing / (true * apart[0] + found * apart[1])


def as_labels(names: Sequence[Hashable]) -> Labels:
    """Number the names; None stands for a page alone and gets a number of its own."""
    numbers: dict[Hashable, int] = {}
    return np.array(
        [
            numbers.setdefault((None, place) if name is None else name, len(numbers))
            for place, name in enumerate(names)
        ],
        np.intp,
    )


def count_pairs(truth: Labels, found: Labels, rows: Rows, focus: Mask) -> PairCounts:
    """Count the pairs of drawn pages of which at least one is in focus.

    A page that was drawn twice would agree with itself: such pairs are left out.
    """
    counts = _confusion(truth, found, rows) - _confusion(truth, found, rows[~focus])
    (neither, found_only), (truth_only, both) = counts.tolist()
    return PairCounts(both, found_only, truth_only, neither)


def adjusted_rand(truth: Labels, found: Labels) -> Statistic:
    """Return the statistic that is the adjusted Rand index."""
    return lambda rows, focus: count_pairs(truth, found, rows, focus).adjusted_rand


def pair_precision(truth: Labels, found: Labels) -> Statistic:
    """Return the statistic that is the share of joined pairs that belong together."""
    return lambda rows, focus: count_pairs(truth, found, rows, focus).precision


def pair_recall(truth: Labels, found: Labels) -> Statistic:
    """Return the statistic that is the share of pairs belonging together that were joined."""
    return lambda rows, focus: count_pairs(truth, found, rows, focus).recall


def v_measure(truth: Labels, found: Labels) -> Statistic:
    """Return the statistic that is the V-measure among the pages in focus."""

    def score(rows: Rows, focus: Mask) -> float | None:
        chosen = rows[focus]
        return float(v_measure_score(truth[chosen], found[chosen])) if len(chosen) else None

    return score


def _confusion(truth: Labels, found: Labels, rows: Rows) -> NDArray[np.int64]:
    if len(rows) == 0:
        return np.zeros((2, 2), np.int64)
    counts = np.asarray(pair_confusion_matrix(truth[rows], found[rows]), np.int64)
    drawn = np.bincount(rows)
    counts[1, 1] -= int((drawn * (drawn - 1)).sum())
    return counts
