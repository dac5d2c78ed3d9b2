"""Ticks and rings are told by ink, against the print around them and against their siblings."""

from __future__ import annotations

import cv2
import numpy as np

from chohyo.domain.geometry import Box
from chohyo.extraction.marks import (
    MarkedInk,
    circled,
    over_print,
    stands_out,
    tick_shares,
    ticked,
)

SIZE = (600, 800)


def ink() -> np.ndarray:
    return np.zeros(SIZE, np.float32)


def marked(fill: np.ndarray, marks: np.ndarray, form: np.ndarray | None = None) -> MarkedInk:
    printed = ink() if form is None else form
    return MarkedInk(fill, marks, np.maximum(printed, np.maximum(fill, marks)), printed > 0.3)


def box(x: int, y: int, width: int, height: int) -> Box:
    return Box(x / 800, y / 600, (x + width) / 800, (y + height) / 600)


def test_a_ring_around_a_word_is_found_though_the_word_is_missing_on_the_blank_form():
    words = np.zeros(SIZE, np.uint8)
    for x in (100, 300):
        cv2.putText(words, "YES", (x, 200), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 1, 2)
    page = words.astype(np.float32)
    cv2.ellipse(page, (126, 192), (42, 22), 0, 0, 360, 1.0, 2)
    marks = circled(page, [box(84, 170, 84, 44), box(284, 170, 84, 44)])
    assert [is_set for is_set, _ in marks] == [True, False]
    assert all(sure > 0.6 for _, sure in marks)


def test_a_ring_drawn_askew_is_found():
    page = ink()
    cv2.ellipse(page, (130, 194), (44, 20), 4, 0, 360, 1.0, 2)
    assert circled(page, [box(84, 170, 84, 44)])[0][0]


def test_swollen_print_is_no_tick_when_all_boxes_have_it():
    boxes = [box(60 + 60 * i, 100, 20, 20) for i in range(8)]
    marks = ink()
    for i in range(8):
        marks[100:102, 60 + 60 * i : 80 + 60 * i] = 1.0
    cv2.line(marks, (60, 119), (79, 101), 1.0, 2)
    found = [ticked(share)[0] for share in tick_shares(marked(ink(), marks), boxes)]
    assert found == [True] + [False] * 7


def test_a_mark_clear_of_the_print_counts_alone():
    fill = ink()
    cv2.line(fill, (64, 104), (76, 116), 1.0, 2)
    (share,) = tick_shares(marked(fill, fill), [box(60, 100, 20, 20)])
    assert ticked(share)[0]


def test_one_option_stands_out_only_beside_untouched_ones():
    assert stands_out([0.0, 0.3, 0.01])
    assert not stands_out([0.2, 0.3, 0.01])
    assert not stands_out([0.0, 0.1])
    assert not stands_out([])


def square() -> np.ndarray:
    drawn = ink()
    cv2.rectangle(drawn, (60, 100), (90, 130), 1.0, 2)
    return drawn


def test_a_square_that_the_blank_form_lacks_is_no_tick():
    (share,) = tick_shares(marked(square(), square()), [box(58, 98, 36, 36)])
    assert not ticked(share)[0]


def test_a_tick_in_a_square_that_the_blank_form_lacks_is_found():
    drawn = square()
    cv2.line(drawn, (64, 104), (86, 126), 1.0, 2)
    (share,) = tick_shares(marked(drawn, drawn), [box(58, 98, 36, 36)])
    assert ticked(share)[0]


def beside(*ends: tuple[int, int]) -> MarkedInk:
    """Draw a stroke at a square; near the sides of the square it is taken for print."""
    stroke, form = ink(), square()
    cv2.line(stroke, *ends, 1.0, 3)
    frame = cv2.dilate(form, np.ones((9, 9), np.uint8)) > 0
    return marked(np.where(frame, 0.0, stroke).astype(np.float32), stroke, form)


def test_a_stroke_that_comes_from_far_and_runs_through_a_corner_is_a_tick():
    (share,) = tick_shares(beside((20, 122), (96, 94)), [box(58, 98, 36, 36)])
    assert ticked(share)[0]


def test_a_stroke_that_ends_at_the_side_of_a_square_is_no_tick():
    (share,) = tick_shares(beside((20, 122), (58, 108)), [box(58, 98, 36, 36)])
    assert not ticked(share)[0]


def test_a_word_that_the_blank_form_lacks_is_no_mark_and_a_stroke_over_a_word_is():
    letters, stroke = np.zeros(SIZE, np.uint8), ink()
    cv2.putText(letters, "YES", (100, 200), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 1, 2)
    word = letters.astype(np.float32)
    cv2.line(stroke, (98, 204), (156, 180), 1.0, 2)
    place = box(94, 176, 68, 32)
    assert not over_print(marked(word, word), place)
    assert over_print(marked(stroke, stroke, word), place)
