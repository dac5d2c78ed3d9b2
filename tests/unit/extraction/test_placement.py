"""Whether a page lies on its form is told by where its print is, not by how much is left of it."""

import numpy as np
import pytest

from chohyo.extraction.placement import lies_in_place
from eval.forms.catalogue import form_type
from eval.forms.filling import render_template


@pytest.fixture(scope="module")
def blank_print() -> np.ndarray:
    form = form_type("leave")
    return render_template("leave", form.editions[-1]) < 128


def _faded(print_mask: np.ndarray, left: float) -> np.ndarray:
    """Return ink that shows a share of the print, and dirt."""
    rng = np.random.default_rng(1)
    shown = print_mask & (rng.random(print_mask.shape) < left)
    return (shown | (rng.random(print_mask.shape) < 0.01)).astype(np.float32)


@pytest.mark.parametrize("left", [1.0, 0.6, 0.25])
def test_a_page_lies_in_place_however_faint_it_is(blank_print, left):
    assert lies_in_place(_faded(blank_print, left), blank_print)


@pytest.mark.parametrize("shift", [(25, 0), (-20, 30), (12, 12)])
def test_a_page_that_is_shifted_does_not(blank_print, shift):
    moved = np.roll(_faded(blank_print, 0.9), shift, (0, 1))
    assert not lies_in_place(moved, blank_print)


def test_a_page_of_which_a_third_is_bent_away_does_not(blank_print):
    ink = _faded(blank_print, 0.5)
    third = ink.shape[0] // 3
    ink[:third] = np.roll(ink[:third], (20, 20), (0, 1))
    assert not lies_in_place(ink, blank_print)


def test_a_form_without_print_cannot_be_missed():
    blank = np.zeros((50, 40), np.bool_)
    assert lies_in_place(np.zeros((50, 40), np.float32), blank)
