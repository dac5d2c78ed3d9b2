"""Cells with the same print have the same fields."""

from __future__ import annotations

import cv2
import numpy as np

from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.region import Region, RegionKind
from chohyo.discovery.repeated_cells import families, like_their_like
from chohyo.discovery.ruling import Ruling

CELLS = [PixelBox(20 + 240 * n, 100, 250 + 240 * n, 160) for n in range(4)]
WORDS = ["1 Yes 2 No"] * 4


def form(words: list[str]) -> Ruling:
    """Print a word into each cell, a little off."""
    text = np.zeros((300, 1000), np.uint8)
    for number, (cell, word) in enumerate(zip(CELLS, words, strict=True)):
        cv2.putText(text, word, (cell.x0 + 12 + number % 2, cell.y0 + 38), 0, 0.8, 1, 2)
    empty = np.zeros((300, 1000), np.bool_)
    return Ruling(empty, empty, text > 0)


def region(cell: int, x: int, width: int, kind: RegionKind, *copies: int) -> Region:
    x0 = CELLS[cell].x0 + x
    return Region(kind, PixelBox(x0, 110, x0 + width, 150), frozenset(copies))


def in_cell(regions: list[Region], cell: int) -> list[Region]:
    return sorted((r for r in regions if CELLS[cell].covers(r.box) > 0.9), key=lambda r: r.box)


def option(cell: int, x: int, *copies: int) -> Region:
    return region(cell, x, 36, RegionKind.OPTION, *copies)


def text(cell: int, x: int, width: int, *copies: int) -> Region:
    return region(cell, x, width, RegionKind.TEXT, *copies)


def test_an_option_that_two_cells_tell_of_is_one_of_all_of_them() -> None:
    seen = [option(0, 10, 1), option(1, 10, 2), option(2, 105, 0), option(3, 105, 1)]
    made = like_their_like(seen, CELLS, form(WORDS))
    for cell in range(4):
        assert [r.box.x0 - CELLS[cell].x0 for r in in_cell(made, cell)] == [10, 105]
    assert [r.copies for r in in_cell(made, 0)] == [frozenset({1}), frozenset()]


def test_options_of_several_places_leave_no_writing_over_them() -> None:
    seen = [option(0, 10, 1), option(1, 10, 2), option(2, 105, 0), option(3, 105, 1)]
    seen += [text(cell, 12, 60, 3) for cell in range(4)]
    made = like_their_like(seen, CELLS, form(WORDS))
    assert {r.kind for r in made} == {RegionKind.OPTION}


def test_one_place_that_looks_ringed_twice_is_writing_as_in_most_cells() -> None:
    seen = [option(0, 10, 1), option(1, 10, 2), *(text(cell, 12, 60, 3) for cell in range(4))]
    made = like_their_like(seen, CELLS, form(WORDS))
    assert {r.kind for r in made} == {RegionKind.TEXT}


def test_what_one_cell_alone_has_against_the_others_is_none() -> None:
    seen = [text(n, 150, 60, n) for n in range(4)] + [text(2, 170, 50, 3)]
    made = like_their_like(seen, CELLS, form(WORDS))
    assert [len(in_cell(made, cell)) for cell in range(4)] == [1, 1, 1, 1]


def test_writing_takes_the_place_that_most_cells_give_it() -> None:
    seen = [text(0, 150, 60), text(1, 150, 62), text(2, 148, 60), text(3, 150, 30)]
    made = like_their_like(seen, CELLS, form(WORDS))
    assert 58 <= in_cell(made, 3)[0].box.width <= 60


def test_cells_with_other_print_or_none_are_left_alone() -> None:
    seen = [option(0, 10, 1), option(1, 10, 2)]
    for words in (["1 Yes 2 No", "Surname", "Total 12", "Remarks"], [""] * 4):
        ruling = form(words)
        assert families(CELLS, ruling) == []
        assert like_their_like(seen, CELLS, ruling) == seen


def test_cells_of_another_size_are_no_family() -> None:
    taller = [replace_height(CELLS[0], 20), *CELLS[1:]]
    assert [len(each) for each in families(taller, form(WORDS))] == [3]


def replace_height(cell: PixelBox, more: int) -> PixelBox:
    return cell._replace(y1=cell.y1 + more)


def test_the_order_of_the_regions_does_not_matter() -> None:
    seen = [option(0, 10, 1), option(1, 12, 2), text(2, 150, 60, 0), text(3, 152, 58, 1)]
    ruling = form(WORDS)
    forwards = like_their_like(seen, CELLS, ruling)
    backwards = like_their_like(seen[::-1], CELLS, ruling)
    assert sorted(forwards, key=lambda r: r.box) == sorted(backwards, key=lambda r: r.box)
