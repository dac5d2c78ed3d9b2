"""Rows of boxes for one letter each."""

from __future__ import annotations

import numpy as np
import pytest

from chohyo.discovery.combs import letter_rows_of, open_combs
from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.region import Region, RegionKind

PAGE = np.full((1100, 850), 255, np.uint8)
PAIR = [PixelBox(100, 100, 130, 130), PixelBox(132, 100, 162, 130)]


def test_two_boxes_alone_are_a_row() -> None:
    far = PixelBox(100, 200, 400, 240)
    assert letter_rows_of(PAIR, [*PAIR, far], PAGE) == [PAIR]


def test_two_narrow_cells_of_a_table_are_none() -> None:
    under = [PixelBox(100, 132, 130, 162), PixelBox(132, 132, 162, 162)]
    beside = PixelBox(164, 100, 400, 130)
    assert not letter_rows_of([*PAIR, *under], [*PAIR, *under], PAGE)
    assert not letter_rows_of(PAIR, [*PAIR, beside], PAGE)


def test_boxes_that_the_form_prints_grey_are_no_part_of_a_row() -> None:
    row = [PixelBox(100 + 32 * n, 100, 130 + 32 * n, 130) for n in range(8)]
    page = PAGE.copy()
    page[95:135, 227:] = 150
    assert letter_rows_of(row, row, page) == [row[:4]]


def _letters_apart(between: str) -> list[Region]:
    """Propose three letters with dashes, a letter or thick sides between them."""
    text = np.zeros(PAGE.shape, np.bool_)
    for left in (133, 179):
        if between == "letter":
            text[106:126, left : left + 12 : 5] = text[106:126:6, left : left + 12] = True
        elif between == "sides":
            text[100:130, left : left + 12] = True
        else:
            text[114:117, left : left + 12] = True
    boxes = [PixelBox(100 + 46 * n, 100, 132 + 46 * n, 130) for n in range(3)]
    return open_combs([Region(RegionKind.TEXT, b, line_height=20.0) for b in boxes], text)


@pytest.mark.parametrize(("between", "fields"), [("dash", 1), ("sides", 1), ("letter", 3)])
def test_a_letter_between_boxes_parts_fields_and_a_dash_does_not(between: str, fields: int) -> None:
    assert len(_letters_apart(between)) == fields
