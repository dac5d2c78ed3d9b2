"""A value that people say is there is found around its box."""

from __future__ import annotations

from dataclasses import replace

import pytest
from membership_form import ROWS, draw, scan, value_box

from chohyo.domain.geometry import Box
from chohyo.domain.templates import FieldSpec, FieldType
from chohyo.extraction.relocating import place_of
from chohyo.models.ocr import RapidTextRecognizer

RECOGNIZER = RapidTextRecognizer()
FIELDS = [
    FieldSpec(f"row_{n}", label, FieldType.TEXT, 1, value_box(n), n)
    for n, (label, _) in enumerate(ROWS)
]


def _place(text: str, field: FieldSpec) -> Box | None:
    page, transform = scan(draw(0), seed=3, angle=0.5, shift=4.0)
    others = [each for each in FIELDS if each.name != field.name]
    return place_of(text, page, transform, draw(None), field, others, RECOGNIZER)


def _with_box(number: int, box: Box) -> FieldSpec:
    return replace(FIELDS[number], box=box)


def test_a_value_that_a_narrow_box_cuts_off_is_found_whole() -> None:
    box = value_box(0)
    narrow = Box(box.x0, box.y0, box.x0 + 0.06, box.y1)
    found = _place("Amber Lee", replace(FIELDS[0], box=narrow))
    assert found is not None
    assert narrow.x1 < found.x1 < box.x1
    assert box.y0 < found.y0 < found.y1 < box.y1


def test_a_value_below_its_box_is_found_there() -> None:
    above = Box(120 / 420, 324 / 594, 300 / 420, 343 / 594)  # the line to write on is at 360
    found = _place("iris vane", replace(FIELDS[0], name="sponsor", box=above))
    assert found is not None
    assert found.y0 > above.y1 - 0.005


@pytest.mark.parametrize("text", ["Someone Else", "", "04/07/1981"])
def test_what_is_not_written_near_or_is_another_fields_is_not_found(text: str) -> None:
    assert _place(text, FIELDS[0]) is None
