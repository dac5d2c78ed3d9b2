"""Cells of a comb: which are to write in, and how high and wide."""

from __future__ import annotations

import cv2
import numpy as np

from chohyo.discovery.comb_cells import evened, writable
from chohyo.discovery.pixel_box import PixelBox

WIDEST = 50.0
ROW = [PixelBox(100 + 42 * n, 100, 140 + 42 * n, 180) for n in range(6)]


def _printed(words: dict[int, tuple[str, int, float]]) -> np.ndarray:
    """Print words into cells by number, at a height below the cell's top, in a size."""
    text = np.zeros((300, 500), np.uint8)
    for number, (word, down, size) in words.items():
        at = (ROW[number].x0 + 5, ROW[number].y0 + down)
        cv2.putText(text, word, at, cv2.FONT_HERSHEY_SIMPLEX, size, 1, 1)
    return text > 0


def test_a_cell_with_the_era_before_a_date_is_none_of_its_letters() -> None:
    assert writable(ROW, _printed({0: ("9 R E", 45, 0.35)})) == ROW[1:]


def test_what_is_left_of_a_digit_takes_no_cell_from_its_comb() -> None:
    assert writable(ROW, _printed({0: ("3", 60, 1.2)})) == ROW


def test_letters_stand_below_titles_that_two_cells_have_at_their_top() -> None:
    low = writable(ROW, _printed({1: ("Y", 16, 0.4), 3: ("M", 16, 0.4)}))
    assert {cell.y0 for cell in low} == {low[0].y0}
    assert low[0].y0 > ROW[0].y0 + 12


def test_print_at_the_top_of_one_cell_alone_is_left_of_a_digit() -> None:
    assert writable(ROW, _printed({5: ("T", 16, 0.4)})) == ROW


def test_boxes_of_a_row_are_as_high_and_wide_as_most() -> None:
    uneven = [box._replace(y0=80 if n in (1, 4) else 100) for n, box in enumerate(ROW)]
    uneven[0] = uneven[0]._replace(x0=76)
    assert evened(uneven, WIDEST) == ROW


def test_boxes_that_stand_apart_keep_their_room() -> None:
    apart = [PixelBox(100 + 90 * n, 100 - 20 * n, 140 + 90 * n, 180) for n in range(4)]
    assert evened(apart, WIDEST) == apart
