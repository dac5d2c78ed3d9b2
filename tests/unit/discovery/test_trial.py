"""Proposed fields tried on copies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from membership_form import ROWS, filled_copies, rebuilt, value_box

from chohyo.discovery.trial import TRIED, Copy, retyped, try_fields
from chohyo.domain.geometry import Box
from chohyo.domain.templates import FieldEvidence, FieldSpec, FieldType, TableCell
from chohyo.domain.values import Reading, ValueSource
from chohyo.models.ocr import RecognizedText


class Counting:
    """Reads the same everywhere, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def read_regions(self, images: list[np.ndarray]) -> list[RecognizedText]:
        self.asked += 1
        return [RecognizedText("7", 0.9, (0.9,))] * len(images)


def _reading(raw: str) -> Reading:
    return Reading(raw, raw, 0.9, not raw, True, Box(0, 0, 1, 1), ValueSource.OCR)


def _field(kind: FieldType = FieldType.TEXT, row: int = 0) -> FieldSpec:
    return FieldSpec(f"row_{row}", ROWS[row][0], kind, 1, value_box(row), row)


def test_a_few_copies_are_read() -> None:
    images, moves, _ = filled_copies(4)
    reader = Counting()
    copies = [Copy(image, move) for image, move in zip(images, moves, strict=True)]
    found = try_fields(copies, rebuilt(4).image, [_field(), _field(row=2)], reader)
    assert {name: [each.raw for each in read] for name, read in found.items()} == {
        "row_0": ["7"] * TRIED, "row_2": ["7"] * TRIED,
    }  # fmt: skip
    assert reader.asked == TRIED  # all fields of a copy at once


def test_values_decide_the_type_that_a_label_leaves_open() -> None:
    spec = _field()
    (typed,) = retyped([spec], {spec.name: [_reading("1,204"), _reading("88,310"), _reading("")]})
    assert typed.type is FieldType.AMOUNT


def test_the_values_of_a_column_count_for_all_its_cells() -> None:
    cells = [
        replace(_field(row=row), cell=TableCell("lines", "price", row + 1)) for row in range(3)
    ]
    readings = {"row_0": [_reading("1,204")], "row_1": [_reading("3,100"), _reading("")]}
    typed = retyped(cells, readings)
    assert [spec.type for spec in typed] == [FieldType.AMOUNT] * 3
    assert typed[2].evidence == (FieldEvidence.TYPE_FROM_VALUES,)


def test_values_do_not_overrule_a_label() -> None:
    spec = _field(FieldType.PERSON_NAME)
    (typed,) = retyped([spec], {spec.name: [_reading("1,204"), _reading("88,310")]})
    assert typed.type is FieldType.PERSON_NAME
