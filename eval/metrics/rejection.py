"""How well unknown pages are told from known ones, and how much needs no person."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from eval.metrics.intervals import Mask, Rows, Statistic

_FOUND_SHARE = 0.95


def unknown_auroc(unknown: Mask, suspicion: NDArray[np.float64]) -> Statistic:
    """Return the statistic that is the area under the ROC curve; unknown is the positive class."""

    def area(rows: Rows, focus: Mask) -> float | None:
        chosen = rows[focus]
        if not _both_classes(unknown[chosen]):
            return None
        # From the rank sum (Mann and Whitney, 1947): a tenth of scikit-learn's time a draw.
        ranks = rankdata(suspicion[chosen])[unknown[chosen]]
        least = len(ranks) * (len(ranks) + 1) / 2
        return float((ranks.sum() - least) / (len(ranks) * (len(chosen) - len(ranks))))

    return area


def unknown_fpr95(unknown: Mask, suspicion: NDArray[np.float64]) -> Statistic:
    """Return the statistic that is the share of known pages suspected where 95 % of unknown are."""

    def rate(rows: Rows, focus: Mask) -> float | None:
        chosen = rows[focus]
        if not _both_classes(unknown[chosen]):
            return None
        ranked = np.sort(suspicion[chosen][unknown[chosen]])[::-1]
        bar = ranked[math.ceil(_FOUND_SHARE * len(ranked)) - 1]
        return float((suspicion[chosen][~unknown[chosen]] >= bar).mean())

    return rate


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the machine would decide alone, one value a page.

    `confidence` orders the decisions and is -inf where there is none; `first_half` says in which
    half of the pages each lies.
    """

    correct: Mask
    confidence: NDArray[np.float64]
    first_half: Mask

    def decided(self, rows: Rows, precision: float) -> Mask:
        """Say which rows are decided, each half by the threshold that the other half gives."""
        first = self.first_half[rows]
        bars = np.where(
            first,
            self._threshold(rows[~first], precision),
            self._threshold(rows[first], precision),
        )
        return np.asarray(self.confidence[rows] >= bars)

    def _threshold(self, rows: Rows, precision: float) -> float:
        """Return the lowest confidence from which on enough decisions are right, inf if none."""
        confidence = self.confidence[rows]
        order = np.argsort(-confidence, kind="stable")
        ranked = confidence[order]
        share = np.cumsum(self.correct[rows][order]) / np.arange(1, len(rows) + 1)
        # Equal confidences are decided together.
        ends = np.append(ranked[1:] != ranked[:-1], True)[: len(rows)]
        good = np.flatnonzero(ends & (share >= precision) & np.isfinite(ranked))
        return float(ranked[good[-1]]) if len(good) else float("inf")


def coverage(verdicts: Verdicts, precision: float) -> Statistic:
    """Return the statistic that is the share of all pages decided without a person."""

    def share(rows: Rows, focus: Mask) -> float | None:
        return float(verdicts.decided(rows, precision)[focus].mean()) if focus.any() else None

    return share


def decided_precision(verdicts: Verdicts, precision: float) -> Statistic:
    """Return the statistic that is the share of right decisions among those of `coverage`."""

    def share(rows: Rows, focus: Mask) -> float | None:
        decided = verdicts.decided(rows, precision) & focus
        return float(verdicts.correct[rows][decided].mean()) if decided.any() else None

    return share


def halves(count: int, seed: int) -> Mask:
    """Return a mask of one half of so many pages, drawn by lot."""
    mask = np.zeros(count, np.bool_)
    mask[np.random.default_rng(seed).permutation(count)[: count // 2]] = True
    return mask


def _both_classes(unknown: Mask) -> bool:
    return bool(unknown.any() and not unknown.all())
