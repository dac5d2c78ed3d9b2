"""Cells divided by dashed lines."""

from __future__ import annotations

import numpy as np

from chohyo.discovery.comb_cells import writable
from chohyo.discovery.dashed_combs import divided
from chohyo.discovery.pixel_box import PixelBox

CELL = PixelBox(100, 50, 380, 90)


def _print(*columns: int) -> np.ndarray:
    ink = np.zeros((200, 500), np.bool_)
    for column in columns:
        for top in range(50, 90, 6):
            ink[top : top + 3, column : column + 2] = True
    return ink


def test_even_dashed_lines_make_boxes_of_a_cell() -> None:
    boxes = divided([CELL], _print(139, 179, 219, 259, 299, 339))
    assert len(boxes) == 7
    assert all(abs(box.width - 39) <= 2 for box in boxes)


def test_a_dashed_line_that_the_blank_form_lost_is_put_back() -> None:
    boxes = divided([CELL], _print(139, 179, 259, 299, 339))
    assert len(boxes) == 7
    assert max(box.width for box in boxes) - min(box.width for box in boxes) <= 3


def test_letters_and_uneven_lines_divide_nothing() -> None:
    ink = _print(150, 330)
    ink[60:75, 200:203] = True
    assert divided([CELL], ink) == [CELL]


def test_what_is_printed_at_the_tops_of_letter_cells_is_no_room_to_write() -> None:
    text = np.zeros((200, 400), np.bool_)
    row = [PixelBox(20 + 40 * n, 50, 58 + 40 * n, 130) for n in range(6)]
    text[56:74, 75:90] = text[56:74, 155:170] = True
    assert {(cell.y0, cell.y1) for cell in writable(row, text)} == {(74, 130)}
    text[:] = False
    assert writable(row, text) == row


def test_a_cell_that_print_fills_is_no_letter_cell() -> None:
    text = np.zeros((200, 400), np.bool_)
    row = [PixelBox(20 + 40 * n, 50, 58 + 40 * n, 130) for n in range(6)]
    text[55:125, 25:50] = True
    assert writable(row, text) == row[1:]


def test_a_stroke_in_the_middle_of_a_small_cell_makes_two_boxes_of_it() -> None:
    cell = PixelBox(100, 50, 162, 80)
    ink = np.zeros((200, 500), np.bool_)
    ink[60:80, 130:132] = True
    assert [box.width for box in divided([cell], ink)] == [30, 30]
    ink[60:80, 140:142] = True
    assert divided([cell], ink) == [cell]
    ink[:] = False
    ink[60:80, 118:120] = True
    assert divided([cell], ink) == [cell]
