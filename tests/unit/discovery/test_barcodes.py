"""Barcodes, told from combs, rules to write on and tables."""

from __future__ import annotations

import numpy as np
import pytest

from chohyo.discovery.barcodes import barcodes
from chohyo.discovery.blank_form import rebuild
from chohyo.discovery.field_regions import survey
from chohyo.discovery.pixel_box import PixelBox
from chohyo.domain.geometry import Transform

SHAPE = (2200, 1700)
# Widths of bars and of the gaps behind them.
BARS = [(3, 4), (7, 3), (3, 9), (4, 4), (9, 5), (3, 3), (5, 8), (3, 4)] * 4


def _bars(x: int = 300, y: int = 500, length: int = 90) -> np.ndarray:
    page = np.zeros(SHAPE, np.bool_)
    for width, gap in BARS:
        page[y : y + length, x : x + width] = True
        x += width + gap
    return page


def test_an_upright_and_a_lying_barcode_are_found() -> None:
    page = _bars()
    end = 300 + sum(map(sum, BARS)) - BARS[-1][1]
    assert barcodes(page) == [PixelBox(300, 500, end, 590).inset(-18)]
    lying = np.zeros(SHAPE, np.bool_)
    lying[: SHAPE[1], : SHAPE[1]] = page[: SHAPE[1]].T
    assert barcodes(lying) == [PixelBox(500, 300, 590, end).inset(-18)]


@pytest.mark.parametrize(("step", "length"), [(34, 40), (60, 300)])
def test_combs_and_columns_are_none(step: int, length: int) -> None:
    page = np.zeros(SHAPE, np.bool_)
    for x in range(200, 1400, step):
        page[500 : 500 + length, x : x + 3] = True
    page[500:503, 200:1400] = page[497 + length : 500 + length, 200:1400] = True
    assert barcodes(page) == []
    assert barcodes(np.pad(page.T, ((0, 500), (0, 0)))[:2200, :1700]) == []


def test_the_room_between_bars_is_no_field() -> None:
    size = (1200, 1600)
    page = np.full(size[::-1], 255, np.uint8)
    # Lying bars look like rules to write on, with room over them.
    y = 400
    for width, gap in BARS:
        page[y : y + width, 500:640] = 0
        y += width + gap
    copies = []
    for number in range(4):
        copies.append(page.copy())
        copies[-1][405 + 9 * number : 409 + 9 * number, 520 : 560 + 10 * number] = 0
    regions, _ = survey(rebuild(copies, [Transform.identity()] * 4, size))
    assert regions == []
