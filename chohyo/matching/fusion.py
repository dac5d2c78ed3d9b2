"""Rerankers that ask Qwen3-VL: alone, or together with registration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from math import exp, log
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from chohyo.domain.matches import Candidate
from chohyo.domain.rerankers import Order, RerankerChoice
from chohyo.matching.calibration import Calibration
from chohyo.matching.features import PageFeatures
from chohyo.matching.rerank import RegistrationReranker, Reranker

_EDGE = 1e-6  # probabilities are kept this far from 0 and 1, so that their logits are finite
_UNDECIDED = 0.7  # between unknown and routed: a person decides


# Scores in 0..1 of pairs of grey pages, (query, document) each.
PairScores = Callable[[Sequence[tuple[NDArray[np.uint8], NDArray[np.uint8]]]], Sequence[float]]


@dataclass(frozen=True, slots=True)
class Fusion:
    """Coefficients of a logistic model on the logits of what the two rerankers say.

    The default says what the reranker's own probability is worth without having measured it:
    Qwen's alone is taken as it is, and fused it counts half, for published figures do not show that
    it helps between images. `fit` replaces them.
    """

    intercept: float = 0.0
    registration: float = 0.5
    qwen: float = 0.5
    alone_intercept: float = 0.0
    alone: float = 1.0

    @classmethod
    def fit(
        cls, registration: Sequence[float], qwen: Sequence[float], same: Sequence[bool]
    ) -> Fusion:
        """Fit on pairs of pages: two scores in 0..1 and whether they are the same form."""
        ours = np.array([[logit(p), logit(q)] for p, q in zip(registration, qwen, strict=True)])
        both = _fitted(ours, same)
        single = _fitted(ours[:, 1:], same)
        return cls(both[0], both[1], both[2], single[0], single[1])

    def fused(self, registration: float, qwen: float) -> float:
        """Return the probability of the form from registration's and Qwen's."""
        return _logistic(
            self.intercept + self.registration * logit(registration) + self.qwen * logit(qwen)
        )

    def qwen_alone(self, qwen: float) -> float:
        """Return the probability of the form from Qwen's score alone."""
        return _logistic(self.alone_intercept + self.alone * logit(qwen))


@dataclass(frozen=True, slots=True)
class QwenPageReranker:
    """Scores a page against an exemplar by Qwen3-VL, fused with registration or alone.

    Registration runs in both cases: without its transform no field of the page could be read.
    """

    scores: PairScores
    fused: bool
    order: Order = Order.PAGE_FIRST
    fusion: Fusion = field(default_factory=Fusion)
    registration: RegistrationReranker = field(default_factory=RegistrationReranker)

    @property
    def name(self) -> str:
        """Return the name that a match keeps: who decided, and which page was the query."""
        return f"{'fused' if self.fused else 'qwen'}:{self.order.value}"

    def score(self, page: PageFeatures, reference: PageFeatures, candidate: Candidate) -> Candidate:
        """Return the candidate; what `edition` is, registration says in both cases."""
        laid = self.registration.score(page, reference, candidate)
        form = self.registration.calibration.form(laid.score or 0.0)
        judged = self._judged(picture(page), picture(reference))
        if not self.fused:
            alone = self.fusion.qwen_alone(judged)
            # What does not lie on the template page cannot be read: a person looks at it.
            probability = alone if laid.transform else min(alone, _UNDECIDED)
        elif form > 0:
            probability = self.fusion.fused(form, judged)
        else:
            probability = 0.0  # it does not lie on the template page
        edition = (laid.probability or 0.0) / form if form > 0 else 1.0
        score = self.registration.calibration.score_of(logit(probability))
        return replace(laid, score=score, probability=probability * edition)

    def _judged(self, page: NDArray[np.uint8], exemplar: NDArray[np.uint8]) -> float:
        orders = {
            Order.PAGE_FIRST: [(page, exemplar)],
            Order.EXEMPLAR_FIRST: [(exemplar, page)],
            Order.BOTH: [(page, exemplar), (exemplar, page)],
        }
        scores = self.scores(orders[self.order])
        return _logistic(sum(map(logit, scores)) / len(scores))


@dataclass(frozen=True, slots=True)
class NoReranker:
    """Judges nothing: what is nearest by its vector goes to a person."""

    calibration: Calibration = field(default_factory=Calibration)
    name: str = "off"

    def score(self, page: PageFeatures, reference: PageFeatures, candidate: Candidate) -> Candidate:
        """Return the candidate with its similarity as the only evidence."""
        probability = _UNDECIDED * max(0.0, min(1.0, candidate.similarity))
        return replace(
            candidate, score=self.calibration.score_of(logit(_UNDECIDED)), probability=probability
        )


def choose_reranker(
    choice: RerankerChoice, scores: PairScores | None, order: Order, fusion: Fusion
) -> Reranker:
    """Return the reranker of a choice; `scores` are needed where Qwen3-VL is asked."""
    if choice is RerankerChoice.OFF:
        return NoReranker()
    if choice is RerankerChoice.REGISTRATION:
        return RegistrationReranker()
    if scores is None:
        raise ValueError(f"{choice.value} needs a reranking model")
    return QwenPageReranker(scores, choice is RerankerChoice.FUSED, order, fusion)


def picture(page: PageFeatures) -> NDArray[np.uint8]:
    """Return a page as dark print on white paper, without shadows and grey: (height, width)."""
    return np.asarray(255 - page.ink, np.uint8)


def logit(probability: float) -> float:
    """Return the logarithm of the odds."""
    kept = min(1 - _EDGE, max(_EDGE, probability))
    return log(kept / (1 - kept))


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + exp(-x)) if x >= 0 else exp(x) / (1.0 + exp(x))


def _fitted(logits: NDArray[Any], same: Sequence[bool]) -> list[float]:
    # Weakly regularised: two or three coefficients on hundreds of pairs.
    model = LogisticRegression(C=100.0, max_iter=1000).fit(logits, np.array(same, bool))
    return [float(model.intercept_[0]), *map(float, model.coef_[0])]
