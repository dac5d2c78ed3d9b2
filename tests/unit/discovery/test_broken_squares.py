"""Boxes to tick that lost a side, told from letters."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from chohyo.discovery.broken_squares import broken_squares
from chohyo.discovery.pixel_box import PixelBox

SHAPE = (2200, 1700)
SIZE = 24
SIDES = ("lrb", "tlr", "lrb", "tlb")


def _drawn(*boxes: tuple[int, int, str]) -> np.ndarray:
    """Draw the named sides (t, b, l, r) of squares at places."""
    page = np.zeros(SHAPE, np.uint8)
    for x, y, sides in boxes:
        x1, y1 = x + SIZE - 1, y + SIZE - 1
        ends = {"t": (x, y, x1, y), "b": (x, y1, x1, y1), "l": (x, y, x, y1), "r": (x1, y, x1, y1)}
        for side in sides:
            a, b, c, d = ends[side]
            cv2.line(page, (a, b), (c, d), 1, 2)
    return page > 0


def _boxes_near(found: list[PixelBox], places: list[tuple[int, int]]) -> bool:
    wanted = [PixelBox(x, y, x + SIZE, y + SIZE) for x, y in places]
    return len(found) == len(wanted) and all(
        any(box.iou(other) > 0.75 for other in found) for box in wanted
    )


def test_boxes_of_a_column_that_lost_a_side_each_are_boxes() -> None:
    places = [(300, 400 + 60 * row) for row in range(4)]
    page = _drawn(*((x, y, sides) for (x, y), sides in zip(places, SIDES, strict=True)))
    assert _boxes_near(broken_squares(page, []), places)


def test_a_box_with_two_sides_left_counts_in_a_grid_of_others() -> None:
    places = [(300 + 90 * column, 400 + 60 * row) for row in range(4) for column in range(3)]
    page = _drawn(*((x, y, "lb" if (x, y) == places[4] else "lrb") for x, y in places))
    assert _boxes_near(broken_squares(page, []), places)


@pytest.mark.parametrize("sides", ["lrb", "lb"])
def test_a_single_piece_is_no_box(sides: str) -> None:
    assert not broken_squares(_drawn((300, 400, sides)), [])


def test_letters_of_words_that_look_like_open_boxes_are_none() -> None:
    page = _drawn(*((300, 400 + 60 * row, "tlr") for row in range(4)))
    for row in range(4):
        page[400 + 60 * row : 424 + 60 * row, 329:333] = True
    assert not broken_squares(page, [])


def test_circled_numbers_are_no_boxes() -> None:
    page = np.zeros(SHAPE, np.uint8)
    for row in range(4):
        cv2.circle(page, (300, 400 + 60 * row), 11, 1, 2)
    assert not broken_squares(page > 0, [])
