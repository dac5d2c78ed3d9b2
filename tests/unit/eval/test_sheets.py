"""Generated forms at the size of a scan."""

from __future__ import annotations

import numpy as np
import pytest

from chohyo.matching.features import extract_features
from chohyo.matching.registration import register
from chohyo.pages.images import shrunk
from eval.metrics.times import quantile_of
from eval.speed.sheets import Sheets


def _features(image):
    return extract_features(shrunk(image, 1000))


def test_the_same_numbers_give_the_same_page():
    sheets, again = Sheets(3), Sheets(3)
    page = sheets.copy(4, 1, "scan")

    assert max(page.shape) == 1600
    assert np.array_equal(again.copy(4, 1, "scan"), page)
    assert not np.array_equal(again.copy(4, 2, "scan"), page)


def test_a_copy_lies_on_its_form_and_on_no_form_of_another_issuer():
    sheets = Sheets(3)
    page = _features(sheets.copy(6, 1, "light"))

    assert register(page, _features(sheets.blank(6))) is not None
    assert register(page, _features(sheets.blank(22))) is None


def test_a_quantile_is_of_the_pages_in_focus():
    p95 = quantile_of([1.0, 2.0, 3.0, 100.0], 0.95)
    rows = np.arange(4)

    assert p95(rows, np.array([True, True, True, False])) == pytest.approx(2.9)
    assert p95(rows, np.zeros(4, np.bool_)) is None
