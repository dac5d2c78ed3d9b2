"""Strokes on the walls between cells, and the cells."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from chohyo.domain.geometry import Box
from chohyo.extraction.masks import grown
from chohyo.extraction.walls import cells_of, on_walls, walls_in

SHAPE = (100, 300)
BOX = Box(0.1, 0.2, 0.9, 0.8)  # 240 by 60 pixels
STEP = 48


def comb(every: int = STEP) -> np.ndarray:
    ink = np.zeros(SHAPE, np.float32)
    ink[20:80, 30:270:every] = 1.0
    ink[20:80, 31:270:every] = 1.0
    ink[[20, 79], 30:270] = 1.0
    return ink


def scanned(ink: np.ndarray) -> np.ndarray:
    grain = np.random.default_rng(3).normal(0.0, 0.03, ink.shape)
    return np.clip(cv2.GaussianBlur(ink, (0, 0), 0.8) + grain, 0.0, 1.0).astype(np.float32)


def ring(x: int) -> np.ndarray:
    ink = np.zeros(SHAPE, np.float32)
    cv2.ellipse(ink, (x, 50), (10, 17), 0, 0, 360, 1.0, 3)
    return ink


def found_on(page: np.ndarray) -> np.ndarray:
    form = comb() > 0.3
    strokes = (page > 0.3) & ~grown(form, 2)
    return on_walls(page, walls_in(form, [BOX]), strokes)


@pytest.mark.parametrize("side", [-10, -11, 10, 11])
def test_the_side_of_a_letter_that_a_wall_takes_is_brought_back(side: int):
    wall = 30 + 2 * STEP
    ink = ring(wall + side)
    taken = (ink > 0.5) & grown(comb() > 0.3, 2)
    assert taken.sum() > 60
    assert (found_on(scanned(np.maximum(comb(), ink))) & taken).sum() > 0.6 * taken.sum()


def test_a_wall_with_nothing_on_it_is_no_stroke():
    assert not found_on(scanned(np.maximum(comb(), ring(30 + STEP // 2)))).any()


def test_stems_of_letters_in_a_box_are_no_walls():
    ink = np.zeros(SHAPE, np.uint8)
    cv2.putText(ink, "Till", (60, 65), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 1, 2)
    assert not walls_in(ink > 0, [BOX]).any()


def test_a_box_around_cells_has_as_many_as_its_walls_part():
    assert cells_of(walls_in(comb() > 0.3, [BOX]), BOX) == 5
    assert cells_of(walls_in(comb(120) > 0.3, [BOX]), BOX) == 0  # wide cells of a table
    assert cells_of(np.zeros(SHAPE, np.bool_), BOX) == 0
