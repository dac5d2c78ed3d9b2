"""Lines that dirt on a fax's sensor draws are found, and rules and gaps of a form are not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from chohyo.matching.streaks import streaks

_HEIGHT, _WIDTH = 1600, 1130


@pytest.fixture
def sheet() -> np.ndarray:
    """Give the ink of a form with text, rules, and a double rule from top to bottom."""
    ink = np.zeros((_HEIGHT, _WIDTH), np.uint8)
    for row in range(28):
        y = 90 + 52 * row
        cv2.putText(ink, "Amount due " * 5, (60, y), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 255, 2)
        cv2.line(ink, (50, y + 14), (1060, y + 14), 255, 2)
    for x in (900, 906):
        cv2.line(ink, (x, 60), (x, 1540), 255, 2)
    return ink


def test_a_form_without_streaks_has_none(sheet):
    assert list(streaks(sheet)) == []


@pytest.mark.parametrize("width", [1, 2, 4])
def test_a_white_line_that_cuts_all_on_its_way_is_a_streak(sheet, width):
    sheet[:, 300 : 300 + width] = 0

    found = streaks(sheet)

    assert found
    assert all(300 <= left * _WIDTH < right * _WIDTH <= 300.5 + width for left, right in found)


def test_a_line_that_spares_half_of_the_page_is_none(sheet):
    sheet[: _HEIGHT // 2, 300:302] = 0

    assert list(streaks(sheet)) == []


def test_a_black_line_from_edge_to_edge_is_a_streak_and_the_dark_of_a_lid_none(sheet):
    sheet[:, 470:472] = 255
    sheet[:, :20] = 255

    ((left, right),) = streaks(sheet)

    assert (round(left * _WIDTH), round(right * _WIDTH)) == (470, 472)


def test_an_empty_page_has_none():
    assert list(streaks(np.zeros((_HEIGHT, _WIDTH), np.uint8))) == []
    assert list(streaks(np.zeros((30, 8), np.uint8))) == []
