"""Figures about the decisions for pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chohyo.domain.matches import Match, Outcome
from eval.bench import Trip
from eval.corpus import CorpusPage
from eval.metrics.intervals import Figure, mean_of, measure
from eval.metrics.rejection import (
    Verdicts,
    coverage,
    decided_precision,
    halves,
    unknown_auroc,
    unknown_fpr95,
)

_PRECISION = 0.995
_EVEN = 0.5


@dataclass(frozen=True, slots=True)
class Routed:
    """A scored page with its decision; `match` is None when the page failed.

    `unknown` is the truth: the form was withheld. `best_layout` and `best_kin` are of the best
    candidate, `retrieved` says whether the first stage had the right layout among the first 20.
    """

    trip: Trip
    unknown: bool
    match: Match | None
    best_layout: str | None
    best_kin: str | None
    retrieved: bool

    @property
    def truth(self) -> CorpusPage:
        """Return the truth about the page."""
        return self.trip.truth

    @property
    def probability(self) -> float | None:
        """Return how probable the best candidate is; 0 without one, None when the page failed."""
        if self.match is None:
            return None
        return self.match.probability if self.match.candidates else 0.0

    @property
    def outcome(self) -> str:
        """Name the decision in force and whether it was right."""
        if self.match is None:
            return "failed"
        match self.match.outcome:
            case Outcome.REVIEW:
                return "review"
            case Outcome.UNKNOWN:
                return "unknown-right" if self.unknown else "unknown-wrong"
            case Outcome.ROUTED:
                right = not self.unknown and self.best_layout == self.truth.layout_id
                return "routed-right" if right else "routed-wrong"


def decision_figures(routed: Sequence[Routed], seed: int) -> dict[str, Figure]:
    """Return the figures about decisions; a page that failed is wrong in each of them."""
    known = [each for each in routed if not each.unknown]
    kinds = [each.truth.kind for each in known]
    figures = {
        "edition_top1": [each.best_layout == each.truth.layout_id for each in known],
        "kin_top1": [each.best_kin == each.truth.kin_id for each in known],
        "recall_at_20": [each.retrieved for each in known],
    }
    return {
        **{name: measure(mean_of(right), kinds, seed) for name, right in figures.items()},
        **_rejection_figures(routed, seed),
    }


def count_outcomes(routed: Sequence[Routed]) -> dict[str, int]:
    """Return how often each decision was taken with the product's own thresholds."""
    return dict(sorted(Counter(each.outcome for each in routed).items()))


def _rejection_figures(routed: Sequence[Routed], seed: int) -> dict[str, Figure]:
    unknown = np.array([each.unknown for each in routed], np.bool_)
    suspicion = np.array([_suspicion(each) for each in routed], np.float64)
    verdicts = _verdicts(routed, seed)
    statistics = {
        "unknown_auroc": unknown_auroc(unknown, suspicion),
        "unknown_fpr95": unknown_fpr95(unknown, suspicion),
        "coverage_at_995": coverage(verdicts, _PRECISION),
        "coverage_precision": decided_precision(verdicts, _PRECISION),
    }
    kinds = [each.truth.kind for each in routed]
    return {name: measure(statistic, kinds, seed) for name, statistic in statistics.items()}


def _suspicion(each: Routed) -> float:
    """Return how unknown a page seems, 0..1; one that failed seems what it is not."""
    if each.probability is None:
        return 0.0 if each.unknown else 1.0
    return 1.0 - each.probability


def _verdicts(routed: Sequence[Routed], seed: int) -> Verdicts:
    """Decide every page for its likelier side: the best candidate, or unknown."""
    correct, confidence = [], []
    for each in routed:
        probability = each.probability
        if probability is None:
            correct.append(False)
            confidence.append(-np.inf)
        elif probability >= _EVEN:
            correct.append(not each.unknown and each.best_layout == each.truth.layout_id)
            confidence.append(probability)
        else:
            correct.append(each.unknown)
            confidence.append(1.0 - probability)
    return Verdicts(
        np.array(correct, np.bool_), np.array(confidence, np.float64), halves(len(routed), seed)
    )
