"""Fit what ships of the edition's calibration, with whole forms left out of what judges them.

`edition_judgements.csv` has what routing measured on filled pages of public forms, three exemplars
an edition: once with the page's own edition among the templates, and once without it where the form
has others. It names no form and holds nothing of a page.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from math import log

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from chohyo.domain.decision_rules import Thresholds
from chohyo.matching.calibration import Calibration

COST = 12.0  # reviews that a wrong route is worth
_FOLDS = 10
_KNOWN, _NOT_KNOWN = 1.0, 0.2  # weights: a deployment sees few pages of editions it does not know
_SLOPE = 2.0  # how sharply a log-odds beyond the threshold counts as routed
_STEEPEST = -60.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was measured of the edition that a page was taken for, and whether it was `right`.

    `known` says whether the page's edition was among the templates; the other figures are those of
    `EditionSigns` and `Candidate`.
    """

    form: str
    known: bool
    right: bool
    score: float
    advantage: float | None
    lacking: float
    displaced: float
    noise: float
    faint: int
    agreement: float

    def log_odds(self, calibration: Calibration) -> float:
        """Return the log-odds of the edition."""
        return calibration.edition_logit(
            self.lacking, self.displaced, self.noise, self.faint, self.agreement
        )


@dataclass(frozen=True, slots=True)
class Tally:
    """How many pages were routed to their edition, of how many, and how many to another."""

    right: int
    of: int
    wrong: int


def judgements() -> list[Judgement]:
    """Return the judgements that the calibration was fitted on."""
    text = files("eval.routing").joinpath("edition_judgements.csv").read_text("utf-8")
    return [_judgement(row) for row in csv.DictReader(text.splitlines())]


def _judgement(row: dict[str, str]) -> Judgement:
    return Judgement(
        row["form"],
        row["known"] == "1",
        row["right"] == "1",
        float(row["score"]),
        float(row["advantage"]) if row["advantage"] else None,
        float(row["lacking"]),
        float(row["displaced"]),
        float(row["noise"]),
        int(row["faint"]),
        float(row["agreement"]),
    )


def fitted(lessons: Sequence[Judgement], calibration: Calibration) -> Calibration:
    """Return the calibration with the disagreement that costs least; all else stays."""
    flat, steep = (replace(calibration, edition_disagreement=each) for each in (0.0, -1.0))
    base = np.array([each.log_odds(flat) for each in lessons])
    short = base - np.array([each.log_odds(steep) for each in lessons])
    right = np.array([each.right for each in lessons])
    weight = np.where([each.known for each in lessons], _KNOWN, _NOT_KNOWN)
    open_ = np.array([_otherwise_clear(each, calibration) for each in lessons])
    edge = _edge()

    def cost(slope: float) -> float:
        odds = base + slope * short
        misfit = weight * np.logaddexp(0, np.where(right, -odds, odds))
        routed = 1 / (1 + np.exp(-np.clip(_SLOPE * (odds - edge), -30, 30)))
        return float((misfit + np.where(right, 1 - routed, COST * routed) * open_).sum())

    found = minimize_scalar(cost, bounds=(_STEEPEST, 0.0), method="bounded")
    return replace(calibration, edition_disagreement=float(found.x))


def left_out(lessons: Sequence[Judgement], calibration: Calibration) -> Tally:
    """Count what is routed when each page is judged by a fit that has not seen its form."""
    forms = sorted({each.form for each in lessons})
    fold = {form: number % _FOLDS for number, form in enumerate(forms)}
    odds = np.zeros(len(lessons))
    for number in range(_FOLDS):
        rest = [each for each in lessons if fold[each.form] != number]
        unseen = fitted(rest, calibration)
        for at, each in enumerate(lessons):
            if fold[each.form] == number:
                odds[at] = each.log_odds(unseen)
    return _tally(lessons, odds, calibration)


def tally(lessons: Sequence[Judgement], calibration: Calibration) -> Tally:
    """Count what a calibration routes."""
    return _tally(lessons, np.array([each.log_odds(calibration) for each in lessons]), calibration)


def _tally(
    lessons: Sequence[Judgement], odds: NDArray[np.float64], calibration: Calibration
) -> Tally:
    routed = [
        each
        for each, log_odds in zip(lessons, odds, strict=True)
        if log_odds >= _edge() and _otherwise_clear(each, calibration)
    ]
    right = sum(each.right for each in routed)
    return Tally(right, sum(each.right for each in lessons), len(routed) - right)


def _edge() -> float:
    share = Thresholds().edition
    return log(share / (1 - share))


def _otherwise_clear(each: Judgement, calibration: Calibration) -> bool:
    """Say whether the form is clear, and no other edition is nearly as likely."""
    rules = Thresholds()
    share = calibration.share(each.advantage)
    return calibration.form(each.score) >= rules.routed and (
        1 - (1 - share) / share >= rules.edition_margin
    )
