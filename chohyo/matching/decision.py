"""Decide where a page goes: routed, review or unknown, with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chohyo.domain.matches import Candidate, Outcome
from chohyo.matching.calibration import Calibration
from chohyo.matching.edition import EditionChoice


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What it takes to route a page without a person."""

    known: float = 0.5  # probability of the best form below which the page is unknown
    routed: float = 0.9  # probability of the best form from which it may be routed
    margin: float = 0.2  # to the second family
    edition: float = 0.3  # probability of the edition below which its print contradicts the page


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome for a page. `reason` is a code; `candidates` are ordered best first."""

    outcome: Outcome
    best: Candidate | None
    probability: float
    margin: float
    reason: str
    candidates: tuple[Candidate, ...]


def decide(
    candidates: Sequence[Candidate],
    choice: EditionChoice | None = None,
    *,
    thresholds: Thresholds | None = None,
    calibration: Calibration | None = None,
) -> Decision:
    """Decide on scored candidates.

    `choice` is the outcome of comparing the contenders' differing print, in the order of
    `contenders(candidates)`; without one the best score stands.
    """
    thresholds, calibration = thresholds or Thresholds(), calibration or Calibration()
    ordered = _by_score(candidates)
    if not ordered:
        return Decision(Outcome.UNKNOWN, None, 0.0, 0.0, "no-candidate", ())
    if not ordered[0].score:
        return Decision(Outcome.UNKNOWN, ordered[0], 0.0, 0.0, "not-registered", ordered)
    best = ordered[0]
    if choice is not None:
        best = contenders(ordered, thresholds=thresholds, calibration=calibration)[choice.index]
        ordered = (best, *(c for c in ordered if c is not best))
    probability = calibration.form(best.score or 0.0)
    margin = _margin(best, ordered, choice, calibration, thresholds)
    outcome, reason = _verdict(best, probability, margin, choice, thresholds)
    return Decision(outcome, best, probability, margin, reason, ordered)


def contenders(
    candidates: Sequence[Candidate],
    *,
    thresholds: Thresholds | None = None,
    calibration: Calibration | None = None,
) -> list[Candidate]:
    """Return the candidates that may be the page's form, best first; their print must decide."""
    thresholds, calibration = thresholds or Thresholds(), calibration or Calibration()
    return [
        candidate
        for candidate in _by_score(candidates)
        if candidate.transform is not None
        and calibration.form(candidate.score or 0.0) >= thresholds.known
    ]


def _by_score(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    return tuple(
        sorted(candidates, key=lambda c: (-(c.score or 0.0), -c.similarity, c.template_page_id))
    )


def _margin(
    best: Candidate,
    ordered: Sequence[Candidate],
    choice: EditionChoice | None,
    calibration: Calibration,
    thresholds: Thresholds,
) -> float:
    """Return the distance to the second family, in probability or in differing print."""
    others = [c for c in ordered if c.family_id != best.family_id]
    second = max((calibration.form(c.score or 0.0) for c in others), default=0.0)
    if second >= thresholds.known and choice is not None:
        return choice.margin
    return calibration.form(best.score or 0.0) - second


def _verdict(
    best: Candidate,
    probability: float,
    margin: float,
    choice: EditionChoice | None,
    thresholds: Thresholds,
) -> tuple[Outcome, str]:
    if probability < thresholds.known:
        return Outcome.UNKNOWN, "low-probability"
    if probability < thresholds.routed:
        return Outcome.REVIEW, "low-probability"
    if choice is not None and choice.reason != "clear":
        return Outcome.REVIEW, choice.reason
    if margin < thresholds.margin:
        return Outcome.REVIEW, "small-margin"
    if best.probability is not None and best.probability < thresholds.edition:
        return Outcome.REVIEW, "edition-unknown"
    return Outcome.ROUTED, "clear"
