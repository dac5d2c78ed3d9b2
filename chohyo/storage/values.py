"""Values read from pages: rows to domain types and back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from psycopg.types.json import Jsonb

from chohyo.domain.geometry import Box
from chohyo.domain.values import Reading, Value, ValueSource
from chohyo.storage.database import Connection, Row
from chohyo.storage.statements import Statements

_SQL = Statements("values")


def put(connection: Connection, value: Value) -> None:
    """Store a value in place of an earlier one of the same field and page.

    What a person corrected is only replaced by another correction.
    """
    reading = value.reading
    connection.execute(
        _SQL["put"],
        {
            "id": value.id,
            "collection_id": value.collection_id,
            "instance_id": value.instance_id,
            "page_id": value.page_id,
            "field_id": value.field_id,
            "raw": reading.raw,
            "normalized": Jsonb(reading.normalized),
            "confidence": reading.confidence,
            "empty": reading.empty,
            "valid": reading.valid,
            "x0": reading.box.x0,
            "y0": reading.box.y0,
            "x1": reading.box.x1,
            "y1": reading.box.y1,
            "source": reading.source.value,
        },
    )


def get(connection: Connection, value_id: UUID) -> Value | None:
    """Return a value."""
    row = connection.execute(_SQL["get"], {"id": value_id}).fetchone()
    return _value(row) if row else None


def of_instances(connection: Connection, instance_ids: Sequence[UUID]) -> list[Value]:
    """Return the values of these instances, each in the order of its fields."""
    rows = connection.execute(_SQL["of_instances"], {"instance_ids": list(instance_ids)})
    return [_value(row) for row in rows]


def of_page(connection: Connection, page_id: UUID) -> list[Value]:
    """Return a page's values in the order of their fields."""
    return [_value(row) for row in connection.execute(_SQL["of_page"], {"page_id": page_id})]


def doubtful(
    connection: Connection, collections: Sequence[UUID], *, before: UUID | None, limit: int
) -> list[Value]:
    """Return the values of these collections that a person should look at, newest first."""
    rows = connection.execute(
        _SQL["doubtful"], {"collections": list(collections), "before": before, "limit": limit}
    )
    return [_value(row) for row in rows]


def least_sure(
    connection: Connection,
    collections: Sequence[UUID],
    *,
    after: tuple[float, UUID] | None,
    limit: int,
) -> list[Value]:
    """Return the values that a person should look at, the least sure first."""
    confidence, last = after or (None, None)
    rows = connection.execute(
        _SQL["least_sure"],
        {"collections": list(collections), "confidence": confidence, "id": last, "limit": limit},
    )
    return [_value(row) for row in rows]


def _value(row: Row) -> Value:
    reading = Reading(
        raw=row["raw"],
        normalized=row["normalized"],
        confidence=row["confidence"],
        empty=row["empty"],
        valid=row["valid"],
        box=Box(row["x0"], row["y0"], row["x1"], row["y1"]),
        source=ValueSource(row["source"]),
    )
    return Value(
        id=row["id"],
        collection_id=row["collection_id"],
        instance_id=row["instance_id"],
        page_id=row["page_id"],
        field_id=row["field_id"],
        reading=reading,
    )
