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
