"""Boxes of which one is ticked, and boxes that are ticked each for itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from chohyo.discovery.blank_form import BlankForm
from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.region import Region, RegionKind
from chohyo.discovery.tick_groups import ticks_joined, with_ticks


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


def test_answers_that_nobody_gives_belong_to_their_choice() -> None:
    squares = _squares([{0, 1}, {2, 3}, set(), set()])
    words = ["Single", "Married", "Divorced", "Widowed"]
    (choice,) = _joined(squares, words, copies=4, cell=PixelBox(90, 90, 900, 130))
    assert len(choice.options) == 4


def test_boxes_in_a_cell_that_no_copy_ticks_are_a_choice_where_others_are_ticked() -> None:
    squares = _squares([set(), set(), set()])
    used = [
        replace(s, box=s.box._replace(x0=s.box.x0 + 900 * n, x1=s.box.x1 + 900 * n, y0=900, y1=920))
        for n, s in enumerate(_squares([{0, 1, 3}, {1, 2, 3}, {0, 1, 2}]))
    ]
    cell = PixelBox(90, 90, 600, 130)

    def joined(cell_of_office: PixelBox | None) -> list[Region]:
        return ticks_joined(
            [*squares, *used],
            lambda box: f"{box.x0}",
            lambda box: cell_of_office if box.y0 == 100 else None,
            5,
        )

    assert joined(None) == [*squares, *used]
    assert [len(r.options) for r in joined(cell) if r not in used] == [3]


def test_the_same_question_asked_of_several_persons_is_told_by_all_their_ticks() -> None:
    persons = [[{0, 1}, {2}], [{0}, set()], [{1}, {0, 2}]]
    squares = [
        replace(square, box=square.box._replace(y0=100 + 200 * n, y1=120 + 200 * n))
        for n, ticks in enumerate(persons)
        for square in _squares(ticks)
    ]
    found = ticks_joined(
        squares,
        lambda box: "新規" if box.x0 == 100 else "転入",
        lambda box: PixelBox(90, box.y0 - 10, 600, box.y1 + 10),
        3,
    )
    assert [len(r.options) for r in found] == [2, 2, 2]


@pytest.mark.parametrize(
    ("drawn", "ticks"),
    [
        ("cross", {1}),
        ("side", set()),  # a square that lies three pixels aside
        ("print", set()),  # what all copies have inside
    ],
)
def test_strokes_that_touch_a_box_tick_it_and_its_own_sides_do_not(
    drawn: str, ticks: set[int]
) -> None:
    inks = np.zeros((3, 100, 100), np.bool_)
    if drawn == "cross":
        for i in range(10):
            inks[1, 50 + i, 50 + i] = inks[1, 50 + i, 59 - i] = True
    elif drawn == "side":
        inks[1, 53, 50:60] = inks[1, 50:60, 53] = True
    else:
        inks[:, 53:57, 53:57] = True
    white = np.full((200, 200), 255, np.uint8)
    blank = BlankForm(
        white, np.zeros((200, 200), np.float32), white == 0, np.zeros_like(inks), inks, 3
    )
    square = Region(RegionKind.CHECKBOX, PixelBox(100, 100, 120, 120))
    assert with_ticks([square], blank)[0].copies == ticks
