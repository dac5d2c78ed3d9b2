"""Turn what was measured on a pair of pages into probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import exp, log1p

# Noise and faint places, as in `Contradictions`, that excuse others: scans have a noise below 0.03
# and up to 10 faint places, faxes reach 0.2 and 400, and lose and bend strokes everywhere.
_NOISE_OF_A_BEND = 0.05
_NOISE_THAT_BENDS = 0.05
_FAINT_OF_A_FAX = 60
_LOST_OF_FAINT = 0.5
# Of print, above which it tells nothing: 93 % of the pages of known editions reach it.
_AGREEMENT = 0.7


@dataclass(frozen=True, slots=True)
class Calibration:
    """Coefficients of two logistic models.

    `form_*` was fitted by logistic regression (L2, C = 100) on 1,116 pairs of a degraded page and
    a reference made of two to seven other copies: 186 pairs of one edition, the others the most
    similar pages. On the pairs it was fitted on, with pairs that do not register at 0, copies
    are told from other forms with an AUROC of 0.998; nothing was held out from that figure.

    `edition_*` weigh the places that contradict the print which the exemplars share, less those
    that the page's own noise excuses, and how far the print as a whole agrees less than it does on
    most pages of one edition. The intercept was set on 206 pages of 39 editions. Disagreement was
    fitted on 777 judgements of 108 forms (`eval.routing.edition_fit`, which keeps them), of which
    215 were made of an edition that the page is not; there a wrong route costs as much as twelve
    reviews. With each form left out of the fit 517 of 562 pages of their edition are routed, and 9
    of the others; without disagreement it is 525, and 11. `share_*` weigh what tells two editions
    apart.

    `looks_*` weigh the `lead` of the nearest form for pages that lie on none of the forms. They
    were fitted (L2, C = 30) on 227 such pages of generated forms, half of them of unknown forms by
    issuers who have known ones: those lead by 0.38 at most, 9 known faxes by 0.02 to 0.73.
    """

    form_intercept: float = -7.5
    form_score: float = 13.5
    edition_intercept: float = 4.0
    edition_lacking: float = -3.2
    edition_displaced: float = -4.3
    edition_disagreement: float = -18.3
    untold: float = 0.8
    score_weight: float = 1.0
    share_slope: float = 8.0
    looks_intercept: float = -5.6
    looks_lead: float = 12.5

    def form(self, score: float) -> float:
        """Return the probability that the page is this form, in this or another edition."""
        return _logistic(self.form_logit(score)) if score > 0 else 0.0

    def form_logit(self, score: float) -> float:
        """Return the logarithm of the odds of `form`."""
        return self.form_intercept + self.form_score * score

    def score_of(self, log_odds: float) -> float:
        """Return the score in 0..1 that has these odds of the form, or the nearest to it."""
        return min(1.0, max(0.0, (log_odds - self.form_intercept) / self.form_score))

    def edition(
        self,
        lacking: float,
        displaced: float,
        noise: float,
        faint: int,
        agreement: float | None = None,
    ) -> float:
        """Return the probability that the page is this very edition, given that it is the form.

        The arguments are those of `Contradictions`, and the candidate's agreement, if there is one.
        """
        return _logistic(self.edition_logit(lacking, displaced, noise, faint, agreement))

    def edition_logit(
        self, lacking: float, displaced: float, noise: float, faint: int, agreement: float | None
    ) -> float:
        """Return the logarithm of the odds of `edition`."""
        bent = (max(0.0, noise - _NOISE_THAT_BENDS) / _NOISE_OF_A_BEND) ** 2
        lost = _LOST_OF_FAINT * faint * min(1.0, faint / _FAINT_OF_A_FAX)
        gone = max(0.0, lacking - lost)
        other = max(0.0, displaced - bent)
        return (
            self.edition_intercept
            + self.edition_lacking * log1p(gone)
            + self.edition_displaced * log1p(other)
            + self.edition_disagreement * _short_of(agreement)
        )

    def looks(self, lead: float) -> float:
        """Return the probability of the nearest form where the page could be laid on none.

        `lead` is that of the nearest form before the next, in 0..1; 0 tells nothing.
        """
        return _logistic(self.looks_intercept + self.looks_lead * lead) if lead > 0 else 0.0

    def share(self, advantage: float | None) -> float:
        """Return the probability of the better of two editions, 1 where there is no other."""
        return 1.0 if advantage is None else _logistic(self.share_slope * advantage)


def _short_of(agreement: float | None) -> float:
    return 0.0 if agreement is None else max(0.0, _AGREEMENT - agreement)


def calibration_of(coefficients: Mapping[str, float]) -> Calibration:
    """Return the calibration with these coefficients; those that are not named stay as shipped."""
    known = {each.name for each in fields(Calibration)}
    return Calibration(**{name: value for name, value in coefficients.items() if name in known})


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + exp(-x)) if x >= 0 else exp(x) / (1.0 + exp(x))
