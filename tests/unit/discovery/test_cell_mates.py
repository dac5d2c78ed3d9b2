"""Regions of one empty cell that are one field."""

from __future__ import annotations

import numpy as np

from chohyo.discovery.cell_mates import joined_in_cells
from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.region import Region, RegionKind
from chohyo.discovery.region_growth import Surroundings
from chohyo.discovery.ruling import Ruling

CELL = PixelBox(100, 100, 500, 200)
UPPER, LOWER = PixelBox(102, 102, 480, 150), PixelBox(102, 150, 480, 198)
LEFT, RIGHT = PixelBox(102, 102, 320, 198), PixelBox(300, 102, 498, 198)


def _joined(
    first: tuple[PixelBox, set[int]], second: tuple[PixelBox, set[int]], *, printed: bool = False
) -> list[tuple[PixelBox, set[int]]]:
    nothing = np.zeros((300, 600), np.bool_)
    text = nothing.copy()
    text[140:156, 110:130] = printed
    surroundings = Surroundings(Ruling(nothing, nothing, text), [CELL])
    regions = [Region(RegionKind.TEXT, box, frozenset(copies)) for box, copies in (first, second)]
    return [(r.box, set(r.copies)) for r in joined_in_cells(regions, surroundings)]


def test_a_lower_line_that_is_never_written_alone_goes_on_from_the_upper_one() -> None:
    whole = PixelBox(102, 102, 480, 198)
    assert _joined((UPPER, {0, 1, 3}), (LOWER, {1, 3})) == [(whole, {0, 1, 3})]


def test_a_lower_line_that_a_copy_has_alone_is_another_field() -> None:
    assert len(_joined((UPPER, {0, 1, 3}), (LOWER, {1, 2}))) == 2


def test_lines_with_print_in_their_cell_stay_as_they_are() -> None:
    assert len(_joined((UPPER, {0, 1, 3}), (LOWER, {1, 3}), printed=True)) == 2


def test_values_that_begin_left_or_end_right_are_one_field() -> None:
    whole = PixelBox(102, 102, 498, 198)
    assert _joined((LEFT, {0, 2}), (RIGHT, {1, 3})) == [(whole, {0, 1, 2, 3})]


def test_values_side_by_side_of_one_copy_or_of_few_are_two_fields() -> None:
    assert len(_joined((LEFT, {0, 2}), (RIGHT, {1, 2}))) == 2
    assert len(_joined((LEFT, {0}), (RIGHT, {1}))) == 2
