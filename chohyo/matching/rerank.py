"""Score template pages for a page: the exact second stage after the vectors' first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol
from uuid import UUID

from chohyo.domain.decision_rules import Thresholds
from chohyo.domain.matches import Candidate
from chohyo.matching.calibration import Calibration
from chohyo.matching.edition_judge import EditionJudge
from chohyo.matching.evidence import anchors
from chohyo.matching.features import PageFeatures
from chohyo.matching.lead import lead
from chohyo.matching.likeness import Likeness
from chohyo.matching.print_comparison import compare_print
from chohyo.matching.registration import register
from chohyo.matching.surroundings import print_beside

_CLEAR = 0.95  # probability of a form after which only a few more are tried
_PATIENCE = 2  # families tried after the answer is clear
_ALONE = 0.6  # lead of the form that looks so most, with which no other is tried
_CONTENDERS = 6

References = Callable[[UUID], PageFeatures | None]


class Reranker(Protocol):
    """Says how well a page fits a template page."""

    @property
    def name(self) -> str:
        """Return the name that a match keeps as the one who decided."""
        ...

    def score(self, page: PageFeatures, reference: PageFeatures, candidate: Candidate) -> Candidate:
        """Return the candidate with its score and its probability set."""
        ...


@dataclass(frozen=True, slots=True)
class RegistrationReranker:
    """Lays the page on the template page and compares their print.

    A candidate's `score` and `probability` say whether it is the form; which edition it is, the
    `EditionJudge` says.
    """

    calibration: Calibration = field(default_factory=Calibration)
    likeness: Likeness = field(default_factory=Likeness)
    name: str = "registration"

    def score(self, page: PageFeatures, reference: PageFeatures, candidate: Candidate) -> Candidate:
        """Return the candidate; its transform is None when the page does not lie on it."""
        laid = register(page, reference)
        if laid is None:
            return replace(candidate, score=0.0, probability=0.0)
        comparison = compare_print(page, reference, laid.transform)
        # On the scale of what ships: another calibration moves the probability, not the score.
        score = Calibration().score_of(self.likeness.log_odds(comparison.score, laid))
        return replace(
            candidate,
            score=score,
            probability=self.calibration.form(score),
            agreement=comparison.score,
            transform=laid.transform,
            regions=anchors(comparison),
            beside=print_beside(page, laid.transform),
        )


def score_candidates(
    page: PageFeatures,
    candidates: Sequence[Candidate],
    references: References,
    reranker: Reranker,
    thresholds: Thresholds | None = None,
    judge: EditionJudge | None = None,
    calibration: Calibration | None = None,
) -> list[Candidate]:
    """Return the candidates ordered best first, those that were tried with score and probability.

    Families are tried in the order of their similarity. Once a form is clear only two more are, and
    none where it is the first and looks like no other, so that few of the candidates are scored;
    the others keep no score. Print that differs between
    those that may all be the page's form then decides among them.
    """
    thresholds, calibration = thresholds or Thresholds(), calibration or Calibration()
    found = _scored(page, candidates, references, reranker, thresholds, calibration)
    scored = {c.template_page_id: c for c in found}
    contenders = _contenders(found, thresholds, calibration)
    if contenders and judge is not None:
        scored |= {c.template_page_id: c for c in judge.judge(contenders)}
    everyone = [scored.get(candidate.template_page_id, candidate) for candidate in candidates]
    # A form whose editions were all refused is still the likelier one, before other forms' pages.
    forms = {candidate.template_page_id for candidate in contenders}
    return sorted(_best_first(everyone), key=lambda c: c.template_page_id not in forms)


def _contenders(
    scored: Sequence[Candidate], thresholds: Thresholds, calibration: Calibration
) -> list[Candidate]:
    """Return those that may be the page's form, and that form's other editions, best print first.

    An edition on which the page half lies is refused by its print, not left half as probable.
    """
    laid = sorted(
        (candidate for candidate in scored if candidate.transform),
        key=lambda c: (-c.print_score, c.template_page_id),
    )
    likely = [c for c in laid if calibration.form(c.score or 0.0) >= thresholds.known]
    family = likely[0].family_id if likely else None
    return [c for c in laid if c in likely or c.family_id == family][:_CONTENDERS]


def _scored(
    page: PageFeatures,
    candidates: Sequence[Candidate],
    references: References,
    reranker: Reranker,
    thresholds: Thresholds,
    calibration: Calibration,
) -> list[Candidate]:
    """Score family by family until it is clear which one fits."""
    families: dict[UUID, list[Candidate]] = {}
    for candidate in sorted(candidates, key=lambda c: (-c.similarity, c.template_page_id)):
        families.setdefault(candidate.family_id, []).append(candidate)
    scored: list[Candidate] = []
    patience: int | None = None
    alone = lead(candidates) >= _ALONE
    for members in families.values():
        found: list[Candidate] = []
        for candidate in members:
            reference = references(candidate.template_page_id)
            if reference is None:
                continue
            found.append(reranker.score(page, reference, candidate))
            if patience is not None and calibration.form(found[0].score or 0.0) < thresholds.known:
                break
        scored += found
        if patience is not None:
            patience -= 1
        elif any(calibration.form(candidate.score or 0.0) >= _CLEAR for candidate in found):
            patience = 0 if alone and len(scored) == len(found) else _PATIENCE
        if patience == 0:
            break
    return scored


def _best_first(candidates: Sequence[Candidate]) -> list[Candidate]:
    return sorted(
        candidates,
        key=lambda c: (
            -(c.probability or 0.0),
            -(c.score or 0.0),
            -c.similarity,
            c.template_page_id,
        ),
    )
