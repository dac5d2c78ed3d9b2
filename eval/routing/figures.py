"""Figures about the decisions for pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chohyo.domain.matches import Match, Outcome
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
from eval.trips import Trip

_PRECISION = 0.995
_UNSURE = "low-probability"  # the one reason for review that a lower threshold does away with


@dataclass(frozen=True, slots=True)
class Routed:
    """A scored page with its decision; `match` is None when the page failed.

    `unknown` is the truth: the form was withheld. `best_layout` and `best_kin` are of the best
    candidate, `form_probability` is how probably the page is that form in any edition, where
    `match.probability` is about the very edition. `retrieved` says whether the first stage had the
    right layout among the first 20.
    """

    trip: Trip
    unknown: bool
    match: Match | None
    best_layout: str | None
    best_kin: str | None
    form_probability: float
    retrieved: bool

    @property
    def truth(self) -> CorpusPage:
        """Return the truth about the page."""
        return self.trip.truth

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


def unseen_figures(unseen: Sequence[Routed], seed: int) -> dict[str, Figure]:
    """Return what becomes of pages of an edition that is not onboarded while its siblings are.

    Those routed are wrong, whatever the edition; those in review should name the form.
    """
    if not unseen:
        return {}
    kinds = [each.truth.kind for each in unseen]
    reviewed = [each.match is not None and each.match.outcome is Outcome.REVIEW for each in unseen]
    named = [
        right and each.best_kin == each.truth.kin_id
        for right, each in zip(reviewed, unseen, strict=True)
    ]
    routed = [each.match is not None and each.match.outcome is Outcome.ROUTED for each in unseen]
    return {
        "unknown_edition_routed": measure(mean_of(routed), kinds, seed),
        "unknown_edition_named": measure(mean_of(named), kinds, seed),
    }


def count_outcomes(routed: Sequence[Routed]) -> dict[str, int]:
    """Return how often each decision was taken with the product's own thresholds."""
    return dict(sorted(Counter(each.outcome for each in routed).items()))


def count_reasons(routed: Sequence[Routed]) -> dict[str, int]:
    """Return how often each outcome had each reason."""
    matches = [each.match for each in routed if each.match is not None]
    return dict(sorted(Counter(f"{m.outcome.value}: {m.reason}" for m in matches).items()))


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
    if each.match is None:
        return 0.0 if each.unknown else 1.0
    return 1.0 - each.form_probability


def _verdicts(routed: Sequence[Routed], seed: int) -> Verdicts:
    return Verdicts(
        np.array([_is_right(each) for each in routed], np.bool_),
        np.array([_confidence(each) for each in routed], np.float64),
        halves(len(routed), seed),
    )


def _is_right(each: Routed) -> bool:
    """Say whether the page is what it is taken for: unknown, or else the best candidate."""
    if each.match is None:
        return False
    if each.match.outcome is Outcome.UNKNOWN:
        return each.unknown
    return not each.unknown and each.best_layout == each.truth.layout_id


def _confidence(each: Routed) -> float:
    """Return how sure the decision is; -inf where it is a person's whatever the threshold."""
    match = each.match
    if match is None or (match.outcome is Outcome.REVIEW and match.reason != _UNSURE):
        return -np.inf
    if match.outcome is Outcome.UNKNOWN:
        return 1.0 - each.form_probability
    return match.probability
