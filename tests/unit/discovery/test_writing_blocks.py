"""Lines of writing become blocks with the room that the form leaves for them."""

from __future__ import annotations

import numpy as np
import pytest

from chohyo.discovery.fill_marks import Mark
from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.region_growth import Surroundings
from chohyo.discovery.rows import are_filled_apart
from chohyo.discovery.ruling import Ruling
from chohyo.discovery.writing_blocks import blocks_of

SHAPE = (1000, 800)
CELL = PixelBox(200, 300, 420, 380)


def _surroundings(*cells: PixelBox) -> Surroundings:
    across, down = np.zeros(SHAPE, np.bool_), np.zeros(SHAPE, np.bool_)
    for cell in cells:
        for y in (cell.y0 - 2, cell.y1):
            across[y : y + 2, cell.x0 - 2 : cell.x1 + 2] = True
        for x in (cell.x0 - 2, cell.x1):
            down[cell.y0 - 2 : cell.y1 + 2, x : x + 2] = True
    return Surroundings(Ruling(across, down, np.zeros(SHAPE, np.bool_)), cells)


def _mark(box: PixelBox, *copies: int) -> Mark:
    return Mark(box, tuple((copy, box) for copy in copies))


def test_what_stands_on_the_bottom_of_a_high_cell_is_a_line_there() -> None:
    ((room, copies, _),) = blocks_of(
        [_mark(PixelBox(340, 354, 400, 374), 0, 1, 2)], _surroundings(CELL)
    )
    assert copies == {0, 1, 2}
    assert (room.x0, room.x1, room.y1) == (CELL.x0, CELL.x1, CELL.y1)
    assert 340 < room.y0 < 350


@pytest.mark.parametrize("top", [306, 330])
def test_what_stands_higher_in_a_cell_has_all_of_it(top: int) -> None:
    mark = _mark(PixelBox(340, top, 400, top + 20), 0, 1, 2)
    ((room, _, _),) = blocks_of([mark], _surroundings(CELL))
    assert room.height > 0.95 * CELL.height


def test_copies_that_write_at_other_heights_write_one_line() -> None:
    marks = [
        _mark(PixelBox(300, 500, 380, 520), 0, 2),
        _mark(PixelBox(304, 523, 370, 543), 1, 3),
    ]
    ((_, copies, _),) = blocks_of(marks, _surroundings())
    assert copies == {0, 1, 2, 3}


def test_two_lines_of_one_copy_stay_two_when_the_upper_is_not_full() -> None:
    marks = [
        _mark(PixelBox(300, 500, 380, 520), 0, 2),
        _mark(PixelBox(304, 523, 370, 543), 0, 3),
    ]
    assert len(blocks_of(marks, _surroundings())) == 2


def _headed(*rows: tuple[int, int]) -> Surroundings:
    text = np.zeros(SHAPE, np.bool_)
    for y0, y1 in rows:
        text[y0:y1, 270:285] = True
    ruling = Ruling(np.zeros(SHAPE, np.bool_), np.zeros(SHAPE, np.bool_), text)
    return Surroundings(ruling, [])


@pytest.mark.parametrize(
    ("heads", "blocks"), [(((502, 518), (526, 542)), 2), (((510, 535),), 1), ((), 1)]
)
def test_rows_that_touch_in_one_copy_are_two_where_print_heads_each(
    heads: tuple[tuple[int, int], ...], blocks: int
) -> None:
    upper, lower = PixelBox(300, 500, 380, 520), PixelBox(300, 524, 400, 544)
    mark = Mark(
        PixelBox(300, 500, 400, 544), ((0, upper), (1, lower), (2, PixelBox(300, 500, 400, 544)))
    )
    found = blocks_of([mark], _headed(*heads))
    assert len(found) == blocks
    if blocks == 2:
        assert [copies for _, copies, _ in found] == [{0, 2}, {1, 2}]
        assert found[0][0].y1 <= found[1][0].y0 + 2


def _lines(*places: tuple[int, tuple[int, ...]]) -> list[Mark]:
    return [_mark(PixelBox(210, y, 330, y + 20), *copies) for y, copies in places]


TALL = PixelBox(200, 300, 420, 420)


def test_lines_of_a_cell_that_copies_fill_in_apart_are_two_fields() -> None:
    apart = blocks_of(_lines((320, (0, 1, 2)), (350, (1, 2, 3))), _surroundings(TALL))
    assert [copies for _, copies, _ in apart] == [{0, 1, 2}, {1, 2, 3}]
    together = blocks_of(_lines((320, (0, 1, 2)), (350, (1, 2))), _surroundings(TALL))
    assert [copies for _, copies, _ in together] == [{0, 1, 2}]


def test_the_middle_line_of_a_centred_text_is_part_of_it() -> None:
    # Copy 3 has three lines, copy 2 two, copy 1 one: each around the middle of the cell.
    lines = _lines((312, (3,)), (332, (2,)), (352, (1, 3)), (372, (2,)), (392, (3,)))
    assert not are_filled_apart(lines[:2], lines[2])


@pytest.mark.parametrize(("starts", "start"), [((360, 330, 375), 264), ((330, 330, 330), 324)])
def test_amounts_that_end_at_one_place_may_begin_at_the_print_before_them(
    starts: tuple[int, ...], start: int
) -> None:
    text = np.zeros(SHAPE, np.bool_)
    text[500:520, 200:260] = True
    none = np.zeros(SHAPE, np.bool_)
    parts = tuple((copy, PixelBox(x, 500, 400, 520)) for copy, x in enumerate(starts))
    mark = Mark(PixelBox(min(starts), 500, 400, 520), parts)
    ((room, _, _),) = blocks_of([mark], Surroundings(Ruling(none, none, text), []))
    assert room.x0 == start


