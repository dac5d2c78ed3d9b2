"""How long documents are kept: rules, and the documents whose time is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chohyo.domain.retention import DueDocument, RetentionRule
from chohyo.storage.database import Connection
from chohyo.storage.statements import Statements

_SQL = Statements("retention")


def put(connection: Connection, rule: RetentionRule) -> UUID:
    """Store a rule in the place of the one for the same documents; return its id."""
    row = connection.execute(
        _SQL["put"],
        {
            "id": rule.id,
            "collection_id": rule.collection_id,
            "family_id": rule.family_id,
            "days": rule.days,
        },
    ).fetchone()
    assert row is not None
    return UUID(str(row["id"]))


def remove(connection: Connection, rule_id: UUID) -> None:
    """Remove a rule."""
    connection.execute(_SQL["remove"], {"id": rule_id})


def get(connection: Connection, rule_id: UUID) -> RetentionRule | None:
    """Return a rule."""
    row = connection.execute(_SQL["get"], {"id": rule_id}).fetchone()
    return RetentionRule(**row) if row else None


def rules(connection: Connection, collections: Sequence[UUID]) -> list[RetentionRule]:
    """Return the rules of collections, that of the collection itself first."""
    rows = connection.execute(_SQL["list"], {"collections": list(collections)})
    return [RetentionRule(**row) for row in rows]


def due(
    connection: Connection,
    collections: Sequence[UUID],
    before: datetime,
    limit: int,
    *,
    held: bool,
    after: UUID | None = None,
) -> list[DueDocument]:
    """Return the documents whose time is over by `before`, longest first; `held` ones if wanted.

    The list goes on `after` a document of it; after one that is not in it there is nothing.
    """
    rows = connection.execute(
        _SQL["due"],
        {
            "collections": list(collections),
            "before": before,
            "limit": limit,
            "held": held,
            "after": after,
        },
    )
    return [DueDocument(**row) for row in rows]
