"""Route one page: score candidates best first, compare what differs, decide."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chohyo.domain.matches import Candidate
from chohyo.matching.calibration import Calibration
from chohyo.matching.decision import Decision, Thresholds, contenders, decide
from chohyo.matching.edition import EditionChoice, EditionReference, choose_edition
from chohyo.matching.rerank import PageView, Reranker, TemplateReference

_CLEAR = 0.95  # probability of a form after which only a few more are tried
_PATIENCE = 2  # families tried after the answer is clear


def route(
    page: PageView,
    references: Sequence[TemplateReference],
    reranker: Reranker,
    *,
    thresholds: Thresholds | None = None,
    calibration: Calibration | None = None,
) -> Decision:
    """Decide which of the template pages, found by their vectors, the page is a copy of."""
    thresholds, calibration = thresholds or Thresholds(), calibration or Calibration()
    candidates = score_until_clear(
        page, references, reranker, thresholds=thresholds, calibration=calibration
    )
    close = contenders(candidates, thresholds=thresholds, calibration=calibration)
    choice = _choice(page, close, references)
    return decide(candidates, choice, thresholds=thresholds, calibration=calibration)


def score_until_clear(
    page: PageView,
    references: Sequence[TemplateReference],
    reranker: Reranker,
    *,
    thresholds: Thresholds,
    calibration: Calibration,
) -> list[Candidate]:
    """Score the most similar page of each family, and all pages of the families that fit.

    Once a form is clear, only two more families are tried: few of the references are scored.
    """
    families: dict[UUID, list[TemplateReference]] = {}
    for ref in sorted(references, key=lambda r: (-r.similarity, r.template_page_id)):
        families.setdefault(ref.family_id, []).append(ref)
    scored: list[Candidate] = []
    patience = _PATIENCE
    clear = False
    for first, *rest in families.values():
        if clear:
            patience -= 1
            if patience < 0:
                break
        found = [reranker.score(page, first)]
        if not clear or _form(found, calibration) >= thresholds.known:
            found += [reranker.score(page, ref) for ref in rest]
        clear = clear or _form(found, calibration) >= _CLEAR
        scored += found
    return scored


def _form(candidates: Sequence[Candidate], calibration: Calibration) -> float:
    return max(calibration.form(candidate.score or 0.0) for candidate in candidates)


def _choice(
    page: PageView, close: Sequence[Candidate], references: Sequence[TemplateReference]
) -> EditionChoice | None:
    if len(close) < 2:
        return None
    views = {ref.template_page_id: ref.view for ref in references}
    return choose_edition(
        page.features,
        [
            EditionReference(views[candidate.template_page_id].features, candidate.transform)
            for candidate in close
            if candidate.transform is not None
        ],
    )
