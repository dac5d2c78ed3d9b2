"""Options that no copy chose, beside those that one did."""

from __future__ import annotations

import numpy as np

from chohyo.discovery.option_siblings import with_siblings
from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.printed_text import Printed
from chohyo.discovery.region import Region, RegionKind
from chohyo.discovery.region_growth import Surroundings
from chohyo.discovery.ruling import Ruling

EMPTY = np.zeros((600, 1000), np.bool_)


def _page(*printed: tuple[str, int, int]) -> tuple[list[Printed], Surroundings]:
    """Print letters as solid blocks, 30 pixels a letter; spaces are empty."""
    text = EMPTY.copy()
    lines = []
    for words, x, y in printed:
        line = Printed(words, PixelBox(x, y, x + 30 * len(words), y + 30))
        for i, letter in enumerate(words):
            if not letter.isspace():
                text[y + 3 : y + 27, x + 30 * i + 6 : x + 30 * i + 24] = True
        lines.append(line)
    return lines, Surroundings(Ruling(EMPTY, EMPTY, text), [])


def _circled(x: int, y: int) -> Region:
    return Region(RegionKind.OPTION, PixelBox(x - 4, y - 4, x + 34, y + 34), frozenset({0}))


def _added(regions: list[Region], lines: list[Printed], around: Surroundings) -> list[PixelBox]:
    return [r.box for r in with_siblings(regions, lines, around)[len(regions) :]]


def test_the_other_word_of_a_circled_pair_is_an_option() -> None:
    lines, around = _page(("甲・乙", 100, 100))
    (added,) = _added([_circled(100, 100)], lines, around)
    assert added.covers(PixelBox(166, 103, 184, 127)) > 0.95


def test_words_beside_no_circle_are_none() -> None:
    lines, around = _page(("甲・乙", 100, 100))
    assert _added([_circled(100, 300)], lines, around) == []


def test_man_and_woman_need_no_circle() -> None:
    lines, around = _page(("男・女", 100, 100))
    assert len(_added([], lines, around)) == 2


def test_numbers_that_lead_the_items_of_a_row_are_options() -> None:
    lines, around = _page(("１　興奮", 100, 100), ("２　昏迷", 300, 100), ("２０２４", 600, 100))
    (added,) = _added([_circled(100, 100)], lines, around)
    assert added.covers(PixelBox(306, 103, 324, 127)) > 0.95


def test_numbers_under_a_circled_one_are_options_of_its_list() -> None:
    lines, around = _page(("１　生活", 100, 100), ("２　家事", 100, 160), ("３　対人", 500, 160))
    (added,) = _added([_circled(100, 100)], lines, around)
    assert added.center[0] < 140


def test_numbers_of_close_rows_lead_from_one_to_the_next() -> None:
    rows = [(f"{n}　生活", 100, 100 + 40 * row) for row, n in enumerate("１２３４", 1)]
    lines, around = _page(*rows)
    added = _added([_circled(100, 140)], lines, around)
    assert [round(box.center[1]) for box in added] == [195, 235, 275]
    assert {(box.width, box.height) for box in added} == {(38, 38)}


def test_a_word_whose_space_was_lost_in_reading_is_the_next_print() -> None:
    lines, around = _page(("無　有", 100, 100))
    lost = [Printed("無有", lines[0].box)]
    (added,) = _added([_circled(100, 100)], lost, around)
    assert added.covers(PixelBox(166, 103, 184, 127)) > 0.95


def test_numbers_stand_where_the_gaps_of_their_line_part_its_words() -> None:
    # Letters are narrower than they are read, the gaps wider.
    text = EMPTY.copy()
    for x in (100, 400):
        text[103:127, x + 6 : x + 24] = True
        text[103:127, x + 36 : x + 80] = True
    line = Printed("１ 甲乙丙丁 ２ 甲", PixelBox(100, 100, 480, 130))
    around = Surroundings(Ruling(EMPTY, EMPTY, text), [])
    (added,) = _added([_circled(100, 100)], [line], around)
    assert added.covers(PixelBox(406, 103, 424, 127)) > 0.95


def test_words_that_middle_dots_of_either_kind_part_are_options() -> None:
    lines, around = _page(("有·無", 100, 100), ("可・否", 100, 200))
    assert len(_added([], lines, around)) == 4


