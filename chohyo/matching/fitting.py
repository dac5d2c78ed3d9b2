"""Fit a calibration to what people decided, and measure it on decisions it has not seen.

Each logistic model keeps its shape and gets a shift and a stretch of its log-odds (Platt, 1999)
with a normal prior at what is in force: a few decisions move it little, hundreds as far as needed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.decision_rules import MachineDecision
from chohyo.matching.calibration import Calibration
from chohyo.matching.reliability import binned, calibration_error
from chohyo.matching.reweighing import MadeWith, edition_logit, reweighed

REGISTRATION = "registration"
FEWEST = 40  # decisions
FEWEST_EACH = 5  # right, and as many wrong: else nothing tells where the line runs
_FOLDS = 5
_SHIFT_SPREAD = 1.5  # of the prior, in log-odds
_STRETCH_SPREAD = 0.4
_MOST_WEIGHT = 10.0
_STEPS = 30
_SMALL = 1e-9
_LEAST_STRETCH = 0.1  # a better agreement never makes a form less likely
_EDGE = 1e-4

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A machine's decision that a person confirmed or corrected.

    `form` says whether the best candidate's form was right, None where a refused edition leaves
    that open; `right` whether its very edition was. `weight` is how many pages it stands for.
    """

    decision: MachineDecision
    form: bool | None
    right: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted calibration with its cross-validated figures beside those of the one in force."""

    calibration: Calibration
    lessons: int
    right: int
    log_loss: float
    calibration_error: float
    current_log_loss: float
    current_calibration_error: float
    better: bool


def lessons_of(decisions: Sequence[MachineDecision]) -> list[Lesson]:
    """Return what can be learned from decisions of the registration reranker.

    Of the routed pages those count that chance has chosen to be checked, each for as many as it
    stands for; a page that somebody happened to correct counts for itself alone.
    """
    ours = [d for d in decisions if d.decided_by == REGISTRATION and _best(d) is not None]
    routed = sum(d.outcome.value == "routed" for d in ours)
    checked = sum(d.outcome.value == "routed" and d.drawn and d.judged for d in ours)
    stands_for = min(_MOST_WEIGHT, routed / checked) if checked else 1.0
    return [
        replace(lesson, weight=stands_for if d.outcome.value == "routed" and d.drawn else 1.0)
        for d in ours
        if d.judged and (lesson := _lesson(d)) is not None
    ]


def lacking(lessons: Sequence[Lesson]) -> int:
    """Return how many decisions are still needed before a fit means anything, 0 for enough."""
    right = sum(each.right for each in lessons)
    wrong = len(lessons) - right
    return max(FEWEST - len(lessons), 0, FEWEST_EACH - right, FEWEST_EACH - wrong)


def fit(lessons: Sequence[Lesson], current: Calibration, made_with: MadeWith) -> Fit:
    """Fit on all lessons; the figures come from folds of whole documents that were left out.

    Args:
        lessons: at least `FEWEST`.
        current: the calibration in force, which is the prior and what the fit is compared with.
        made_with: the calibration of each rule by which decisions were made.
    """
    folds = np.array([_fold(each.decision.document_id) for each in lessons])
    unseen = np.zeros(len(lessons))
    for fold in range(_FOLDS):
        held = folds == fold
        if held.any():
            rest = [each for each, out in zip(lessons, held, strict=True) if not out]
            left_out = [each for each, out in zip(lessons, held, strict=True) if out]
            unseen[held] = _probabilities(left_out, made_with, _fitted(rest, current))
    before = _probabilities(lessons, made_with, current)
    right = np.array([each.right for each in lessons], np.float64)
    loss, loss_before = _losses(unseen, right), _losses(before, right)
    gain = loss_before - loss
    error = gain.std(ddof=1) / np.sqrt(len(gain)) if len(gain) > 1 else np.inf
    return Fit(
        _fitted(lessons, current),
        len(lessons),
        int(right.sum()),
        float(loss.mean()),
        _error(unseen, right),
        float(loss_before.mean()),
        _error(before, right),
        bool(gain.mean() > error),
    )


def _error(probabilities: Floats, right: Floats) -> float:
    return calibration_error(binned(probabilities, right)) or 0.0


def _lesson(decision: MachineDecision) -> Lesson | None:
    best = decision.candidates[0]
    if decision.version_id is None:
        # "None of these" on a page whose edition was refused says nothing about its form.
        form = None if decision.reason.startswith("edition-") else False
        return Lesson(decision, form, right=False)
    family = decision.families.get(best.version_id, best.family_id)
    return Lesson(decision, family == decision.family_id, best.version_id == decision.version_id)


def _best(decision: MachineDecision) -> float | None:
    return decision.candidates[0].score if decision.candidates else None


def _fold(document_id: UUID) -> int:
    return hashlib.sha256(document_id.bytes).digest()[0] % _FOLDS


def _fitted(lessons: Sequence[Lesson], prior: Calibration) -> Calibration:
    form = [
        (prior.form_logit(each.decision.candidates[0].score or 0.0), each.form, each.weight)
        for each in lessons
        if each.form is not None
    ]
    edition = [
        (logit, each.right, each.weight)
        for each in lessons
        if each.form and (logit := edition_logit(each.decision.candidates[0], prior)) is not None
    ]
    shift, stretch = _platt(form)
    edition_shift, edition_stretch = _platt(edition)
    return replace(
        prior,
        form_intercept=shift + stretch * prior.form_intercept,
        form_score=stretch * prior.form_score,
        edition_intercept=edition_shift + edition_stretch * prior.edition_intercept,
        edition_lacking=edition_stretch * prior.edition_lacking,
        edition_displaced=edition_stretch * prior.edition_displaced,
        edition_disagreement=edition_stretch * prior.edition_disagreement,
    )


def _platt(samples: Sequence[tuple[float, bool, float]]) -> tuple[float, float]:
    """Return shift and stretch of log-odds by Newton's method, (0, 1) without samples.

    Samples are log-odds, whether it was so, and a weight.
    """
    if not samples:
        return 0.0, 1.0
    logits, truth, weight = (np.array(column, np.float64) for column in zip(*samples, strict=True))
    design = np.stack([np.ones_like(logits), logits], axis=1)
    precision = np.diag([_SHIFT_SPREAD**-2, _STRETCH_SPREAD**-2])
    centre = np.array([0.0, 1.0])

    def cost(at: Floats) -> float:
        odds = design @ at
        misfit = np.logaddexp(0, odds) - truth * odds
        return float((weight * misfit).sum() + 0.5 * (at - centre) @ precision @ (at - centre))

    found = centre.copy()
    for _ in range(_STEPS):
        guess = 1 / (1 + np.exp(-np.clip(design @ found, -30, 30)))
        slope = design.T @ (weight * (guess - truth)) + precision @ (found - centre)
        bend = design.T @ (design * (weight * guess * (1 - guess))[:, None]) + precision
        step = np.linalg.solve(bend, slope)
        # A whole step may leap over the valley where the guesses are all but certain.
        while cost(found - step) > cost(found) and float(np.abs(step).max()) > _SMALL:
            step = step / 2
        found = found - step
        if float(np.abs(step).max()) <= _SMALL:
            break
    return float(found[0]), max(_LEAST_STRETCH, float(found[1]))


def _probabilities(lessons: Sequence[Lesson], was: MadeWith, now: Calibration) -> Floats:
    found = []
    for each in lessons:
        best = each.decision.candidates[0]
        again = reweighed(each.decision.candidates, was[each.decision.rule_id], now)
        key = best.template_page_id
        found.append(next(c.probability or 0.0 for c in again if c.template_page_id == key))
    return np.array(found, np.float64)


def _losses(probabilities: Floats, right: Floats) -> Floats:
    kept = np.clip(probabilities, _EDGE, 1 - _EDGE)
    return np.asarray(-(right * np.log(kept) + (1 - right) * np.log(1 - kept)), np.float64)
