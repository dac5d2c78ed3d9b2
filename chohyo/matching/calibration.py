"""Turn what was measured on a pair of pages into probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log1p


@dataclass(frozen=True, slots=True)
class Evidence:
    """What laying a page on a reference gave.

    `score` is the agreement of print in 0..1, `residual` the registration's in px. `displaced`
    counts the places where the page lacks print and has other ink instead: entries only add ink.
    """

    score: float
    residual: float
    displaced: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """Coefficients of two logistic models.

    Fitted by logistic regression (L2, C = 30 to 100) on 1,116 pairs of a page, degraded by scan,
    fax or photo, and a reference made of two to seven other copies: 186 pairs of one edition, the
    others the most similar pages, editions first. On held-out form families the first model tells
    forms apart with an AUROC of 0.998; the second tells an edition from its neighbours, of which
    most differ in a few characters, with 0.96.
    """

    form_intercept: float = -7.5
    form_score: float = 13.5
    edition_intercept: float = 2.45
    edition_residual: float = -1.3
    edition_displaced: float = -1.65

    def form(self, score: float) -> float:
        """Return the probability that the page is this form, in this or another edition."""
        return _logistic(self.form_intercept + self.form_score * score) if score > 0 else 0.0

    def edition(self, evidence: Evidence) -> float:
        """Return the probability that the page is this very edition, given that it is the form."""
        return _logistic(
            self.edition_intercept
            + self.edition_residual * min(evidence.residual, 3.0)
            + self.edition_displaced * log1p(evidence.displaced)
        )


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + exp(-x)) if x >= 0 else exp(x) / (1.0 + exp(x))
