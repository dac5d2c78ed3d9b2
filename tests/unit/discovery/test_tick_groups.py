"""Boxes of which one is ticked, and boxes that are ticked each for itself."""

from __future__ import annotations

from chohyo.discovery.field_regions import Region
from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.region_kind import RegionKind
from chohyo.discovery.tick_groups import ticks_joined


def _squares(ticks: list[set[int]], *, down: bool = False) -> list[Region]:
    return [
        Region(
            RegionKind.CHECKBOX,
            PixelBox(100, 100 + 40 * i, 120, 120 + 40 * i)
            if down
            else PixelBox(100 + 150 * i, 100, 120 + 150 * i, 120),
            frozenset(copies),
        )
        for i, copies in enumerate(ticks)
    ]


def _joined(
    regions: list[Region],
    words: list[str] | None = None,
    copies: int = 5,
    cell: PixelBox | None = None,
):
    places = {r.box: i for i, r in enumerate(regions)}
    return ticks_joined(
        regions, lambda box: words[places[box]] if words else "", lambda box: cell, copies
    )


def test_yes_and_no_of_which_one_is_ticked_are_a_choice() -> None:
    squares = _squares([{0, 2}, {1, 4}])
    (choice,) = _joined(squares, ["Yes", "No"])
    assert choice.kind is RegionKind.TICKED_OPTION
    assert choice.options == tuple(s.box for s in squares)
    assert choice.copies == {0, 1, 2, 4}


def test_boxes_that_a_copy_ticks_together_stay_apart() -> None:
    squares = _squares([{0, 1, 2}, {1, 2, 4}], down=True)
    assert _joined(squares, ["Yes", "No"]) == squares


def test_words_that_say_nothing_need_more_copies_to_be_a_choice() -> None:
    ticks: list[set[int]] = [{0, 3, 6, 9}, {1, 4, 7}, {2, 5, 8}]
    assert _joined(_squares([{0}, {1}])) == _squares([{0}, {1}])
    assert [r.kind for r in _joined(_squares(ticks), copies=10)] == [RegionKind.TICKED_OPTION]


def test_two_questions_in_one_row_are_two_choices() -> None:
    ticks: list[set[int]] = [{0, 2, 3}, {1, 4}, {1, 2}, {0, 3, 4}]
    found = _joined(_squares(ticks), ["Yes", "No", "Yes", "No"])
    assert [len(r.options) for r in found] == [2, 2]


def test_boxes_in_a_cell_of_their_own_are_sooner_a_choice() -> None:
    squares = _squares([{0, 3}, {1}, {2, 4}])
    assert _joined(squares) == squares
    (choice,) = _joined(squares, cell=PixelBox(90, 90, 600, 130))
    assert choice.options == tuple(s.box for s in squares)
