"""The endless made-up forms that the layout encoder learns from."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from chohyo.models.layout_encoder import page_ink
from eval.layouts.drawing import HEIGHT, WIDTH, draw_print
from eval.layouts.stream import PER_ISSUER, LayoutStream


def test_the_same_seed_gives_the_same_forms_and_copies():
    first, second = (LayoutStream(seed=3) for _ in "ab")

    assert [first.layout(n) for n in range(6)] == [second.layout(n) for n in range(6)]
    assert np.array_equal(first.copy(4, Random(1)), second.copy(4, Random(1)))


def test_another_seed_gives_other_forms():
    assert LayoutStream(seed=3).layout(0) != LayoutStream(seed=4).layout(0)


def test_a_form_does_not_depend_on_those_drawn_before_it():
    fresh, used = LayoutStream(seed=3), LayoutStream(seed=3)
    for number in range(10):
        used.copy(number, Random(number))

    assert np.array_equal(fresh.copy(10, Random(7)), used.copy(10, Random(7)))


def test_editions_share_most_of_their_print_and_not_all():
    stream = LayoutStream(seed=5)
    alike = []
    for number in range(0, 60, 2):
        form, edition = (draw_print(stream.layout(n)) for n in (number, number + 1))
        assert not np.array_equal(form, edition)
        alike.append(_overlap(form, edition))

    other = [_overlap(*(draw_print(stream.layout(n)) for n in (k, k + 2))) for k in range(0, 60, 2)]
    assert np.median(alike) > 0.4
    assert np.max(other) < 0.3


def test_forms_of_one_issuer_share_its_format_and_language():
    stream = LayoutStream(seed=6)
    for first in range(0, 5 * PER_ISSUER, PER_ISSUER):
        forms = [stream.layout(first + k) for k in range(PER_ISSUER)]
        assert len({(form.width, form.height, form.language) for form in forms}) == 1


def test_forms_are_of_all_sorts():
    forms = [LayoutStream(seed=7).layout(number) for number in range(0, 400, 2)]

    assert {form.language for form in forms} == {"en", "ja"}
    assert 0.05 < np.mean([form.width > form.height for form in forms]) < 0.4
    assert {item.kind for form in forms for item in form.items} >= {
        "rule", "shade", "words", "stacked", "barcode", "logo", "entry", "tick", "comb", "note",
    }  # fmt: skip
    ink = [float(draw_print(form).mean()) for form in forms[:60]]
    assert np.percentile(ink, 90) > 2 * np.percentile(ink, 10)


@pytest.mark.parametrize("number", range(12))
def test_copies_of_a_form_are_pages_with_print_and_never_the_same(number):
    stream, rng = LayoutStream(seed=8), Random(number)
    first, second = (stream.copy(number, rng) for _ in "ab")

    assert first.shape == second.shape == (HEIGHT, WIDTH)
    assert first.dtype == np.uint8
    assert not np.array_equal(first, second)
    assert page_ink(first).any()


def _overlap(one: np.ndarray, other: np.ndarray) -> float:
    """Return which share of the ink of either page lies where the other has some too."""
    both, either = np.minimum(one, other).sum(), np.maximum(one, other).sum()
    return float(both) / max(1.0, float(either))