def _printed(*boxes: PixelBox) -> Surroundings:
    text, none = np.zeros(SHAPE, np.bool_), np.zeros(SHAPE, np.bool_)
    for box in boxes:
        text[box.y0 : box.y1, box.x0 : box.x1] = True
    return Surroundings(Ruling(none, none, text), [])


def test_a_blank_behind_a_label_goes_on_to_the_bracket_that_closes_it() -> None:
    label, bracket = PixelBox(200, 500, 290, 520), PixelBox(700, 498, 706, 522)
    mark = _mark(PixelBox(300, 502, 360, 518), 0, 1)
    ((room, _, _),) = blocks_of([mark], _printed(label, bracket))
    assert room.x1 >= 690


def test_a_blank_behind_a_label_goes_on_to_the_edge_of_the_print() -> None:
    label, heading = PixelBox(200, 500, 290, 520), PixelBox(200, 100, 760, 130)
    mark = _mark(PixelBox(300, 502, 360, 518), 0, 1)
    ((room, _, _),) = blocks_of([mark], _printed(label, heading))
    assert room.x1 >= 750


def test_a_line_among_close_lines_of_print_keeps_its_width() -> None:
    cell = PixelBox(180, 440, 760, 600)
    around = _surroundings(cell)
    text = around.ruling.text
    text[500:520, 200:290] = True  # its label
    text[476:496, 500:600] = text[524:544, 520:640] = True  # lines over and under it, further out
    ((room, _, _),) = blocks_of([_mark(PixelBox(300, 502, 360, 518), 0, 1)], around)
    assert room.x1 == cell.x1


def test_of_the_paper_between_two_blanks_the_left_one_has_the_most() -> None:
    left = Mark(
        PixelBox(200, 500, 300, 520),
        ((0, PixelBox(200, 500, 260, 520)), (1, PixelBox(200, 500, 300, 520))),
    )
    right = Mark(
        PixelBox(500, 500, 600, 520),
        ((0, PixelBox(500, 500, 540, 520)), (1, PixelBox(500, 500, 600, 520))),
    )
    cell = PixelBox(190, 490, 700, 530)
    rooms = [room for room, _, _ in blocks_of([left, right], _surroundings(cell))]
    assert rooms[0].x1 == rooms[1].x0 == 450


def _in_the_open(*prints: PixelBox, rule: PixelBox | None = None) -> Surroundings:
    text, across = np.zeros(SHAPE, np.bool_), np.zeros(SHAPE, np.bool_)
    for box in prints:
        text[box.y0 : box.y1, box.x0 : box.x1] = True
    if rule is not None:
        across[rule.y0 : rule.y1, rule.x0 : rule.x1] = True
    return Surroundings(Ruling(across, np.zeros(SHAPE, np.bool_), text), ())


def test_a_blank_in_the_middle_between_print_goes_from_one_to_the_other() -> None:
    year, month = PixelBox(300, 500, 320, 520), PixelBox(380, 500, 400, 520)
    marks = [_mark(PixelBox(345, 500, 355, 520), 0, 1, 2)]
    ((room, _, _),) = blocks_of(marks, _in_the_open(year, month))
    assert 320 <= room.x0 <= 328
    assert 372 <= room.x1 <= 380


def test_a_blank_before_print_begins_as_far_from_its_value_as_it_ends() -> None:
    marks = [_mark(PixelBox(345, 500, 355, 520), 0, 1, 2)]
    ((room, _, _),) = blocks_of(marks, _in_the_open(PixelBox(380, 500, 400, 520)))
    assert 318 <= room.x0 <= 324


def test_a_value_far_from_the_print_behind_it_begins_its_blank() -> None:
    name = PixelBox(100, 500, 180, 520)
    marks = [_mark(PixelBox(290, 500, 300, 520), 0, 1, 2)]
    ((room, _, _),) = blocks_of(marks, _in_the_open(name, PixelBox(700, 500, 720, 520)))
    assert room.x0 > 280


def test_a_dotted_rule_that_lost_a_dot_goes_on() -> None:
    rule = PixelBox(200, 524, 700, 526)
    surroundings = _in_the_open(rule=rule)
    surroundings.ruling.across[:, 500:512] = False
    ((room, _, _),) = blocks_of([_mark(PixelBox(205, 500, 300, 520), 0, 1)], surroundings)
    assert room.x1 > 690


def test_a_short_amount_in_a_column_of_blanks_begins_where_the_longer_ones_do() -> None:
    lengths = (160, 40, 150, 155, 45)
    marks = [
        _mark(PixelBox(600 - length, 300 + 44 * n, 600, 320 + 44 * n), 0, 1)
        for n, length in enumerate(lengths)
    ]
    alone = _mark(PixelBox(560, 900, 600, 920), 0, 1)
    none = np.zeros(SHAPE, np.bool_)
    numbers = none.copy()
    numbers[300:940, 380:400] = True
    surroundings = Surroundings(Ruling(none, none, numbers), [])
    rooms = [room for room, _, _ in blocks_of([*marks, alone], surroundings)]
    assert max(room.x0 for room in rooms if room.y1 < 700) <= 450
    assert max(rooms, key=lambda room: room.y0).x0 > 540
