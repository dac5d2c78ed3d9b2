"""Writing that leaves its box stays whole, and a neighbour's tail is left to the neighbour."""

from __future__ import annotations

import numpy as np

from chohyo.domain.geometry import Box
from chohyo.extraction.lines import text_lines
from chohyo.extraction.print_lines import FormPrint
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


def test_letters_that_go_on_beyond_a_box_come_along_when_nobody_has_them():
    line = [(30, 46, left, left + 8) for left in (160, 172, 184)]
    window, mine = Strokes(page(*line), [ABOVE, BELOW]).within(0)
    assert mine.sum() == 3 * 16 * 8
    assert window.right > 192


def test_letters_before_a_box_are_print_when_its_writing_leaves_room_behind():
    before = (30, 46, 6, 14)
    filled = [(30, 46, left, left + 8) for left in range(18, 178, 12)]
    assert Strokes(page(before, *filled), [ABOVE]).within(0)[1].sum() == 15 * 16 * 8
    assert Strokes(page(before, filled[0]), [ABOVE]).within(0)[1].sum() == 16 * 8


def test_short_strokes_on_a_rule_that_part_a_line_are_no_writing():
    form = np.zeros((200, 200), np.bool_)
    form[56:58, 20:180] = True
    ticks = [(42, 54, left, left + 3) for left in (40, 70, 100)]
    printed = FormPrint.of(form)
    assert not Strokes(page(*ticks), [ABOVE], printed).within(0)[1].any()
    one = (26, 54, 80, 84)
    assert Strokes(page(*ticks, one), [ABOVE], printed).within(0)[1].any()
    assert Strokes(page(*ticks), [ABOVE]).within(0)[1].any()


def test_letters_beyond_a_box_stay_where_another_box_has_them_or_print_parts_them():
    line = page((30, 46, 160, 168), (30, 46, 184, 192))
    beside = Box(0.9, 0.1, 1.0, 0.3)
    assert Strokes(line, [ABOVE, beside]).within(0)[1].sum() == 16 * 8
    rule = np.zeros(line.shape, np.bool_)
    rule[10:60, 180] = True
    assert Strokes(line, [ABOVE], FormPrint.of(rule)).within(0)[1].sum() == 16 * 8


def test_a_letter_of_the_forms_own_line_is_no_value_of_the_box_below_it():
    lost = page((5, 19, 60, 74))
    form = np.zeros(lost.shape, np.bool_)
    form[5:19, 40:54] = form[5:19, 80:94] = True
    assert count(lost, 0) > 0
    assert Strokes(lost, [ABOVE, BELOW], FormPrint.of(form)).within(0)[1].sum() == 0


def test_the_nearest_ink_in_the_line_of_a_value_is_measured_in_its_height():
    cut = page((30, 46, 60, 80), (30, 46, 84, 100), (120, 130, 60, 80))
    strokes = Strokes(cut, [Box(0.3, 0.1, 0.41, 0.3), Box(0.42, 0.1, 0.6, 0.3)])
    before, behind = strokes.nearest(*strokes.within(0))
    assert (before, behind) == (np.inf, 4 / 16)


def test_a_line_that_is_paler_in_what_is_shown_is_cut_where_it_is_written():
    fill = np.zeros((60, 200), np.float32)
    fill[20:40, 50:90] = 0.6
    pale = 0.3 * fill
    (line,) = text_lines(fill, pale, pale)
    assert line.shape[1] >= 40
