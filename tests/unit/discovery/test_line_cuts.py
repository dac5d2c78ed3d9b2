"""Printed lines end at the rules of the form, and what is left of values is no print."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from chohyo.discovery.column_residue import remnants
from chohyo.discovery.line_cuts import cut_at_rules
from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.print_pieces import printed_of
from chohyo.discovery.printed_text import Printed
from chohyo.discovery.ruling import Ruling
from chohyo.domain.geometry import Box
from chohyo.models.ocr import TextLine

SIZE = (1000, 400)
ROWS = slice(100, 130)


def ruling(*rules: int, inked: tuple[tuple[int, int], ...] = (), short: bool = False) -> Ruling:
    """Return vertical rules at columns, and letters as solid squares between columns."""
    across, down, text = (np.zeros(SIZE[::-1], np.bool_) for _ in range(3))
    for x in rules:
        down[ROWS if short else slice(80, 300), x : x + 3] = True
    for start, stop in inked:
        for letter in range(start, stop, 30):
            text[102:128, letter + 2 : min(letter + 28, stop)] = True
    return Ruling(across, down, text)


def line(text: str, x0: int, x1: int) -> Printed:
    return Printed(text, PixelBox(x0, 100, x1, 130))


def test_headings_that_were_read_as_one_line_are_cut_where_their_columns_part() -> None:
    # 月日 stands in a narrow column, 費目 in the middle of a wide one.
    form = ruling(190, inked=((120, 180), (300, 360)))
    first, second = cut_at_rules([line("月日費目", 120, 360)], form)
    assert (first.text, second.text) == ("月日", "費目")
    assert first.box.x1 <= 190
    assert second.box.x0 >= 300


def test_letters_go_to_their_columns_by_their_ink_not_by_the_space_between() -> None:
    form = ruling(200, 420, inked=((120, 150), (250, 400), (500, 560)))
    pieces = cut_at_rules([line("数単価(税込金額", 120, 560)], form)
    assert [piece.text for piece in pieces] == ["数", "単価(税込", "金額"]


def test_a_space_that_was_read_is_where_the_cut_goes() -> None:
    form = ruling(260, inked=((120, 240), (270, 330)))
    pieces = cut_at_rules([line("Item name Qty", 120, 330)], form)
    assert [piece.text for piece in pieces] == ["Item name", "Qty"]


def test_a_line_that_was_read_where_nothing_is_printed_stays_whole() -> None:
    # What copies had alike there was taken out of the print.
    assert cut_at_rules([line("月日費目", 120, 360)], ruling(200)) == [line("月日費目", 120, 360)]


@pytest.mark.parametrize("form", [ruling(), ruling(200, short=True), ruling(118), ruling(362)])
def test_what_no_rule_crosses_stays_whole(form: Ruling) -> None:
    whole = line("月日費目", 120, 360)
    assert cut_at_rules([whole], form) == [whole]


def test_letters_that_were_read_alone_are_not_joined_across_a_rule() -> None:
    def read(text: str, x: int) -> TextLine:
        box = Box(x / 1000, 0.25, (x + 30) / 1000, 0.325)
        return TextLine(text, box, 0.9, ((box.x0, box.y0),) * 4)

    lines = [read("氏", 120), read("名", 190), read("品", 260), read("目", 330)]
    inked = tuple((x, x + 30) for x in (120, 190, 260, 330))
    pieces = printed_of(lines, SIZE, ruling(235, inked=inked))
    assert [piece.text for piece in pieces] == ["氏名", "品目"]


CELLS = [PixelBox(100, 40 + 44 * n, 300, 80 + 44 * n) for n in range(6)]


def grid(inked: set[int], written: set[int]) -> tuple[np.ndarray, Ruling]:
    """Return what copies write into a column of cells, and its ruling with print in some."""
    text, fills = np.zeros((400, 1000), np.bool_), np.zeros((3, 200, 500), np.uint8)
    for number, cell in enumerate(CELLS):
        if number in inked:
            text[cell.y0 + 10 : cell.y1 - 10, 150:180] = True
        if number in written:
            at = (70, cell.y0 // 2 + 12)
            cv2.putText(fills[number % 3], "12", at, cv2.FONT_HERSHEY_SIMPLEX, 0.5, 1, 1)
    empty = np.zeros((400, 1000), np.bool_)
    return fills > 0, Ruling(empty, empty, text)


def test_print_in_a_written_cell_of_a_column_that_is_bare_else_is_left_of_values() -> None:
    fills, form = grid(inked={0, 2}, written={0, 1, 2, 3, 4, 5})
    assert remnants(CELLS, fills, form) == [CELLS[0], CELLS[2]]


def test_print_in_a_cell_that_nobody_writes_in_stays() -> None:
    fills, form = grid(inked={0, 2}, written={1, 3, 4})
    assert remnants(CELLS, fills, form) == []


def test_print_in_all_rows_stays() -> None:
    fills, form = grid(inked={0, 1, 2, 3, 4, 5}, written={0, 1, 2, 3, 4, 5})
    assert remnants(CELLS, fills, form) == []


def test_print_that_reaches_up_to_the_end_of_a_rule_is_cut_there_all_the_same() -> None:
    form = ruling(190, inked=((120, 180), (300, 360)))
    form.down[:101] = False
    assert [piece.text for piece in cut_at_rules([line("月日費目", 120, 360)], form)] == [
        "月日", "費目",
    ]  # fmt: skip
