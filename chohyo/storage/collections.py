"""Collections: sets of documents and templates with their own permissions."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from uuid import UUID

from chohyo.domain.collections import Collection
from chohyo.storage.database import Connection
from chohyo.storage.statements import Statements

_SQL = Statements("collections")


def insert(connection: Connection, collection: Collection) -> None:
    """Store a new collection with an audit key of its own."""
    connection.execute(
        _SQL["insert"],
        {"id": collection.id, "name": collection.name, "audit_key": secrets.token_bytes(32)},
    )


def first(connection: Connection) -> Collection | None:
    """Return the oldest collection: the one an installation starts with."""
    row = connection.execute(_SQL["first"]).fetchone()
    return Collection(row["id"], row["name"]) if row else None


def every(connection: Connection) -> list[Collection]:
    """Return all collections, oldest first."""
    return [Collection(row["id"], row["name"]) for row in connection.execute(_SQL["every"])]


def some(connection: Connection, ids: Sequence[UUID]) -> list[Collection]:
    """Return the collections of these ids, oldest first."""
    rows = connection.execute(_SQL["some"], {"ids": list(ids)})
    return [Collection(row["id"], row["name"]) for row in rows]


def by_name(connection: Connection, name: str) -> Collection | None:
    """Return the collection of a name."""
    row = connection.execute(_SQL["by_name"], {"name": name}).fetchone()
    return Collection(row["id"], row["name"]) if row else None


def rename(connection: Connection, collection_id: UUID, name: str) -> None:
    """Give a collection another name."""
    connection.execute(_SQL["rename"], {"id": collection_id, "name": name})


def lock(connection: Connection, ids: Sequence[UUID]) -> None:
    """Hold the collections until the transaction ends, so that changes of roles come in turn."""
    connection.execute(_SQL["lock"], {"ids": list(ids)})


def audit_key(connection: Connection, collection_id: UUID) -> bytes:
    """Return the key under which the collection's audit hashes are made."""
    row = connection.execute(_SQL["audit_key"], {"id": collection_id}).fetchone()
    assert row is not None
    return bytes(row["audit_key"])
