"""Columns of tables without vertical rules."""

from __future__ import annotations

import numpy as np
import pytest

from chohyo.discovery.fill_marks import find_writing
from chohyo.discovery.gutters import find_gutters

SHAPE = (1000, 800)
ROWS = range(300, 420, 30)


def _fills(values: list[list[list[tuple[int, int]]]]) -> np.ndarray:
    """Draw words as bars: by copy, by row, from and to which column."""
    fills = np.zeros((len(values), *SHAPE), np.bool_)
    for fill, rows in zip(fills, values, strict=True):
        for y, words in zip(ROWS, rows, strict=True):
            for x0, x1 in words:
                fill[y : y + 12, x0:x1] = True
    return fills


def _strips(fills: np.ndarray) -> list[tuple[int, int]]:
    found = find_gutters(find_writing(fills, np.zeros(SHAPE, np.bool_)), fills)
    return sorted({(strip.x0, strip.x1) for strip in found})


def test_values_that_all_begin_at_one_place_beside_others_are_a_column() -> None:
    longest = [294, 297, 290, 297]
    copies = [[[(200, end - 20 * n), (300, 360 + 9 * n)] for end in longest] for n in range(3)]
    assert _strips(_fills(copies)) == [(297, 300)]


@pytest.mark.parametrize("rows", [1, 2])
def test_too_few_rows_make_no_column(rows: int) -> None:
    copies = [
        [[(200, 297), (300, 360 + 9 * n)] if row < rows else [] for row in range(len(ROWS))]
        for n in range(3)
    ]
    assert not _strips(_fills(copies))


def test_spaces_between_words_at_other_places_part_nothing() -> None:
    copies = [
        [[(200, 280 + 9 * row + 4 * n), (286 + 9 * row + 4 * n, 380)] for row in range(len(ROWS))]
        for n in range(3)
    ]
    assert not _strips(_fills(copies))


def test_letters_of_a_comb_are_no_columns() -> None:
    letters = [(x, x + 8) for x in range(200, 320, 12)]
    assert not _strips(_fills([[letters for _ in ROWS] for _ in range(3)]))
