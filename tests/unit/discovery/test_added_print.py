"""Whether ink on one side alone is print that an edition added, or something people put there."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from chohyo.discovery.added_print import is_added_print
from chohyo.discovery.division import best_division
from chohyo.discovery.print_cells import label_cells, measure_stack, softened

_SIDES = np.array([0, 0, 0, 0, 1, 1, 1, 1], np.int8)
_PLACE = (160, 20, 200, 420)
_NOTE = "the limit is twenty-four months of rent"

Draw = Callable[[np.ndarray, int, int], None]


def _copies(draw: Draw) -> np.ndarray:
    """Return softened copies of a block of two notes; `draw` puts on what copy and side show."""
    copies = []
    for number, side in enumerate(_SIDES.tolist()):
        ink = np.zeros((320, 460), np.uint8)
        _write(ink, "Applicant", 60)
        cv2.line(ink, (140, 64), (430, 64), 255, 2)
        for line, text in enumerate(("bring a certificate of your seal", "issued in three months")):
            _write(ink, text, 120 + 30 * line)
        draw(ink, side, number)
        noise = np.random.default_rng(number).integers(0, 12, ink.shape)
        copies.append(softened(np.clip(ink.astype(int) + noise, 0, 255).astype(np.uint8)))
    return np.stack(copies)


def _write(ink: np.ndarray, text: str, y: int, x: int = 30) -> None:
    cv2.putText(ink, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.55, 255, 2)


def _note(ink: np.ndarray, side: int, number: int) -> None:
    if side:
        _write(ink, _NOTE, 180)


def _blank_with_label(ink: np.ndarray, side: int, number: int) -> None:
    if side:
        _write(ink, "Number", 180)
        cv2.line(ink, (120, 184), (420, 184), 255, 2)
        _write(ink, f"T{12345 * (number + 3)}", 180, 130)


def _entry_apart(ink: np.ndarray, side: int, number: int) -> None:
    if side:
        _write(ink, "2-11-4 Marunouchi Chiyoda Tokyo", 186, 70)


def _entry_on_a_rule(ink: np.ndarray, side: int, number: int) -> None:
    cv2.line(ink, (30, 184), (420, 184), 255, 2)
    if side:
        _write(ink, _NOTE, 180)


def _pale_rule(ink: np.ndarray, side: int, number: int) -> None:
    if side:
        cv2.line(ink, (30, 184), (420, 184), 255, 2)


def _other_values(ink: np.ndarray, side: int, number: int) -> None:
    if side:
        letters = np.random.default_rng(50 + number).integers(97, 122, 26)
        _write(ink, bytes(letters.tolist()).decode(), 180)


@pytest.mark.parametrize(
    ("draw", "expected"),
    [
        (_note, True),
        (_blank_with_label, True),
        (_entry_apart, False),
        (_entry_on_a_rule, False),
        (_pale_rule, False),
        (_other_values, False),
    ],
)
def test_added_print_is_told_from_entries_and_lost_rules(draw, expected):
    assert is_added_print(_copies(draw), _SIDES, _PLACE) is expected


@pytest.mark.parametrize("draw", [_note, _blank_with_label])
def test_one_added_line_divides_eight_copies(draw):
    copies = _copies(draw)

    split = best_division(label_cells(measure_stack(copies), np.arange(len(copies))), copies)

    assert split is not None and split.evidence > 1.3
    assert split.sides.tolist() == _SIDES.tolist()


def test_one_entry_that_copies_share_divides_nothing():
    copies = _copies(_entry_apart)

    split = best_division(label_cells(measure_stack(copies), np.arange(len(copies))), copies)

    assert split is None or split.evidence < 1.3
