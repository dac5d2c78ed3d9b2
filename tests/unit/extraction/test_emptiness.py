"""Dirt, pale rules and the tips of neighbours' letters are no writing; faint strokes are."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from chohyo.domain.geometry import Box
from chohyo.extraction.emptiness import is_written
from chohyo.extraction.strokes import Window

_TALL, _WIDE = 2200, 1600
_BOX = Box(400 / _WIDE, 1000 / _TALL, 700 / _WIDE, 1040 / _TALL)


def paper(noise: float = 0.03) -> np.ndarray:
    grain = np.random.default_rng(3).normal(0.04, noise, (_TALL, _WIDE))
    return np.clip(grain, 0, 1).astype(np.float32)


def put(ink: np.ndarray, text: str, at: tuple[int, int], size: float, dark: float) -> None:
    letters = np.zeros(ink.shape, np.uint8)
    cv2.putText(letters, text, at, 0, size, 255, 2, cv2.LINE_AA)
    np.maximum(ink, dark / 255 * letters, out=ink)


def found(ink: np.ndarray) -> bool:
    shape = (_TALL, _WIDE)
    window = Window.of(_BOX, shape, 16)
    mine = np.asarray(ink[window.cut] > 0.3) & Window.of(_BOX, shape, 2).mask_in(window)
    return is_written(np.clip(ink, 0, 1).astype(np.float32), _BOX, window, mine)


@pytest.mark.parametrize("dark", [0.45, 0.95])
@pytest.mark.parametrize("text", ["1", "7", "No", "2,410"])
def test_small_print_and_faint_strokes_are_writing(text: str, dark: float) -> None:
    ink = paper()
    put(ink, text, (470, 1026), 0.55, dark)
    assert found(ink)


def test_a_dash_in_the_middle_of_its_box_is_writing() -> None:
    ink = paper()
    ink[1019:1022, 500:509] = 0.9
    assert found(ink)


def test_a_letter_on_a_pale_rule_is_writing() -> None:
    ink = paper()
    ink[1022:1025] += 0.3
    put(ink, "4", (470, 1028), 0.6, 0.9)
    assert found(ink)


def test_the_only_letters_of_a_narrow_column_are_writing() -> None:
    ink = paper()
    for row in range(880, 1160, 40):
        put(ink, "4", (470, row + 28), 0.7, 0.9)
    assert found(ink)


def test_strokes_that_noise_has_broken_are_writing() -> None:
    ink = paper()
    for row in range(1006, 1034, 7):
        ink[row : row + 4, 500:503] = 0.6
    assert found(ink)


def test_specks_of_dirt_are_no_writing() -> None:
    ink = paper()
    for x, y in ((450, 1010), (620, 1028)):
        cv2.circle(ink, (x, y), 3, 0.95, -1)
    assert (ink > 0.3).sum() > 40
    assert not found(ink)


def test_a_pale_rule_that_noise_has_broken_is_no_writing() -> None:
    rng = np.random.default_rng(7)
    ink = paper()
    ink[1034:1037] += rng.normal(0.25, 0.12, (3, _WIDE))
    ink[:, 690:693] += rng.normal(0.25, 0.12, (_TALL, 3))
    assert (ink[1030:1040, 400:700] > 0.3).sum() > 100
    assert not found(ink)


def test_tips_of_the_letters_below_are_no_writing() -> None:
    ink = paper()
    for left in range(420, 560, 11):
        ink[1034:1042, left : left + 6] = 0.9
    assert not found(ink)


def test_the_pale_wall_of_a_cell_is_no_writing() -> None:
    ink = paper()
    ink[1001:1039, 550:553] = 0.45
    assert not found(ink)


def test_an_even_grey_block_is_no_writing() -> None:
    ink = paper()
    ink[1003:1036, 540:556] = np.random.default_rng(1).normal(0.55, 0.12, (33, 16))
    assert not found(ink)


def test_a_high_dark_block_may_be_a_brush() -> None:
    ink = paper()
    ink[1003:1036, 540:556] = 0.95
    assert found(ink)
