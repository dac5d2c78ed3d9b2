"""What people corrected, and which suggestions they decided: rows to domain types and back."""

from __future__ import annotations

from uuid import UUID

from chohyo.domain.geometry import Box
from chohyo.domain.suggestions import Correction, Suggestion
from chohyo.domain.values import Value, ValueSource
from chohyo.storage.database import Connection, Row
from chohyo.storage.statements import Statements

_SQL = Statements("corrections")


def note(connection: Connection, value: Value) -> None:
    """Keep what the machine had read before a person looks at it."""
    if value.reading.source is ValueSource.PERSON:
        connection.execute(_SQL["note_again"], {"value_id": value.id})
        return
    connection.execute(
        _SQL["note"],
        {
            "value_id": value.id,
            "field_id": value.field_id,
            "was_raw": value.reading.raw,
            "was_empty": value.reading.empty,
        },
    )


def of_version(connection: Connection, version_id: UUID) -> list[Correction]:
    """Return the corrections of a version's fields, oldest first."""
    rows = connection.execute(_SQL["of_version"], {"version_id": version_id})
    return [_correction(row) for row in rows]


def of_field(connection: Connection, field_id: UUID) -> list[Correction]:
    """Return the corrections of a field, oldest first."""
    rows = connection.execute(_SQL["of_field"], {"field_id": field_id})
    return [_correction(row) for row in rows]


def store_found(connection: Connection, value_id: UUID, raw: str, found: Box | None) -> None:
    """Note where what a person typed was found, unless they typed something else since."""
    x0, y0, x1, y1 = found.as_list() if found else [None] * 4
    connection.execute(
        _SQL["store_found"],
        {"value_id": value_id, "raw": raw, "x0": x0, "y0": y0, "x1": x1, "y1": y1},
    )


def dismissed(connection: Connection, version_id: UUID) -> set[UUID]:
    """Return the suggestions about a version's fields that somebody dismissed."""
    rows = connection.execute(_SQL["dismissed"], {"version_id": version_id})
    return {row["id"] for row in rows}


def decide(
    connection: Connection, suggestion: Suggestion, outcome: str, principal_id: UUID
) -> None:
    """Remember what became of a suggestion: `accepted` or `dismissed`."""
    connection.execute(
        _SQL["decide"],
        {
            "id": suggestion.id,
            "field_id": suggestion.field.id,
            "kind": suggestion.kind.value,
            "outcome": outcome,
            "decided_by": principal_id,
        },
    )


def _correction(row: Row) -> Correction:
    found = Box(row["x0"], row["y0"], row["x1"], row["y1"]) if row["x0"] is not None else None
    return Correction(
        value_id=row["value_id"],
        page_id=row["page_id"],
        document_id=row["document_id"],
        field_id=row["field_id"],
        was_raw=row["was_raw"],
        was_empty=row["was_empty"],
        raw=row["raw"],
        looked=row["looked"],
        found=found,
    )
