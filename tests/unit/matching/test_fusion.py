"""Rerankers that ask Qwen3-VL, alone and together with registration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from chohyo.domain.geometry import Transform
from chohyo.domain.matches import Candidate, Outcome
from chohyo.domain.rerankers import Order, RerankerChoice
from chohyo.matching.calibration import Calibration
from chohyo.matching.decision import decide
from chohyo.matching.features import PageFeatures
from chohyo.matching.fusion import Fusion, QwenPageReranker, choose_reranker, logit
from chohyo.matching.rerank import RegistrationReranker

EMPTY = np.zeros((0, 2), np.float32)


def features(ink: int) -> PageFeatures:
    """Return a page without keypoints, all of one darkness."""
    page = np.full((40, 30), ink, np.uint8)
    angles, bits = np.zeros(0, np.float32), np.zeros((0, 32), np.uint8)
    return PageFeatures(30, 40, EMPTY, angles, bits, page, page[::2, ::2])


PAGE, EXEMPLAR = features(10), features(200)


class Asked:
    """Scores pairs by a table of (darkness of the query), and remembers them."""

    def __init__(self, **scores: float) -> None:
        self.scores, self.pairs = scores, list[tuple[int, int]]()

    def __call__(self, pairs: Sequence[tuple[Any, Any]]) -> list[float]:
        """Return a score by which page is the query."""
        self.pairs += [(int(q[0, 0]), int(d[0, 0])) for q, d in pairs]
        return [self.scores["page" if q[0, 0] == 245 else "exemplar"] for q, _ in pairs]


class Registration(RegistrationReranker):
    """Finds an agreement that the test gives."""

    agreement = 0.0

    def score(self, page: PageFeatures, reference: PageFeatures, candidate: Candidate) -> Candidate:
        """Return the candidate as if its print had been compared."""
        from dataclasses import replace

        form = self.calibration.form(self.agreement)
        laid = Transform.identity() if self.agreement else None
        return replace(candidate, score=self.agreement, probability=form * 0.8, transform=laid)


def candidate() -> Candidate:
    """Return a candidate that was not scored."""
    return Candidate(uuid4(), uuid4(), uuid4(), similarity=0.9)


def reranker(
    asked: Asked, agreement: float, *, fused: bool, order: Order = Order.PAGE_FIRST
) -> QwenPageReranker:
    """Return a reranker whose registration finds an agreement."""
    kind = type("Fixed", (Registration,), {"agreement": agreement})
    return QwenPageReranker(asked, fused, order, registration=kind())


@pytest.mark.parametrize(
    ("order", "pairs"),
    [
        (Order.PAGE_FIRST, [(245, 55)]),
        (Order.EXEMPLAR_FIRST, [(55, 245)]),
        (Order.BOTH, [(245, 55), (55, 245)]),
    ],
)
def test_which_page_is_the_query_is_a_choice_and_is_recorded(
    order: Order, pairs: list[tuple[int, int]]
) -> None:
    asked = Asked(page=0.9, exemplar=0.5)
    chosen = reranker(asked, 0.8, fused=False, order=order)
    chosen.score(PAGE, EXEMPLAR, candidate())

    assert asked.pairs == pairs
    assert chosen.name == f"qwen:{order.value}"


def test_both_orders_are_averaged_by_their_odds() -> None:
    asked = Asked(page=0.9, exemplar=0.5)
    scored = reranker(asked, 0.8, fused=False, order=Order.BOTH).score(PAGE, EXEMPLAR, candidate())

    assert Calibration().form(scored.score or 0) == pytest.approx(0.75)  # odds 9 and 1: 3


def test_fused_lies_between_what_both_say_and_keeps_the_edition() -> None:
    calibration = Calibration()
    agreement = calibration.score_of(logit(0.95))
    scored = reranker(Asked(page=0.6), agreement, fused=True).score(PAGE, EXEMPLAR, candidate())
    form = calibration.form(scored.score or 0)

    assert 0.6 < form < 0.95
    assert (scored.probability or 0) / form == pytest.approx(0.8)
    assert scored.transform is not None


def test_a_page_that_cannot_be_laid_on_the_template_is_never_routed() -> None:
    alone = reranker(Asked(page=0.999), 0.0, fused=False).score(PAGE, EXEMPLAR, candidate())
    fused = reranker(Asked(page=0.999), 0.0, fused=True).score(PAGE, EXEMPLAR, candidate())

    assert decide([alone]).outcome is Outcome.REVIEW
    assert decide([fused]).outcome is Outcome.UNKNOWN


def test_without_a_reranker_the_nearest_goes_to_a_person() -> None:
    off = choose_reranker(RerankerChoice.OFF, None, Order.BOTH, Fusion())
    near, far = (
        off.score(PAGE, EXEMPLAR, Candidate(uuid4(), uuid4(), uuid4(), similarity=s))
        for s in (0.9, 0.4)
    )

    assert decide([near, far]).outcome is Outcome.REVIEW
    assert (near.probability or 0) > (far.probability or 0)
    assert off.name == "off"


def test_a_reranking_model_is_needed_where_it_is_asked() -> None:
    with pytest.raises(ValueError, match="fused"):
        choose_reranker(RerankerChoice.FUSED, None, Order.BOTH, Fusion())


def test_a_fit_learns_whom_to_believe() -> None:
    draw = np.random.default_rng(0)
    same = draw.random(400) < 0.5
    telling = np.clip(np.where(same, 0.7, 0.3) + draw.normal(0, 0.15, 400), 0.01, 0.99)
    noise = draw.random(400)
    ours = Fusion.fit(telling.tolist(), noise.tolist(), same.tolist())
    theirs = Fusion.fit(noise.tolist(), telling.tolist(), same.tolist())

    assert ours.registration > 1
    assert theirs.qwen > 1
    assert theirs.alone > 1
    assert max(abs(ours.qwen), abs(ours.alone), abs(theirs.registration)) < 0.3
    assert ours.fused(0.9, 0.5) > 0.8
    assert ours.fused(0.1, 0.5) < 0.2


def test_an_agreement_stands_for_the_probability_it_was_made_of() -> None:
    calibration = Calibration()

    for probability in (0.05, 0.5, 0.95, 0.99):
        assert calibration.form(calibration.score_of(logit(probability))) == pytest.approx(
            probability
        )
