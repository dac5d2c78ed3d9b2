"""Small frames to tick, told from letters, and lines to write on."""

from __future__ import annotations

import numpy as np

from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.ruling import (
    find_flat_frames,
    find_ruling,
    find_squares,
    find_underlines,
)

SHAPE = (2200, 1700)


def _page(round_corners: str, beside: int) -> np.ndarray:
    """Draw a square of 26 pixels, corners (l, r) cut off at its sides, and a stroke beside it."""
    page = np.zeros(SHAPE, np.bool_)
    page[500:526, 400:426] = True
    page[503:523, 403:423] = False
    for n in range(5):
        for row in (500 + n, 525 - n):
            if "r" in round_corners:
                page[row, 426 - 5 + n :] = False
            if "l" in round_corners:
                page[row, : 400 + 5 - n] = False
    page[500:526, 426 + beside : 429 + beside] = True
    return page


def test_a_square_beside_a_word_is_a_box_to_tick() -> None:
    assert find_squares(_page("", beside=4)) == [PixelBox(400, 500, 426, 526)]


def test_d_and_o_before_the_next_letter_are_none() -> None:
    assert not find_squares(_page("r", beside=4))
    assert not find_squares(_page("lr", beside=4))


def test_a_box_with_round_corners_stands_further_from_its_word() -> None:
    assert find_squares(_page("lr", beside=20)) == [PixelBox(400, 500, 426, 526)]


def _shaded(cut: int = 0) -> np.ndarray:
    """Draw a square with a shade at its left and top, corners of a size cut off at its right."""
    page = np.zeros(SHAPE, np.bool_)
    page[500:530, 400:430] = True
    page[511:527, 411:427] = False
    for n in range(cut):
        page[500 + n, 430 - cut + n :] = False
        page[529 - n, 430 - cut + n :] = False
    return page


def test_a_frame_with_a_shade_is_a_box_to_tick_and_a_bold_letter_none() -> None:
    assert find_squares(_shaded()) == [PixelBox(400, 500, 430, 530)]
    assert not find_squares(_shaded(cut=14))


def _flat_frames(count: int, height: int = 28) -> np.ndarray:
    page = np.zeros(SHAPE, np.bool_)
    for n in range(count):
        top = 500 + 60 * n
        page[top : top + height, 400:462] = True
        page[top + 5 : top + height - 5, 405:457] = False
    return page


def test_low_frames_of_one_size_are_boxes_to_tick() -> None:
    assert sorted(find_flat_frames(_flat_frames(3))) == [
        PixelBox(400, 500 + 60 * n, 462, 528 + 60 * n) for n in range(3)
    ]


def test_single_frames_and_those_high_enough_to_write_in_are_not_to_tick() -> None:
    assert not find_flat_frames(_flat_frames(2))
    assert not find_flat_frames(_flat_frames(4, height=44))


def test_the_heads_of_bold_letters_are_no_line_to_write_on() -> None:
    page = np.zeros(SHAPE, np.bool_)
    page[500:504, 400:560] = page[700:704, 400:560] = True
    page[900:910, 400:480] = True
    for x in range(400, 560, 10):
        page[504:522, x : x + 4] = True
    lines = find_underlines(find_ruling(page), page)
    assert [line.y0 for line in lines] == [700]
