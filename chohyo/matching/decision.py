"""Decide where a page goes: routed, review or unknown, with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chohyo.domain.decision_rules import Thresholds
from chohyo.domain.matches import Candidate, Outcome
from chohyo.matching.calibration import Calibration
from chohyo.matching.lead import lead
from chohyo.matching.surroundings import MOST_BESIDE


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome for a page. `reason` is a code; `candidates` are ordered best first.

    `probability` is that of the best candidate, `margin` its distance to the best of another
    family.
    """

    outcome: Outcome
    best: Candidate | None
    probability: float
    margin: float
    reason: str
    candidates: tuple[Candidate, ...]


def decide(
    candidates: Sequence[Candidate],
    thresholds: Thresholds | None = None,
    calibration: Calibration | None = None,
) -> Decision:
    """Decide on candidates that were scored and ordered best first."""
    thresholds, calibration = thresholds or Thresholds(), calibration or Calibration()
    ordered = tuple(candidates)
    if not ordered:
        return Decision(Outcome.UNKNOWN, None, 0.0, 0.0, "no-candidate", ())
    best = ordered[0]
    form = calibration.form(best.score or 0.0)
    if form < thresholds.known:
        # Without a scored candidate, or with one that hardly lies on it, looks are what is left.
        looks = form_probability(ordered, calibration)
        if looks >= thresholds.known:
            return Decision(Outcome.REVIEW, best, looks, looks, "looks-alike", ordered)
        if not best.score:
            return Decision(Outcome.UNKNOWN, best, looks, looks, "not-registered", ordered)
    probability = best.probability if best.probability is not None else form
    margin = probability - _best_of(c for c in ordered if c.family_id != best.family_id)
    outcome, reason = _verdict(ordered, form, probability, margin, thresholds)
    return Decision(outcome, best, probability, margin, reason, ordered)


def form_probability(ordered: Sequence[Candidate], calibration: Calibration) -> float:
    """Return how probably a page is the first candidate's form, in this or another edition.

    A page that looks like that form and no other may be it though its print hardly lies on it.
    """
    if not ordered:
        return 0.0
    best, nearest = ordered[0], max(ordered, key=lambda each: each.similarity)
    looks = calibration.looks(lead(ordered)) if best.family_id == nearest.family_id else 0.0
    return max(calibration.form(best.score or 0.0), looks)


def _best_of(candidates: Iterable[Candidate]) -> float:
    return max((candidate.probability or 0.0 for candidate in candidates), default=0.0)


def _verdict(  # noqa: PLR0911 - one line for each reason, in the order they count
    ordered: Sequence[Candidate],
    form: float,
    probability: float,
    margin: float,
    thresholds: Thresholds,
) -> tuple[Outcome, str]:
    best = ordered[0]
    if form < thresholds.known:
        return Outcome.UNKNOWN, "low-probability"
    if best.beside > MOST_BESIDE:
        return Outcome.REVIEW, "print-beside"
    siblings = _best_of(
        c for c in ordered if c.family_id == best.family_id and c.version_id != best.version_id
    )
    # Two editions between which print decides have one edition's probability together.
    if probability + siblings < thresholds.edition * form:
        return Outcome.REVIEW, "edition-unknown"
    if best.signs is not None and best.signs.lone:
        return Outcome.REVIEW, "lone-exemplar"
    if form < thresholds.routed:
        return Outcome.REVIEW, "low-probability"
    if margin < thresholds.margin * probability:
        return Outcome.REVIEW, "small-margin"
    if probability - siblings < thresholds.edition_margin * probability:
        return Outcome.REVIEW, "edition-unclear"
    return Outcome.ROUTED, "clear"
