"""A page that shows two forms is given to a person, whichever of them it fits."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import numpy as np
import pytest

from chohyo.discovery.copies import PoolPage
from chohyo.discovery.grouping import group_pages
from chohyo.domain.matches import Candidate, Outcome
from chohyo.matching.decision import decide
from chohyo.matching.features import extract_features
from chohyo.matching.registration import register
from chohyo.matching.rerank import RegistrationReranker, score_candidates
from chohyo.matching.surroundings import MOST_BESIDE, print_beside
from chohyo.profiles import cpu_models
from eval.forms import form_type
from eval.forms.strangers import stranger

LEAVE = form_type("leave").editions[-1]
EXPENSES = form_type("expenses").editions[-1]
DESK = 110
_EMBEDDER = cpu_models().embedders.own


def side_by_side(one, other, *, gap: int = 12, around: int = DESK):
    """Lay two pages on a desk, as a photo of both shows them."""
    height = max(one.shape[0], other.shape[0])
    desk = np.full((height + 2 * gap, one.shape[1] + other.shape[1] + 3 * gap), around, np.uint8)
    desk[gap : gap + one.shape[0], gap : gap + one.shape[1]] = one
    left = 2 * gap + one.shape[1]
    desk[gap : gap + other.shape[0], left : left + other.shape[1]] = other
    return desk


def _decided(image, references):
    candidates = [Candidate(uuid4(), uuid4(), uuid4(), similarity=0.9) for _ in references]
    by_id = dict(zip([c.template_page_id for c in candidates], references, strict=True))
    features = extract_features(image)
    return decide(score_candidates(features, candidates, by_id.get, RegistrationReranker()))


@pytest.mark.parametrize("around", [DESK, 255])
@pytest.mark.parametrize("other", [("expenses", EXPENSES), ("leave", LEAVE)])
def test_two_forms_on_one_photo_are_never_routed_to_one_of_them(
    filled, blank, other, around
) -> None:
    one, _ = filled("leave", LEAVE, 5, "light")
    two, _ = filled(*other, 6, "light")
    both = side_by_side(one.image, two.image, around=around)
    decision = _decided(both, [blank("leave", LEAVE), blank(*other)])
    assert decision.outcome is not Outcome.ROUTED
    if decision.outcome is Outcome.REVIEW:
        assert decision.reason == "print-beside"
    alone = _decided(one.image, [blank("leave", LEAVE), blank(*other)])
    assert alone.outcome is Outcome.ROUTED or other[0] == "leave"


@pytest.mark.parametrize("kind", ["light", "scan", "fax", "photo"])
def test_a_page_of_one_form_has_nothing_beside_it(filled, blank, kind: str) -> None:
    for seed in range(3):
        _, page = filled("expenses", EXPENSES, seed, kind)
        laid = register(page, blank("expenses", EXPENSES))
        assert laid is not None
        assert print_beside(page, laid.transform) < MOST_BESIDE / 4


def test_a_photo_of_two_forms_joins_no_group_of_one(filled) -> None:
    singles = [filled("leave", LEAVE, seed, "light")[0].image for seed in range(4)]
    other, _ = filled("expenses", EXPENSES, 1, "light")
    pile = {f"single {n}": image for n, image in enumerate(singles)}
    pile["two forms"] = side_by_side(singles[0], other.image)
    (group,) = group_pages([_pool_page(key, image) for key, image in pile.items()])
    assert group.keys == tuple(f"single {n}" for n in range(4))


def test_a_pool_without_structure_gives_no_template() -> None:
    """Letters and notices, a photo, noise and an empty sheet: no two are the same print."""
    rng = np.random.default_rng(3)
    smooth = np.kron(rng.integers(40, 220, (20, 14)), np.ones((50, 50))).astype(np.uint8)
    pile = {f"stranger {n}": stranger(n, dpi=100) for n in range(9)}
    pile |= {
        "photo": smooth,
        "noise": rng.integers(0, 255, (1000, 700)).astype(np.uint8),
        "other noise": rng.integers(0, 255, (1000, 700)).astype(np.uint8),
        "blank": np.full((1000, 700), 250, np.uint8),
        "other blank": np.full((1000, 700), 251, np.uint8),
    }
    assert group_pages([_pool_page(key, image) for key, image in pile.items()]) == []


def _pool_page(key: str, image) -> PoolPage:
    return PoolPage(key, _EMBEDDER.embed([image])[0], partial(extract_features, image))
