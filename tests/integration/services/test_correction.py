"""Correcting values."""

from __future__ import annotations

from dataclasses import replace

from filing import HOLDER, Filing

from chohyo.domain.collections import Collection
from chohyo.domain.values import ValueSource
from chohyo.services import audit as audits
from chohyo.services.runtime import Runtime
from chohyo.services.values import correct
from chohyo.storage import values


def test_a_machine_does_not_overwrite_what_a_person_corrected(
    runtime: Runtime, callers, filing: Filing
) -> None:
    value_id = filing.values["remark"]
    correct(runtime, callers["reviewer"].caller, value_id, "訂正")
    with runtime.database.transaction() as connection:
        corrected = values.get(connection, value_id)
        assert corrected is not None
        machine = replace(corrected.reading, raw="読取", source=ValueSource.OCR)
        values.put(connection, replace(corrected, reading=machine))
        assert values.get(connection, value_id) == corrected


def test_text_that_breaks_the_type_is_kept_and_flagged(
    runtime: Runtime, callers, filing: Filing
) -> None:
    done = correct(runtime, callers["reviewer"].caller, filing.values["amount"], "たくさん")
    assert (done.value.reading.raw, done.value.reading.valid) == ("たくさん", False)


def test_an_amount_that_is_left_empty_breaks_no_type(
    runtime: Runtime, callers, filing: Filing
) -> None:
    done = correct(runtime, callers["reviewer"].caller, filing.values["amount"], " ")
    reading = done.value.reading
    assert (reading.empty, reading.normalized, reading.valid) == (True, None, True)


def test_confirming_a_value_keeps_what_its_surroundings_said(
    runtime: Runtime, callers, filing: Filing
) -> None:
    """The text alone is no date: its era was circled beside it."""
    value_id = filing.values["amount"]
    with runtime.database.transaction() as connection:
        value = values.get(connection, value_id)
        assert value is not None
        dated = replace(value.reading, raw="6.4.1", normalized="2024-04-01", confidence=0.5)
        values.put(connection, replace(value, reading=dated))
    done = correct(runtime, callers["reviewer"].caller, value_id, "6.4.1")
    assert (done.value.reading.normalized, done.value.reading.valid) == ("2024-04-01", True)


def test_the_audit_of_a_correction_holds_neither_text(
    runtime: Runtime, callers, filing: Filing, collection: Collection
) -> None:
    caller = callers["reviewer"].caller
    correct(runtime, caller, filing.values["holder_name"], "田中太郎")
    entry = audits.list_entries(runtime, caller, object_id=filing.values["holder_name"])[0]
    assert (entry.action, entry.actor) == ("value.corrected", caller.actor)
    assert entry.before != entry.after
    assert HOLDER not in str(entry)
    assert "田中太郎" not in str(entry)
