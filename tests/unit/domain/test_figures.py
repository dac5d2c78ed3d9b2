"""Figures of tried fields: counted, kept over edits, and fields that overlap."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chohyo.domain.figures import FieldFigures, carried, overlaps
from chohyo.domain.geometry import Box
from chohyo.domain.ids import new_id
from chohyo.domain.templates import FieldSpec, FieldType
from chohyo.domain.values import Reading, ValueSource

BOX = Box(0.1, 0.1, 0.5, 0.2)


def reading(raw: str, confidence: float = 0.9, *, valid: bool = True) -> Reading:
    return Reading(raw, raw or None, confidence, not raw, valid, BOX, ValueSource.OCR)


def test_readings_are_counted_and_the_pages_at_fault_named() -> None:
    pages = [new_id() for _ in range(4)]
    found = FieldFigures.of(
        "total",
        list(
            zip(
                pages,
                [reading("1"), reading("x", valid=False), reading("?", 0.3), reading("")],
                strict=True,
            )
        ),
    )
    assert (found.read, found.filled, found.valid, found.readable) == (4, 3, 2, 2)
    assert found.confidence == pytest.approx(0.7)
    assert found.at_fault == (pages[1], pages[2])
    assert found.of_pages({pages[2]}).at_fault == (pages[2],)


def test_figures_outlive_another_name_but_not_another_box_or_type() -> None:
    spec = FieldSpec("a", "A", FieldType.TEXT, 1, BOX, 0)
    figures = [FieldFigures.of("a", [(new_id(), reading("1"))])]
    (kept,) = carried(figures, [spec], [replace(spec, name="b", label="B")])
    assert kept == replace(figures[0], name="b")
    for changed in (replace(spec, type=FieldType.DATE), replace(spec, box=Box(0, 0, 1, 1))):
        assert carried(figures, [spec], [changed]) == ()


def test_fields_in_one_another_are_named_on_both_sides() -> None:
    outer = FieldSpec("outer", "", FieldType.TEXT, 1, BOX, 0)
    inner = replace(outer, name="inner", box=Box(0.2, 0.12, 0.3, 0.15))
    beside = replace(outer, name="beside", box=Box(0.5, 0.1, 0.9, 0.2))
    elsewhere = replace(inner, name="elsewhere", page_no=2)
    assert overlaps([beside, inner, outer, elsewhere]) == {
        "outer": ("inner",), "inner": ("outer",),
    }  # fmt: skip
