"""Writing that leaves its box stays whole, and a neighbour's tail is left to the neighbour."""

from __future__ import annotations

import numpy as np

from chohyo.domain.geometry import Box
from chohyo.extraction.strokes import Strokes, Window

ABOVE, BELOW = Box(0.1, 0.1, 0.9, 0.3), Box(0.1, 0.32, 0.9, 0.5)


def page(*strokes: tuple[int, int, int, int]) -> np.ndarray:
    fill = np.zeros((200, 200), np.float32)
    for top, bottom, left, right in strokes:
        fill[top:bottom, left:right] = 1.0
    return fill


def count(fill: np.ndarray, number: int) -> int:
    return int(Strokes(fill, [ABOVE, BELOW]).within(number)[1].sum())


def test_a_stroke_that_leaves_its_box_is_taken_whole():
    assert count(page((40, 68, 50, 54)), 0) == 28 * 4
    assert count(page((40, 68, 50, 54)), 1) == 0


def test_the_part_of_a_letter_beside_the_box_comes_along_when_nobody_has_it():
    assert count(page((22, 40, 50, 54), (16, 19, 48, 56)), 0) == 18 * 4 + 3 * 8


def test_a_stroke_far_from_every_box_belongs_to_none():
    assert count(page((150, 180, 50, 54)), 0) == count(page((150, 180, 50, 54)), 1) == 0


def test_the_strokes_of_others_are_masked_in_the_window():
    fill = page((40, 58, 50, 54), (61, 80, 80, 84))
    strokes = Strokes(fill, [ABOVE, BELOW])
    window, mine = strokes.within(0)
    others = strokes.others(window, mine)
    assert isinstance(window, Window)
    assert others.any()
    assert not others[mine].any()


def test_a_value_right_above_an_empty_box_and_in_none_is_found():
    assert count(page((5, 19, 60, 64), (5, 19, 70, 74)), 0) == 2 * 14 * 4


def test_what_goes_on_beyond_the_surroundings_of_an_empty_box_is_none_of_its():
    assert count(page((0, 19, 60, 64)), 0) == 0
    assert count(page((6, 19, 5, 40)), 0) == 0


def test_a_box_with_writing_of_its_own_takes_no_values_beside_it():
    assert count(page((30, 50, 50, 54), (5, 15, 120, 124)), 0) == 20 * 4


def test_a_value_in_another_box_is_not_taken_by_the_empty_one_beside_it():
    assert count(page((66, 80, 60, 64)), 0) == 0
