"""Weighing what divides copies: other print, or entries and scanners."""

from __future__ import annotations

import numpy as np
import pytest

from chohyo.discovery.coincidence import best_split
from chohyo.discovery.places import count_places, count_spots, in_pure_places
from chohyo.discovery.print_cells import CellLabels

_SIDES = np.array([0, 0, 0, 0, 4, 4, 4, 4], np.int8)
_NOT_TOLD = np.full(8, -1, np.int8)


def _labels(cells: dict[tuple[int, int], np.ndarray], *, facing: bool = True) -> CellLabels:
    at = sorted(cells)
    labels = np.stack([cells[cell] for cell in at])
    return CellLabels(np.array(at), labels, np.full((len(at), 8, 8), facing))


def _patch(top: int, left: int, height: int, width: int) -> set[tuple[int, int]]:
    return {(top + y, left + x) for y in range(height) for x in range(width)}


def _places(count: int) -> set[tuple[int, int]]:
    return {cell for place in range(count) for cell in _patch(10 * place + 2, 5, 1, 2)}


def test_print_that_differs_in_several_places_divides():
    split = best_split(_labels(dict.fromkeys(_places(6), _SIDES)))

    assert split is not None
    assert split.evidence > 5
    assert split.sides.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    assert len(split.rows) == 12


def test_cells_among_others_that_vary_otherwise_divide_nothing():
    around = {cell for place in range(6) for cell in _patch(10 * place + 1, 4, 3, 4)}
    cells = {**dict.fromkeys(around, _NOT_TOLD), **dict.fromkeys(_places(6), _SIDES)}

    split = best_split(_labels(cells))

    assert split is not None
    assert split.evidence == 0
    assert len(split.rows) == 0


def test_ink_added_in_one_spot_divides_nothing_however_large_it_is():
    word = _patch(5, 5, 6, 20) | _patch(5, 28, 6, 20)

    split = best_split(_labels(dict.fromkeys(word, _SIDES), facing=False))

    assert split is not None
    assert split.evidence == 0


@pytest.mark.parametrize("places", [3, 4])
def test_ink_added_here_and_there_divides(places):
    words = {cell for place in range(places) for cell in _patch(20 * place + 2, 5, 3, 8)}

    split = best_split(_labels(dict.fromkeys(words, _SIDES), facing=False))

    assert split is not None
    assert split.evidence > 1


def test_touching_cells_are_one_place_and_a_large_patch_is_several():
    cells = np.array(sorted(_patch(0, 0, 2, 2) | _patch(2, 2, 1, 1) | _patch(10, 0, 9, 9)))

    assert count_places(cells) == 1 + 3
    assert count_places(cells, least=6) == 3
    assert count_places(np.zeros((0, 2), np.intp)) == 0


def test_words_of_one_line_share_a_spot():
    cells = np.array(sorted(_patch(0, 0, 2, 8) | _patch(0, 12, 2, 8) | _patch(20, 0, 2, 8)))

    assert count_spots(cells, least=10) == 2
    assert count_spots(cells, least=30) == 0


def test_a_place_is_pure_when_it_has_as_many_cells_as_touch_it():
    cells = np.array([(1, 1), (1, 2), (1, 3), (2, 1), (9, 9), (8, 9), (8, 8), (0, 5)])

    pure = in_pure_places(cells, np.array([0, 1, 4]))

    assert pure.tolist() == [True, True, False, False, False, False, False, False]
