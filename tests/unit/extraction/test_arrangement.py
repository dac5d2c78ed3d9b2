"""How a box stands among the others of its page."""

from __future__ import annotations

import math

import pytest

from chohyo.domain.geometry import Box
from chohyo.domain.templates import FieldSpec, FieldType
from chohyo.extraction.arrangement import Arrangement, Standing


def spec(*edges: float, type: FieldType = FieldType.TEXT) -> FieldSpec:
    return FieldSpec("a", "", type, 1, Box(*edges), 1)


COLUMN = [spec(0.2, y, 0.6, y + 0.02) for y in (0.1, 0.15, 0.2)]


def test_a_box_that_is_cut_is_narrower_than_its_column() -> None:
    cut = spec(0.2, 0.25, 0.3, 0.27)
    found = Arrangement([*COLUMN, cut]).standing(3)
    assert found.wider == pytest.approx(math.log(0.25))
    assert (found.column, found.edge) == (0.0, pytest.approx(math.log(4)))
    assert Arrangement([*COLUMN, cut]).standing(0).column == pytest.approx(math.log(3))


def test_a_box_of_two_lines_is_higher_than_others() -> None:
    found = Arrangement([*COLUMN, spec(0.2, 0.25, 0.6, 0.29)]).standing(3)
    assert found.higher == pytest.approx(math.log(2))


def test_boxes_that_lie_on_one_another_and_stand_in_one_row_are_counted() -> None:
    found = Arrangement([*COLUMN, spec(0.5, 0.1, 0.9, 0.12)]).standing(3)
    assert found.overlapped == pytest.approx(0.25)
    assert found.row == pytest.approx(math.log(2))


def test_squares_to_tick_are_no_boxes_to_compare_with_but_may_lie_on_one() -> None:
    square = spec(0.2, 0.1, 0.22, 0.12, type=FieldType.CHECKBOX)
    found = Arrangement([COLUMN[0], square]).standing(0)
    assert (found.wider, found.row) == (0.0, 0.0)
    assert found.overlapped == pytest.approx(0.05)


def test_a_box_alone_and_one_without_area_have_nothing_to_tell() -> None:
    assert Arrangement(COLUMN[:1]).standing(0) == Standing()
    assert Arrangement([*COLUMN, spec(0.2, 0.3, 0.2, 0.3)]).standing(3) == Standing()
