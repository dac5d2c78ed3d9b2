"""A box that cuts a value, holds several or lies in print shows it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from chohyo.domain.geometry import Box
from chohyo.domain.templates import FieldEvidence, FieldSpec, FieldType
from chohyo.extraction.arrangement import Standing
from chohyo.extraction.confidence import text_signs
from chohyo.extraction.place_signs import PlaceSigns, place_signs
from chohyo.extraction.print_lines import FormPrint
from chohyo.extraction.strokes import Strokes
from chohyo.models.ocr import RecognizedText

BOX = Box(0.2, 0.4, 0.6, 0.5)
FOUND = (FieldEvidence.FILLED,)


def signs(
    *letters: tuple[int, int],
    box: Box = BOX,
    form: np.ndarray | None = None,
    ink: np.ndarray | None = None,
) -> PlaceSigns:
    """Signs of a box at rows 80 to 100, columns 40 to 120, with letters of 14 rows at columns."""
    fill = np.zeros((200, 200), np.float32)
    for left, right in letters:
        fill[83:97, left:right] = 1.0
    print_ = FormPrint.of(np.zeros(fill.shape, np.bool_) if form is None else form)
    strokes = Strokes(fill, [box, Box(0.61, 0.4, 0.9, 0.5)], print_)
    window, mine = strokes.within(0)
    spec = FieldSpec("a", "", FieldType.TEXT, 1, box, 1, evidence=FOUND)
    shown = fill if ink is None else ink
    return place_signs(spec, shown, strokes, window, mine, fill[window.cut] > 0.3, Standing())


WHOLE = signs((50, 58), (60, 68))


def test_a_value_that_a_box_beside_goes_on_with_has_ink_right_behind_it() -> None:
    assert signs((104, 112), (114, 119), (123, 130)).behind == pytest.approx(4 / 14)
    assert WHOLE.behind == WHOLE.before == 5.0


def test_two_values_in_a_box_have_a_wide_gap() -> None:
    assert signs((45, 53), (105, 113)).gap == pytest.approx(52 / 14)
    assert WHOLE.gap == pytest.approx(2 / 14)


def test_print_right_beside_a_value_and_rules_through_the_box_are_seen() -> None:
    form = np.zeros((200, 200), np.bool_)
    form[84:96, 72:80] = True
    beside = signs((50, 58), (60, 68), form=form)
    assert beside.print_behind == pytest.approx(4 / 14)
    assert beside.print_inside > 0 == WHOLE.print_inside
    form = np.zeros((200, 200), np.bool_)
    form[60:130, 90:92] = True
    assert signs((50, 58), form=form).rules_inside > 0 == WHOLE.rules_inside


def test_print_that_a_page_shows_otherwise_is_told_from_print_that_it_shows() -> None:
    form = np.zeros((200, 200), np.bool_)
    form[83:97, 36:38] = form[83:97, 44:46] = form[83:85, 36:46] = True
    fill = np.zeros((200, 200), np.float32)
    fill[83:97, 50:58] = 1.0
    same, other = fill.copy(), fill.copy()
    same[form] = 1.0
    other[83:97, 40:42] = other[90:92, 35:47] = 1.0
    assert signs((50, 58), form=form, ink=same).alike > 0.9
    assert signs((50, 58), form=form, ink=other).alike < 0.3
    assert WHOLE.alike == 1.0


def test_ruled_sides_and_the_room_around_a_value_are_measured() -> None:
    form = np.zeros((200, 200), np.bool_)
    form[100, 30:130] = True
    found = signs((50, 58), (60, 68), form=form)
    assert (found.ruled_below, found.ruled_above) == (1.0, 0.0)
    assert found.room_left == pytest.approx(10 / 14)
    assert found.high == pytest.approx(14 / 20)


def test_a_cut_value_is_less_sure_than_a_whole_one_and_a_box_without_doubt_stays_as_read() -> None:
    read = [RecognizedText("1234", 0.99, (0.99,) * 4)]

    def sure(place: PlaceSigns | None) -> float:
        extra = (*place.values(), np.log1p(4), 1.0) if place else ()
        return text_signs(read, place=extra).confidence()

    cut = replace(WHOLE, behind=0.2, room_right=-0.5, touching=0.2)
    assert sure(cut) < sure(WHOLE) - 0.1
    assert sure(None) == text_signs(read).confidence()
