"""The agent checks its own proposal before a person sees it."""

from __future__ import annotations

from dataclasses import replace

from chohyo.discovery import soundness
from chohyo.domain.geometry import Box
from chohyo.domain.templates import FieldSpec, FieldType
from chohyo.domain.values import Reading, ValueSource

FIELD = FieldSpec("total", "合計", FieldType.AMOUNT, 1, Box(0.1, 0.1, 0.4, 0.2), 1, fill_rate=1.0)


def reading(**changes: object) -> Reading:
    good = Reading("100", 100, 0.9, False, True, FIELD.box, ValueSource.OCR)
    return replace(good, **changes)


def codes(fields, readings, copies=5):
    return [finding.code for finding in soundness.find(fields, readings, copies)]


def test_a_field_that_reads_well_has_no_findings():
    assert codes([FIELD], {"total": [reading()] * 3}) == []


def test_a_field_inside_another_is_dropped_when_mended():
    inner = replace(FIELD, name="inner", box=Box(0.2, 0.12, 0.3, 0.18), fill_rate=0.2)
    findings = soundness.find([FIELD, inner], {}, 5)
    assert [f.params["field"] for f in findings] == ["inner"]
    assert [spec.name for spec in soundness.mend([FIELD, inner], findings)] == ["total"]


def test_fields_of_different_pages_do_not_overlap():
    assert codes([FIELD, replace(FIELD, name="other", page_no=2)], {}) == []


def test_a_type_that_most_values_break_becomes_text():
    readings = {"total": [reading(valid=False, normalized=None)] * 2 + [reading()]}
    findings = soundness.find([FIELD], readings, 5)
    assert not soundness.is_sound([FIELD], findings)
    (mended,) = soundness.mend([FIELD], findings)
    assert mended.type is FieldType.TEXT
    assert soundness.is_sound([mended], soundness.find([mended], readings, 5))


def test_empty_readings_say_nothing_about_a_type():
    empty = reading(raw="", normalized=None, empty=True, valid=False)
    assert codes([FIELD], {"total": [empty] * 4}) == []


def test_an_unreadable_field_is_reported_and_kept():
    findings = soundness.find([FIELD], {"total": [reading(confidence=0.1)]}, 5)
    assert [finding.code for finding in findings] == ["unreadable-field"]
    assert soundness.mend([FIELD], findings) == (FIELD,)


def test_few_copies_are_said_to_be_few():
    assert codes([], {}, copies=1) == ["single-copy"]
    assert codes([], {}, copies=2) == ["few-copies"]
    assert codes([], {}, copies=3) == []


def test_the_trial_is_told_in_figures():
    readings = {
        "total": [
            reading(),
            reading(valid=False, normalized=None),
            reading(raw="", normalized=None, empty=True),
            reading(confidence=0.7),
        ]
    }
    (finding,) = soundness.figures_of([FIELD], readings)
    assert finding.params == {
        "copies": 4, "fields": 1, "filled": 75, "valid": 67, "confidence": 80,
    }  # fmt: skip
    assert soundness.is_sound([FIELD], [finding])
    assert soundness.figures_of([FIELD], {}) == []
