"""Options that no copy chose, beside those that one did."""

from __future__ import annotations

import numpy as np

from chohyo.discovery.field_regions import Region
from chohyo.discovery.option_siblings import with_siblings
from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.printed_text import Printed
from chohyo.discovery.region_growth import Surroundings
from chohyo.discovery.region_kind import RegionKind
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
