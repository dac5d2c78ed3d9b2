"""Turn what was measured on a pair of pages into probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log1p, sqrt

_FULL_NOISE = 0.2  # more noise than this excuses no more


@dataclass(frozen=True, slots=True)
class Calibration:
    """Coefficients of two logistic models.

    `form_*` was fitted by logistic regression (L2, C = 100) on 1,116 pairs of a degraded page and
    a reference made of two to seven other copies: 186 pairs of one edition, the others the most
    similar pages. On the pairs it was fitted on, with pairs that do not register at 0, copies
    are told from other forms with an AUROC of 0.998; nothing was held out from that figure.

    `edition_*` was fitted (C = 30) on 505 pairs, 228 of one edition and most others neighbouring
    editions that differ in a few characters, with references rebuilt from copies or drawn blank.
    On held-out families the AUROC against editions is 0.84: 0.88 without faxes, 0.71 for faxes
    alone, which lose strokes everywhere.
    """

    form_intercept: float = -7.5
    form_score: float = 13.5
    edition_intercept: float = 1.4
    edition_lacking: float = -0.4
    edition_displaced: float = -1.6
    edition_noise: float = 8.3

    def form(self, score: float) -> float:
        """Return the probability that the page is this form, in this or another edition."""
        return _logistic(self.form_intercept + self.form_score * score) if score > 0 else 0.0

    def edition(self, lacking: int, displaced: int, noise: float) -> float:
        """Return the probability that the page is this very edition, given that it is the form.

        The arguments are those of `Contradictions`: two numbers of places, and a share.
        """
        return _logistic(
            self.edition_intercept
            + self.edition_lacking * log1p(lacking)
            + self.edition_displaced * log1p(displaced)
            + self.edition_noise * sqrt(min(noise, _FULL_NOISE))
        )


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + exp(-x)) if x >= 0 else exp(x) / (1.0 + exp(x))
