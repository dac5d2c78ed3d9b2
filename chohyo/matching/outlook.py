"""What thresholds would mean, on the decisions that were made: errors, and work for people.

The pages that people judged are no random sample of all: they are those the machine was unsure of,
those that chance chose to be checked, and those where somebody saw a mistake. So the error is
estimated within each outcome, from all judged pages where people work through the queue, and from
the drawn ones alone among the routed; then the outcomes count for as many pages as they have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from uuid import UUID

from chohyo.domain.decision_rules import MachineDecision, Thresholds
from chohyo.domain.matches import Candidate, Outcome
from chohyo.matching.calibration import Calibration
from chohyo.matching.decision import Decision, decide
from chohyo.matching.fitting import REGISTRATION
from chohyo.matching.reweighing import MadeWith, reweighed

STEPS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999)
_Z = 1.96


@dataclass(frozen=True, slots=True)
class Outlook:
    """What one threshold of the form's probability would have done with `pages` pages.

    `routed`, `review` and `unknown` are shares of the pages. `error` is the expected share of
    wrong among the routed, with its 95 % interval, as people's decisions show; None where none
    tells. `judged` pages tell it, and `untold` is the share of the routed pages of which no judged
    page tells anything. `predicted` is the error that the calibration itself expects.
    """

    threshold: float
    pages: int
    routed: float
    review: float
    unknown: float
    error: float | None
    low: float
    high: float
    judged: int
    untold: float
    predicted: float


@dataclass(frozen=True, slots=True)
class Again:
    """A decision of the machine, and what it would be by other rules."""

    was: MachineDecision
    now: Decision

    @property
    def version_was(self) -> UUID | None:
        """Return the version it was routed to."""
        routed = self.was.outcome is Outcome.ROUTED
        return self.was.candidates[0].version_id if routed and self.was.candidates else None

    @property
    def version_now(self) -> UUID | None:
        """Return the version it would be routed to."""
        best = self.now.best if self.now.outcome is Outcome.ROUTED else None
        return best.version_id if best else None

    @property
    def changes(self) -> bool:
        """Say whether the outcome or the edition would be another."""
        return (self.was.outcome, self.version_was) != (self.now.outcome, self.version_now)


def decide_again(
    decisions: Sequence[MachineDecision],
    thresholds: Thresholds,
    calibration: Calibration,
    made_with: MadeWith,
) -> list[Again]:
    """Return what each decision would be; other rerankers' are weighed as they were."""
    return [
        _again(each, thresholds, calibration)
        for each in _weighed(decisions, calibration, made_with)
    ]


def outlook(
    decisions: Sequence[MachineDecision],
    thresholds: Thresholds,
    calibration: Calibration,
    made_with: MadeWith,
    steps: Sequence[float] = STEPS,
) -> list[Outlook]:
    """Return what each threshold would have done, the strictest last."""
    weighed = _weighed(decisions, calibration, made_with)
    found = []
    for step in sorted({*steps, thresholds.routed}):
        rule = replace(thresholds, routed=step, known=min(thresholds.known, step))
        found.append(_outlook(step, [_again(each, rule, calibration) for each in weighed]))
    return found


def _weighed(
    decisions: Sequence[MachineDecision], calibration: Calibration, made_with: MadeWith
) -> list[tuple[MachineDecision, tuple[Candidate, ...]]]:
    """Return each decision with its candidates as another calibration weighs them."""
    return [
        (each, reweighed(each.candidates, made_with[each.rule_id], calibration))
        if each.decided_by == REGISTRATION
        else (each, each.candidates)
        for each in decisions
    ]


def _again(
    weighed: tuple[MachineDecision, tuple[Candidate, ...]],
    thresholds: Thresholds,
    calibration: Calibration,
) -> Again:
    was, candidates = weighed
    fitted = calibration if was.decided_by == REGISTRATION else None
    return Again(was, decide(candidates, thresholds, fitted))


def _outlook(step: float, again: Sequence[Again]) -> Outlook:
    outcomes = Counter(each.now.outcome for each in again)
    routed = [each for each in again if each.now.outcome is Outcome.ROUTED]
    error, low, high, judged, untold = _error(routed)
    total = max(1, len(again))
    return Outlook(
        threshold=step,
        pages=len(again),
        routed=outcomes[Outcome.ROUTED] / total,
        review=outcomes[Outcome.REVIEW] / total,
        unknown=outcomes[Outcome.UNKNOWN] / total,
        error=error,
        low=low,
        high=high,
        judged=judged,
        untold=untold,
        predicted=sum(1 - e.now.probability for e in routed) / len(routed) if routed else 0.0,
    )


def _error(routed: Sequence[Again]) -> tuple[float | None, float, float, int, float]:
    """Return error, its interval, the pages that tell it, and the share nothing is told of."""
    strata: dict[Outcome, list[Again]] = {}
    for each in routed:
        strata.setdefault(each.was.outcome, []).append(each)
    error = low = high = told = 0.0
    judged = 0
    for outcome, members in strata.items():
        share = len(members) / len(routed)
        telling = [
            m for m in members if m.was.judged and (m.was.drawn or outcome != Outcome.ROUTED)
        ]
        if not telling:
            high += share
            continue
        wrong = sum(m.version_now != m.was.version_id for m in telling)
        bounds = wilson(wrong, len(telling))
        error += share * wrong / len(telling)
        low, high = low + share * bounds[0], high + share * bounds[1]
        told += share
        judged += len(telling)
    if not judged:
        return None, 0.0, 1.0, 0, 1.0 if routed else 0.0
    return error / told, low, min(1.0, high), judged, 1 - told


def wilson(found: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson, 1927)."""
    p, n = found / of, of
    centre = (p + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z * sqrt(p * (1 - p) / n + _Z**2 / (4 * n * n)) / (1 + _Z**2 / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def transitions(again: Sequence[Again]) -> Mapping[tuple[Outcome, Outcome], int]:
    """Count the decisions that would be others, by outcome before and after."""
    return Counter((each.was.outcome, each.now.outcome) for each in again if each.changes)
