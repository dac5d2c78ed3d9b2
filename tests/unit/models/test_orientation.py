"""Drawn forms are turned by quarters, and righted again by the real networks."""

from collections.abc import Callable

import numpy as np
import pytest

from chohyo.models.ocr import RapidTextRecognizer
from chohyo.models.orientation import LineOrientation
from eval.forms.catalogue import form_type
from eval.forms.filling import fill_page

Turn = Callable[[np.ndarray], int]


@pytest.fixture(scope="module")
def turn() -> Turn:
    return LineOrientation(RapidTextRecognizer()).turn


def _scan(type_id: str, kind: str = "scan", seed: int = 3) -> np.ndarray:
    form = form_type(type_id)
    return fill_page(form, form.editions[-1], 1, seed, mix={kind: 1.0}).image


def _laid(page: np.ndarray, degrees: int) -> np.ndarray:
    """Turn a page clockwise."""
    return np.ascontiguousarray(np.rot90(page, -degrees // 90))


@pytest.mark.parametrize("type_id", ["invoice", "travel-expense"])
@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_scan_that_lies_or_stands_on_its_head_is_righted(turn, type_id, degrees):
    assert turn(_laid(_scan(type_id), degrees)) == 360 - degrees


@pytest.mark.parametrize("kind", ["fax", "photo"])
def test_print_that_came_through_a_fax_or_a_telephone_is_enough(turn, kind):
    assert turn(_laid(_scan("leave", kind), 180)) == 180


@pytest.mark.parametrize("type_id", ["invoice", "travel-expense", "attendance", "resignation"])
def test_an_upright_scan_stays_as_it_is_also_when_it_is_written_downwards(turn, type_id):
    assert turn(_scan(type_id)) == 0


def test_a_page_written_downwards_is_put_on_its_feet(turn):
    assert turn(_laid(_scan("resignation"), 180)) == 180


def test_a_page_in_colour_is_righted_too(turn):
    page = np.repeat(_laid(_scan("invoice"), 180)[..., np.newaxis], 3, axis=2)
    assert turn(page) == 180


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3, 3000), (700, 500)])
def test_a_page_without_print_stays_as_it_is(turn, shape):
    assert turn(np.full(shape, 255, np.uint8)) == 0


def test_noise_is_no_print(turn):
    noise = np.random.default_rng(1).integers(0, 255, (700, 500), dtype=np.uint8)
    assert turn(noise) == 0
