"""Fit what registration and Qwen3-VL say together, on pairs of a corpus's pages."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

import numpy as np
from sklearn.metrics import roc_auc_score

from chohyo.domain.matches import Candidate
from chohyo.errors import InvalidInputError
from chohyo.matching.calibration import Calibration
from chohyo.matching.features import extract_features
from chohyo.matching.fusion import Fusion, PairScores, picture
from chohyo.matching.rerank import RegistrationReranker
from chohyo.pages.images import decode_grey
from eval.corpus import CorpusPage, by_kin, by_layout, read_corpus, sample_pages
from eval.progress import Track
from eval.results import Json

_FEWEST = 4  # pairs of each kind that a fit needs


@dataclass(frozen=True, slots=True)
class Judged:
    """Two pages, what both rerankers say of them in 0..1, and whether they are one form."""

    kin_id: str
    registration: float
    qwen: float
    same: bool


def fit_fusion(
    corpus: Path, scores: PairScores, *, limit: int | None, seed: int, track: Track
) -> Json:
    """Return coefficients fitted on half of the families, and how well they part the other half.

    Each page is paired with a copy of its layout, as a query is with its exemplar, and with a page
    of another family.

    Raises:
        InvalidInputError: the corpus has too few pages for that.
    """
    pages = sample_pages(read_corpus(corpus), limit, seed)
    drawn = random.Random(seed)
    layouts = by_layout(pages)
    pairs = [pair for page in pages for pair in _pairs(page, layouts[page.layout_id], pages, drawn)]
    families = sorted(by_kin(pages))
    drawn.shuffle(families)
    fitted_on = set(families[: (len(families) + 1) // 2])
    for half in (fitted_on, set(families) - fitted_on):
        same = [_is_same(*pair) for pair in pairs if pair[0].kin_id in half]
        if min(sum(same), len(same) - sum(same)) < _FEWEST:
            raise InvalidInputError(field="corpus", reason="has too few pages")
    judged = [_judged(*pair, scores) for pair in track(pairs, "Scoring pairs")]
    fitted = [each for each in judged if each.kin_id in fitted_on]
    held_out = [each for each in judged if each.kin_id not in fitted_on]
    fusion = Fusion.fit(*_columns(fitted))
    return {
        "evaluation": "fusion", "corpus": str(corpus.resolve()), "seed": seed, "limit": limit,
        "fusion": asdict(fusion),
        "fitted_pairs": len(fitted), "held_out_pairs": len(held_out),
        "held_out_auroc": _auroc(held_out, fusion),
    }  # fmt: skip


def _pairs(
    page: CorpusPage,
    layout: Sequence[CorpusPage],
    pages: Sequence[CorpusPage],
    drawn: random.Random,
) -> list[tuple[CorpusPage, CorpusPage]]:
    copies = [each for each in layout if each is not page]
    others = [each for each in pages if each.kin_id != page.kin_id]
    return [(page, drawn.choice(found)) for found in (copies, others) if found]


def _judged(page: CorpusPage, exemplar: CorpusPage, scores: PairScores) -> Judged:
    ours, theirs = (extract_features(decode_grey(p.path.read_bytes())) for p in (page, exemplar))
    nobody = Candidate(uuid4(), uuid4(), uuid4(), similarity=0.0)
    laid = RegistrationReranker().score(ours, theirs, nobody)
    (said,) = scores([(picture(ours), picture(theirs))])
    form = Calibration().form(laid.score or 0.0)
    return Judged(page.kin_id, form, said, _is_same(page, exemplar))


def _is_same(page: CorpusPage, exemplar: CorpusPage) -> bool:
    return page.layout_id == exemplar.layout_id


def _columns(judged: Sequence[Judged]) -> tuple[list[float], list[float], list[bool]]:
    return (
        [each.registration for each in judged],
        [each.qwen for each in judged],
        [each.same for each in judged],
    )


def _auroc(judged: Sequence[Judged], fusion: Fusion) -> dict[str, float]:
    registration, qwen, same = _columns(judged)
    fused = [fusion.fused(p, q) for p, q in zip(registration, qwen, strict=True)]
    said = {"registration": registration, "qwen": qwen, "fused": fused}
    return {name: float(roc_auc_score(np.array(same), values)) for name, values in said.items()}
