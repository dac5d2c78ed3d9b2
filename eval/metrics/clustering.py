"""How well groups of pages agree with the truth, pair by pair."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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

    scikit-learn would count a page that was drawn twice as a pair that agrees with itself.
    """
    rest = rows[~focus]
    both = truth * (int(found.max()) + 1) + found
    every = np.zeros_like(truth)
    in_both, in_truth, in_found, in_all = (
        _pairs(labels, rows) - _pairs(labels, rest) for labels in (both, truth, found, every)
    )
    return PairCounts(
        both=in_both,
        found_only=in_found - in_both,
        truth_only=in_truth - in_both,
        neither=in_all - in_truth - in_found + in_both,
    )


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
    """Return the statistic that is the V-measure (Rosenberg and Hirschberg, 2007).

    It is averaged over the pages in focus: how far group and truth of each give the other away
    among all pages. Counting anew among drawn pages would flatter, for a page drawn twice agrees
    with itself.
    """
    homogeneity, completeness = _given_away(truth, found), _given_away(found, truth)

    def score(rows: Rows, focus: Mask) -> float | None:
        chosen = rows[focus]
        if len(chosen) == 0:
            return None
        means = [max(0.0, float(part[chosen].mean())) for part in (homogeneity, completeness)]
        return 2 * means[0] * means[1] / sum(means) if sum(means) > 0 else 0.0

    return score


def _given_away(labels: Labels, by: Labels) -> NDArray[np.float64]:
    """Return for each page the share of its label's surprise that the other label takes away."""
    alike = np.bincount(labels)[labels] / len(labels)
    _, cell, sizes = np.unique(
        labels * (int(by.max()) + 1) + by, return_inverse=True, return_counts=True
    )
    left = -np.log(sizes[cell] / np.bincount(by)[by])
    entropy = float(-np.log(alike).mean())
    return 1.0 - left / entropy if entropy > 0 else np.ones(len(labels))


def _pairs(labels: Labels, rows: Rows) -> int:
    """Count the ordered pairs of different pages among the rows that share a label."""
    return int(np.square(np.bincount(labels[rows])).sum() - np.square(np.bincount(rows)).sum())
