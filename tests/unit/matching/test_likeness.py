"""Drawn forms, filled and worn, against blank forms: their own, and those of others."""

from uuid import uuid4

import numpy as np
import pytest

from chohyo.domain.matches import Candidate
from chohyo.matching.features import extract_features
from chohyo.matching.rerank import RegistrationReranker
from chohyo.pages.images import shrunk
from eval.forms.catalogue import form_type
from eval.forms.filling import fill_page, render_template


def _scored(page: np.ndarray, type_id: str) -> Candidate:
    blank = render_template(type_id, form_type(type_id).editions[-1])
    found = (extract_features(shrunk(image, 1000)) for image in (page, blank))
    return RegistrationReranker().score(*found, Candidate(uuid4(), uuid4(), uuid4(), 0.5))


def _worn(type_id: str, kind: str, seed: int) -> np.ndarray:
    form = form_type(type_id)
    return fill_page(form, form.editions[-1], 1, seed, mix={kind: 1.0}).image


@pytest.mark.parametrize("kind", ["scan", "fax", "photo"])
@pytest.mark.parametrize("type_id", ["leave", "vehicle"])
def test_a_worn_copy_is_its_form_however_little_of_its_print_agrees(type_id, kind):
    found = _scored(_worn(type_id, kind, 5), type_id)
    assert found.probability > 0.9
    assert found.agreement < found.score


@pytest.mark.parametrize("other", ["enrolment", "attendance", "direct-debit", "intake"])
def test_a_copy_is_no_other_form(other):
    assert _scored(_worn("leave", "scan", 5), other).probability < 0.5
