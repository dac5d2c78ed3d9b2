"""Places to tick without a printed box, told from values by what is drawn there."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from chohyo.discovery.bare_ticks import bare_ticks
from chohyo.discovery.blank_form import rebuild
from chohyo.discovery.field_regions import survey
from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.region import RegionKind
from chohyo.domain.geometry import Transform

SHAPE = (1100, 850)
PLACE = PixelBox(300, 400, 312, 412)
NO_PRINT = np.zeros(SHAPE, np.bool_)


def _drawn(*strokes: tuple[tuple[int, int], ...]) -> np.ndarray:
    page = np.zeros(SHAPE, np.uint8)
    for stroke in strokes:
        cv2.polylines(page, [np.array(stroke)], False, 1, 2)
    return page > 0


def _cross(x: int = 301, y: int = 401) -> np.ndarray:
    return _drawn(((x, y), (x + 10, y + 10)), ((x, y + 10), (x + 10, y)))


def _tick(x: int = 301, y: int = 401) -> np.ndarray:
    return _drawn(((x, y + 6), (x + 4, y + 10), (x + 12, y)))


def _written(text: str, x: int = 300, y: int = 412, size: float = 0.5) -> np.ndarray:
    page = np.zeros(SHAPE, np.uint8)
    cv2.putText(page, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, 1, 2)
    return page > 0


NOTHING = np.zeros(SHAPE, np.bool_)


@pytest.mark.parametrize(
    "fills",
    [[_cross(), NOTHING, NOTHING], [_cross(), NOTHING, _cross(302, 400)], [_tick(), _cross()]],
)
def test_crosses_and_ticks_of_several_copies_tell_of_a_box(fills: list[np.ndarray]) -> None:
    (box,) = bare_ticks(np.stack(fills), NO_PRINT, [])
    assert box.covers(PLACE) > 0.9
    assert box.width <= 20


def test_a_tick_counts_in_a_row_with_a_printed_box() -> None:
    beside = PixelBox(380, 400, 395, 415)
    fills = np.stack([_tick(), NOTHING, _tick()])
    assert not bare_ticks(fills, NO_PRINT, [])
    (box,) = bare_ticks(fills, NO_PRINT, [beside])
    assert (box.width, box.height) == (15, 15)


@pytest.mark.parametrize("letter", "ABCDEFGHJKLMNPQRSTUWZ0123456789")
def test_letters_are_no_ticks(letter: str) -> None:
    fills = np.stack([_written(letter), _written(letter, 301), _written(letter, 300, 411)])
    assert not bare_ticks(fills, NO_PRINT, [])


def test_an_x_among_other_letters_is_none() -> None:
    assert not bare_ticks(np.stack([_written("TAX 12"), NOTHING]), NO_PRINT, [])
    assert not bare_ticks(np.stack([_cross(), _written("E"), _written("K")]), NO_PRINT, [])


def test_a_stroke_that_leads_into_a_printed_box_tells_of_no_other() -> None:
    fills = np.stack([_tick(), _tick()])
    assert not bare_ticks(fills, NO_PRINT, [PixelBox(316, 400, 330, 414)])


def _answers(copy: int) -> np.ndarray:
    """Draw a copy of a page of questions with crosses or ticks before their answers."""
    page = np.full((1200, 900), 255, np.uint8)
    for row in range(6):
        y = 200 + 100 * row
        cv2.putText(page, f"Is this the case no. {row + 1}?", (80, y), 0, 0.8, 0, 2)
        cv2.putText(page, "Yes", (540, y), 0, 0.8, 0, 2)
        cv2.putText(page, "No", (740, y), 0, 0.8, 0, 2)
        x = 500 if (copy + row) % 3 else 700
        if copy % 2:
            cv2.polylines(
                page, [np.array([(x, y - 6), (x + 5, y), (x + 17, y - 15)])], False, 60, 3
            )
        else:
            cv2.line(page, (x, y - 15), (x + 15, y), 60, 3)
            cv2.line(page, (x, y), (x + 15, y - 15), 60, 3)
    return page


def test_answers_ticked_on_bare_paper_are_boxes_to_tick() -> None:
    copies = [_answers(copy) for copy in range(6)]
    blank = rebuild(copies, [Transform.identity()] * 6, (900, 1200))
    regions, _ = survey(blank)
    boxes = [r for r in regions if r.kind is RegionKind.CHECKBOX]
    assert not [r for r in regions if r.kind is RegionKind.TEXT]
    assert len(boxes) == 12
    assert all(len(box.copies) in (2, 4) for box in boxes)
