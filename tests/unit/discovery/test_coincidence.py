"""Weighing what divides copies: other print, or entries and scanners."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from chohyo.discovery.coincidence import Split, splits
from chohyo.discovery.places import (
    count_places,
    count_spots,
    in_pure_places,
    place_bounds,
)
from chohyo.discovery.print_cells import CellLabels

_SIDES = np.array([0, 0, 0, 0, 4, 4, 4, 4], np.int8)
_NOT_TOLD = np.full(8, -1, np.int8)


def _labels(
    cells: dict[tuple[int, int], np.ndarray], *, facing: bool = True, plain: bool = True
) -> CellLabels:
    at = sorted(cells)
    labels = np.stack([cells[cell] for cell in at])
    shape = (len(at), 8, 8)
    return CellLabels(np.array(at), labels, np.full(shape, facing), np.full(len(at), plain))


def _best(found: CellLabels) -> Split | None:
    return max(splits(found), key=lambda split: split.evidence, default=None)


def _patch(top: int, left: int, height: int, width: int) -> set[tuple[int, int]]:
    return {(top + y, left + x) for y in range(height) for x in range(width)}


def _places(count: int) -> set[tuple[int, int]]:
    return {cell for place in range(count) for cell in _patch(10 * place + 2, 5, 1, 2)}


def test_print_that_differs_in_several_places_divides():
    split = _best(_labels(dict.fromkeys(_places(6), _SIDES)))

    assert split is not None
    assert split.evidence > 5
    assert split.sides.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    assert len(split.rows) == 12


def test_cells_among_others_that_vary_otherwise_divide_nothing():
    around = {cell for place in range(6) for cell in _patch(10 * place + 1, 4, 3, 4)}
    cells = {**dict.fromkeys(around, _NOT_TOLD), **dict.fromkeys(_places(6), _SIDES)}

    split = _best(_labels(cells))

    assert split is not None
    assert split.evidence == 0
    assert len(split.rows) == 0


def test_small_differences_otherwise_are_no_reason_to_doubt_a_large_one():
    """What a scanner does to edges divides the copies in its own ways, all of them told."""
    ways = [np.array([0, 4, 0, 4, 0, 4, 0, 4]), np.array([0, 0, 2, 2, 0, 0, 2, 2])]
    large = _labels(dict.fromkeys(_places(2), _SIDES))
    small = _labels(
        {
            (10 * place + 2, 60 + 10 * which): way.astype(np.int8)
            for which, way in enumerate(ways)
            for place in range(3)
        },
        plain=False,
    )
    both = CellLabels(
        *(
            np.concatenate([getattr(large, name), getattr(small, name)])
            for name in ("cells", "labels", "facing", "plain")
        )
    )

    def evidence(found: CellLabels) -> float:
        return max(s.evidence for s in splits(found) if s.sides.tolist() == [0] * 4 + [1] * 4)

    assert evidence(both) == pytest.approx(evidence(large))
    assert evidence(replace(both, plain=np.zeros(len(both.cells), bool))) < evidence(large) - 0.3


def test_ink_added_in_one_spot_divides_nothing_however_large_it_is():
    word = _patch(5, 5, 6, 20) | _patch(5, 28, 6, 20)

    split = _best(_labels(dict.fromkeys(word, _SIDES), facing=False))

    assert split is not None
    assert split.evidence == 0


@pytest.mark.parametrize("places", [3, 4])
def test_ink_added_here_and_there_divides(places):
    words = {cell for place in range(places) for cell in _patch(20 * place + 2, 5, 3, 8)}

    split = _best(_labels(dict.fromkeys(words, _SIDES), facing=False))

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


def test_a_place_that_an_entry_touches_counts_beside_one_that_none_does():
    entry = dict.fromkeys(_patch(13, 4, 3, 5), _NOT_TOLD)
    one, two = _places(1), _places(2)
    beside = two - one

    def evidence(cells: set[tuple[int, int]]) -> float:
        return max(s.evidence for s in splits(_labels({**entry, **dict.fromkeys(cells, _SIDES)})))

    assert evidence(beside) == 0
    assert evidence(two) > evidence(one) + 0.5


def test_a_place_is_bounded_by_its_first_and_last_cells():
    cells = np.array([(3, 4), (4, 5), (9, 9)])

    assert place_bounds(cells) == [(3, 4, 4, 5), (9, 9, 9, 9)]
