"""Empty paper is told from pages with little on them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from chohyo.pages.blankness import is_blank
from eval.degradation import degrade
from eval.forms import FORM_TYPES, render_template


def paper() -> np.ndarray:
    return np.full((1000, 707), 250, np.uint8)


def scanned(page: np.ndarray, kind: str, seed: int) -> np.ndarray:
    return degrade(page, kind, np.random.default_rng(seed)).image


@pytest.mark.parametrize("kind", ["clean", "light", "scan", "fax", "photo"])
def test_an_empty_sheet_is_blank_however_it_was_scanned(kind):
    assert all(is_blank(scanned(paper(), kind, seed)) for seed in range(8))


def test_what_shines_through_from_the_back_does_not_count():
    page = paper()
    back = cv2.resize(render_template("leave", "2024", dpi=90)[:, ::-1], (707, 1000))
    faint = np.minimum(page, 215 + back // 7).astype(np.uint8)
    assert is_blank(cv2.GaussianBlur(faint, (0, 0), 2))


def test_the_edge_of_the_paper_and_the_shadow_of_the_lid_do_not_count():
    page = paper()
    page[:, :14] = 60
    page[:9] = 90
    assert is_blank(page)


@pytest.mark.parametrize("kind", ["light", "scan", "fax", "photo"])
@pytest.mark.parametrize("text", ["Approved", "12"])
def test_one_word_makes_a_page(kind, text):
    page = paper()
    cv2.putText(page, text, (300, 400), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (20,), 2)
    assert not any(is_blank(scanned(page, kind, seed)) for seed in range(4))


@pytest.mark.parametrize("type_id", sorted(FORM_TYPES))
def test_no_blank_form_is_a_blank_page(type_id):
    form = FORM_TYPES[type_id]
    for number in range(1, len(form.pages) + 1):
        image = render_template(type_id, form.editions[0], number, dpi=86)
        assert not is_blank(image)
