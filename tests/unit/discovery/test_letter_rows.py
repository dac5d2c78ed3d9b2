"""Rows of boxes for one letter each, some of them left out."""

from __future__ import annotations

import numpy as np

from chohyo.discovery.letter_rows import letter_squares, missing_boxes
from chohyo.discovery.pixel_box import PixelBox

WIDEST = 60.0


def _form(count: int = 8) -> tuple[list[PixelBox], np.ndarray]:
    """Print frames of 40 × 50 pixels in a row, 48 from one to the next."""
    ink = np.zeros((400, 900), np.bool_)
    boxes = [PixelBox(100 + 48 * n, 100, 140 + 48 * n, 150) for n in range(count)]
    for box in boxes:
        ink[box.y0 - 5 : box.y1 + 5, box.x0 - 5 : box.x1 + 5] = True
        ink[box.y0 : box.y1, box.x0 : box.x1] = False
    return boxes, ink


def test_boxes_that_no_copy_fills_are_found_between_and_beside_those_that_some_do() -> None:
    boxes, ink = _form()
    written = [box for n, box in enumerate(boxes) if n not in (0, 3, 4, 7)]
    found = missing_boxes(written, ink, WIDEST)
    assert sorted(found) == [boxes[n] for n in (0, 3, 4, 7)]


def test_a_digit_that_seems_printed_does_not_hide_its_box() -> None:
    boxes, ink = _form()
    ink[110:140, boxes[3].x0 + 15 : boxes[3].x1 - 15] = True
    assert missing_boxes([*boxes[:3], *boxes[4:]], ink, WIDEST) == [boxes[3]]


def test_writing_a_step_apart_without_frames_lacks_nothing() -> None:
    boxes, ink = _form()
    assert not missing_boxes([*boxes[:3], *boxes[4:]], np.zeros_like(ink), WIDEST)


def test_a_place_with_other_print_around_is_no_box() -> None:
    boxes, ink = _form()
    ink[95:155, boxes[5].x0 - 4 :] = False
    ink[120:130, boxes[5].x0 :] = True
    assert not missing_boxes(boxes[:5], ink, WIDEST)


def test_boxes_that_are_wider_than_a_letter_s_are_no_row() -> None:
    boxes, ink = _form()
    assert not missing_boxes([*boxes[:3], *boxes[4:]], ink, 30.0)


def test_rules_over_and_under_writing_are_no_boxes() -> None:
    boxes, ink = _form()
    rules = np.zeros_like(ink)
    rules[95:98] = rules[152:155] = True
    assert not missing_boxes([*boxes[:3], *boxes[4:]], rules, WIDEST)


def test_squares_that_touch_are_for_letters_and_those_apart_are_to_tick() -> None:
    touching = [PixelBox(100 + 42 * n, 100, 140 + 42 * n, 140) for n in range(4)]
    apart = [PixelBox(100 + 52 * n, 200, 140 + 52 * n, 240) for n in range(4)]
    pair = [PixelBox(400 + 42 * n, 100, 440 + 42 * n, 140) for n in range(2)]
    assert sorted(letter_squares([*apart, *touching, *pair], [], WIDEST)) == touching


def test_a_square_in_a_row_with_ruled_cells_is_for_a_letter() -> None:
    square = PixelBox(100, 100, 138, 138)
    cells = [PixelBox(146 + 46 * n, 102, 182 + 46 * n, 136) for n in range(3)]
    assert letter_squares([square], cells, WIDEST) == [square]
    assert not letter_squares([square], cells[:1], WIDEST)
