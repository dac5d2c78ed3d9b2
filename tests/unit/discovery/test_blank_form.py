from __future__ import annotations

import cv2
import numpy as np
import pytest
from membership_form import checkbox_box, draw, rebuilt, value_box

from chohyo.discovery.blank_form import BlankForm, rebuild
from chohyo.domain.geometry import Box, Transform


def _cut(image: np.ndarray, box: Box) -> np.ndarray:
    height, width = image.shape
    inset = 6
    return image[
        round(box.y0 * height) + inset : round(box.y1 * height) - inset,
        round(box.x0 * width) + inset : round(box.x1 * width) - inset,
    ]


@pytest.mark.parametrize("count", [3, 4])
def test_values_that_differ_between_copies_leave_the_blank(count: int) -> None:
    blank = rebuilt(count)
    for row in range(4):
        assert (_cut(blank.image, value_box(row)) < 128).mean() < 0.005


def test_print_survives_as_sharp_as_in_the_original() -> None:
    original = draw(None)
    blank = rebuilt(4)
    printed = original < 100
    assert (blank.image[printed] < 160).mean() > 0.9
    far_from_print = original > 250
    assert (blank.image[far_from_print] < 128).mean() < 0.002


def test_a_mark_in_two_of_three_copies_leaves_the_blank() -> None:
    blank = rebuilt(3)
    box = checkbox_box()
    height, width = blank.image.shape
    middle = blank.image[
        round(box.center[1] * height) - 4 : round(box.center[1] * height) + 4,
        round(box.center[0] * width) - 4 : round(box.center[0] * width) + 4,
    ]
    assert (middle > 200).all()


def test_variation_is_high_where_copies_are_filled_and_low_on_print() -> None:
    blank = rebuilt(4)
    assert _cut(blank.variation, value_box(0)).max() >= 0.25
    assert blank.variation[draw(None) < 80].mean() < 0.02


def test_a_single_copy_gives_a_first_guess_with_its_fill() -> None:
    blank = rebuilt(1)
    assert blank.is_first_guess
    assert (_cut(blank.image, value_box(0)) < 128).any()


def test_a_copy_without_its_transform_is_refused() -> None:
    with pytest.raises(ValueError, match="one transform"):
        rebuild([draw(0), draw(1)], [Transform.identity()], (100, 100))


def test_print_so_pale_that_few_copies_show_it_dark_is_print() -> None:
    copies, letters = _with_words("Return this voucher", [165, 195, 195, 165, 195])
    blank = _rebuilt_from(copies)
    assert (blank.image[letters] < 245).mean() > 0.8
    assert not blank.fills.any()


def test_a_word_that_two_copies_of_five_have_is_fill() -> None:
    copies, letters = _with_words("Return this voucher", [60, 255, 255, 60, 255])
    blank = _rebuilt_from(copies)
    assert (blank.image[letters] > 250).all()
    assert blank.fills.any()


def test_a_few_copies_do_not_tell_pale_print_from_crossing_values() -> None:
    copies, _ = _with_words("Return this voucher", [165, 195, 195, 195])
    assert _rebuilt_from(copies).fills.any()


def _with_words(words: str, levels: list[int]) -> tuple[list[np.ndarray], np.ndarray]:
    """Return sheets with a line that all print black and words at the level of each."""
    letters, line = np.zeros((400, 600), np.uint8), np.zeros((400, 600), np.uint8)
    cv2.putText(letters, words, (60, 250), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 1, 2)
    cv2.putText(line, "State of New Jersey", (60, 120), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 1, 2)
    sheets = []
    for level in levels:
        sheet = np.full((400, 600), 255, np.uint8)
        sheet[letters > 0], sheet[line > 0] = level, 20
        sheets.append(sheet)
    inner = cv2.erode(letters, np.ones((2, 2), np.uint8)) > 0
    return sheets, inner


def _rebuilt_from(copies: list[np.ndarray]) -> BlankForm:
    return rebuild(copies, [Transform.identity()] * len(copies), (600, 400))
