"""Whether what divides copies is a printed character, or something people put there."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from chohyo.discovery.coincidence import Split, splits
from chohyo.discovery.division import best_division
from chohyo.discovery.exchanged_characters import Exchange, exchange
from chohyo.discovery.print_cells import label_cells, measure_stack, softened

_SIDES = np.array([0, 0, 0, 1, 1, 1], np.int8)
_PLACE = (60, 120, 100, 160)

Draw = Callable[[np.ndarray, int], None]


def _copies(draw: Draw, sides: np.ndarray = _SIDES) -> np.ndarray:
    """Return softened copies of a small form on which `draw` puts what a side shows."""
    copies = []
    for number, side in enumerate(sides.tolist()):
        ink = np.zeros((200, 300), np.uint8)
        for y in (30, 150, 180):
            cv2.putText(ink, "Name of the applicant", (20, y), 0, 0.6, 255, 2)
        draw(ink, side)
        noise = np.random.default_rng(number).integers(0, 12, ink.shape)
        copies.append(softened(np.clip(ink.astype(int) + noise, 0, 255).astype(np.uint8)))
    return np.stack(copies)


def _year(ink: np.ndarray, side: int) -> None:
    cv2.putText(ink, ("2023", "2024")[side], (83, 90), 0, 0.8, 255, 2)


def _typed_apart(ink: np.ndarray, side: int) -> None:
    cv2.putText(ink, "No", (40, 90), 0, 0.8, 255, 2)
    cv2.putText(ink, "34"[side], (133, 90), 0, 0.8, 255, 2)


def _ticked(ink: np.ndarray, side: int) -> None:
    cv2.rectangle(ink, (130, 70), (148, 88), 255, 1)
    cv2.putText(ink, "yes", (153, 87), 0, 0.6, 255, 2)
    if side:
        cv2.line(ink, (133, 73), (145, 85), 255, 2)
        cv2.line(ink, (145, 73), (133, 85), 255, 2)
    else:
        cv2.polylines(ink, [np.array([(132, 79), (137, 85), (147, 71)])], False, 255, 2)


def _ringed(ink: np.ndarray, side: int) -> None:
    cv2.putText(ink, "no", (118, 88), 0, 0.6, 255, 2)
    cv2.ellipse(ink, (129, 82), ((27, 17), (24, 21))[side], 0, 0, 360, 255, 2)


@pytest.mark.parametrize(
    ("draw", "expected"),
    [
        (_year, Exchange.CHARACTER),
        (_typed_apart, Exchange.OTHER),
        (_ticked, Exchange.FRAMED),
        (_ringed, Exchange.OTHER),
        (lambda ink, side: None, Exchange.NOTHING),
    ],
)
def test_what_differs_is_told_from_what_stands_around_it(draw, expected):
    assert exchange(_copies(draw), _SIDES, _PLACE) is expected


def test_a_character_whose_company_varies_is_no_print():
    def number(ink: np.ndarray, side: int) -> None:
        cv2.putText(ink, f"{next(digits)}{'34'[side]}", (117, 90), 0, 0.8, 255, 2)

    digits = iter("172849")
    assert exchange(_copies(number), _SIDES, _PLACE) is Exchange.OTHER


def _best(draw: Draw) -> tuple[Split | None, float]:
    """Return the division of six copies, and the evidence of coincidence alone."""
    copies = _copies(draw)
    found = label_cells(measure_stack(copies), np.arange(len(copies)))
    alone = max((split.evidence for split in splits(found)), default=0.0)
    return best_division(found, copies), alone


def test_one_printed_digit_divides_six_copies():
    split, alone = _best(_year)

    assert alone < 1.3
    assert split is not None
    assert split.evidence > 1.3
    assert split.sides.tolist() == _SIDES.tolist()


@pytest.mark.parametrize("draw", [_ticked, _typed_apart])
def test_one_mark_or_entry_divides_nothing(draw):
    split, _ = _best(draw)

    assert split is None or split.evidence < 1.3
