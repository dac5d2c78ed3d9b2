"""Decide again on what was measured before, with another calibration: nothing is laid anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from chohyo.domain.matches import Candidate
from chohyo.matching.calibration import Calibration

# The calibration of each rule by which decisions were made; None is what ships.
MadeWith = Mapping[UUID | None, Calibration]


def reweighed(
    candidates: Sequence[Candidate], was: Calibration, now: Calibration
) -> tuple[Candidate, ...]:
    """Return scored candidates with the probabilities that another calibration gives them.

    Args:
        candidates: as a decision stored them, best first.
        was: the calibration that the decision was made with.
        now: the one to weigh with.
    """
    chosen = next((c for c in candidates if c.signs is not None and c.signs.chosen), None)
    best = _edition(chosen, now) if chosen is not None else 0.0
    share = now.share(chosen.signs.advantage) if chosen is not None and chosen.signs else 1.0
    left = best * (1 - share) / max(share, 1e-6)
    found = [_weighed(c, chosen, best, left, was, now) for c in candidates]
    # Those between which the print decided stay before the pages of other forms.
    return tuple(
        sorted(found, key=lambda c: (c.signs is None, -(c.probability or 0.0), -(c.score or 0.0)))
    )


def edition_logit(candidate: Candidate, calibration: Calibration) -> float | None:
    """Return how sure it is that the page is this very edition, None where print cannot tell."""
    signs = candidate.signs
    if signs is None or not signs.chosen or not signs.told:
        return None
    return calibration.edition_logit(
        signs.lacking, signs.displaced, signs.noise, signs.faint, candidate.agreement
    )


def _edition(candidate: Candidate, calibration: Calibration) -> float:
    signs = candidate.signs
    assert signs is not None
    edition = (
        calibration.edition(
            signs.lacking, signs.displaced, signs.noise, signs.faint, candidate.agreement
        )
        if signs.told
        else calibration.untold
    )
    form = calibration.form(candidate.score or 0.0)
    return form * edition * calibration.share(signs.advantage)


def _weighed(
    candidate: Candidate,
    chosen: Candidate | None,
    best: float,
    left: float,
    was: Calibration,
    now: Calibration,
) -> Candidate:
    if candidate.score is None:
        return candidate
    form = now.form(candidate.score)
    if candidate is chosen:
        return replace(candidate, probability=best)
    if candidate.signs is not None:
        return replace(candidate, probability=min(form, left))
    before = was.form(candidate.score)
    kept = (candidate.probability or 0.0) / before if before > 0 else 0.0
    return replace(candidate, probability=form * min(1.0, kept))