def test_a_word_behind_a_list_is_no_option_of_it() -> None:
    lines, around = _page(("甲・乙　電話", 100, 100))
    (added,) = _added([_circled(100, 100)], lines, around)
    assert added.covers(PixelBox(166, 103, 184, 127)) > 0.95


def test_the_circled_word_itself_does_not_take_the_next_print() -> None:
    lines, around = _page(("男・女電話", 100, 100))
    added = _added([_circled(100, 100)], lines, around)
    assert len(added) == 1


def test_the_other_of_two_words_far_apart_on_a_row_of_a_cell_is_an_option() -> None:
    lines, around = _page(("直接", 100, 100), ("間接", 600, 100))
    in_cell = Surroundings(around.ruling, [PixelBox(80, 90, 700, 140)])
    (added,) = _added([_circled_word(100, 100, 2)], lines, in_cell)
    assert added.covers(PixelBox(606, 103, 654, 127)) > 0.95
    assert _added([_circled_word(100, 100, 2)], lines, around) == []


def test_a_list_of_the_same_words_elsewhere_is_one_of_options() -> None:
    lines, around = _page(
        ("できる・少し・できない", 100, 100),
        ("できる・少し・できない", 100, 300),
        ("甲・乙・丙", 100, 500),
    )
    added = _added([_circled_word(100, 100, 3)], lines, around)
    assert [round(box.center[1] / 100) for box in added] == [1, 1, 3, 3, 3]


def test_a_label_before_a_list_is_no_part_of_its_first_word() -> None:
    lines, around = _page(("連帯保証人未済・提出", 100, 100))
    (added,) = _added([_circled_word(340, 100, 2)], lines, around)
    assert added.x0 > 240
    assert added.covers(PixelBox(256, 103, 304, 127)) > 0.95


def test_items_are_options_whole_where_rings_go_around_all_of_them() -> None:
    lines, around = _page(("1. 吸引器", 100, 100), ("2. 輸液ポンプ", 500, 100))
    (added,) = _added([_circled_word(100, 100, 6)], lines, around)
    assert added.covers(PixelBox(506, 103, 734, 127)) > 0.95
    assert added.height < 60


def test_kana_that_go_on_without_spaces_are_options_where_the_ink_parts_them() -> None:
    text = EMPTY.copy()
    for start, letters in ((100, 1), (160, 2), (300, 1), (360, 2), (500, 1), (560, 2)):
        for n in range(letters):
            text[103:127, start + 30 * n + 4 : start + 30 * n + 26] = True
    # The spaces were lost, and ア was read as what it looks like.
    line = Printed("了軽度イ中度ウ重度", PixelBox(100, 100, 620, 130))
    around = Surroundings(Ruling(EMPTY, EMPTY, text), [])
    added = _added([_circled(300, 100)], [line], around)
    assert [round(box.center[0]) for box in added] == [115, 515]


def test_short_words_in_brackets_among_which_rings_stand_are_options() -> None:
    lines, around = _page(("(Ⅰ　　　　Ⅲ　　　　Ⅴ)", 100, 100))
    hidden = [_circled(100 + 30 * n, 100) for n in (4, 9)]
    added = _added(hidden, lines, around)
    assert [round(box.center[0]) for box in added] == [145, 295, 445]


def test_a_number_of_a_list_in_another_cell_is_none_of_this_one() -> None:
    lines, around = _page(("１　生活", 100, 100), ("２　家事", 100, 220))
    rings = [_circled(100, 220)]
    assert len(_added(rings, lines, around)) == 1
    cells = [PixelBox(80, 80, 900, 160), PixelBox(80, 200, 900, 280)]
    assert _added(rings, lines, Surroundings(around.ruling, cells)) == []


def _circled_word(x: int, y: int, letters: int) -> Region:
    box = PixelBox(x - 4, y - 4, x + 30 * letters + 4, y + 34)
    return Region(RegionKind.OPTION, box, frozenset({0}))


def test_writing_that_has_a_circled_lists_word_inside_is_a_ring() -> None:
    lines, around = _page(("甲・乙", 100, 100), ("甲・乙", 100, 300))
    ring = Region(RegionKind.TEXT, PixelBox(90, 290, 140, 340), frozenset({1}))
    value = Region(RegionKind.TEXT, PixelBox(500, 290, 700, 340), frozenset({1}))
    kept = with_siblings([_circled(100, 100), ring, value], lines, around)
    assert value in kept
    assert ring not in kept
    assert sum(r.kind is RegionKind.OPTION for r in kept) == 4
