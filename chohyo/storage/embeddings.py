"""Embedding spaces and vectors; every query names its space, so that spaces never mix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector
from psycopg import sql

from chohyo.domain.matches import Candidate
from chohyo.domain.spaces import EmbeddingSpace
from chohyo.storage.database import Connection, Row
from chohyo.storage.statements import Statements

_SQL = Statements("embeddings")


@dataclass(frozen=True, slots=True)
class StoredSpace:
    """A registered space: its row id and what it is."""

    id: int
    space: EmbeddingSpace
    active: bool


def ensure_space(connection: Connection, space: EmbeddingSpace) -> StoredSpace:
    """Register a space with its index; the first one registered becomes active."""
    row = connection.execute(_SQL["space_by_name"], {"name": space.name}).fetchone()
    if row is None:
        connection.execute(_SQL["insert_space"], _params(space))
        row = connection.execute(_SQL["space_by_name"], {"name": space.name}).fetchone()
        assert row is not None
        connection.execute(_SQL["ensure_index"], {"space_id": row["id"]})
    return _space(row)


def ensure_text_space(connection: Connection, space: EmbeddingSpace) -> StoredSpace:
    """Register a space of passages with its index; it is never the one that routing uses."""
    row = connection.execute(_SQL["space_by_name"], {"name": space.name}).fetchone()
    if row is None:
        connection.execute(_SQL["insert_text_space"], _params(space))
        row = connection.execute(_SQL["space_by_name"], {"name": space.name}).fetchone()
        assert row is not None
        connection.execute(_SQL["ensure_passage_index"], {"space_id": row["id"]})
    return _space(row)


def active_space(connection: Connection) -> StoredSpace | None:
    """Return the space that routing uses."""
    row = connection.execute(_SQL["active_space"]).fetchone()
    return _space(row) if row else None


def put(
    connection: Connection, space: StoredSpace, page_id: UUID, vector: NDArray[np.float32]
) -> None:
    """Store a page's vector, shape (dimensions,), in place of an earlier one."""
    connection.execute(
        _SQL["put"], {"page_id": page_id, "space_id": space.id, "v": HalfVector(vector)}
    )


def vectors(
    connection: Connection, space: StoredSpace, page_ids: Sequence[UUID]
) -> dict[UUID, NDArray[np.float32]]:
    """Return the stored vectors of these pages, each of shape (dimensions,)."""
    rows = connection.execute(_SQL["vectors"], {"space_id": space.id, "page_ids": list(page_ids)})
    return {row["page_id"]: row["v"].to_numpy().astype(np.float32) for row in rows}


def nearest_exemplars(
    connection: Connection,
    space: StoredSpace,
    collection_id: UUID,
    vector: NDArray[np.float32],
    limit: int,
) -> list[Candidate]:
    """Return template pages by the cosine similarity of their nearest exemplar, best first."""
    rows = connection.execute(
        in_space(_SQL["nearest_exemplars"], space),
        {"v": HalfVector(vector), "collection_id": collection_id, "limit": limit},
    )
    return [
        Candidate(
            template_page_id=row["template_page_id"],
            version_id=row["version_id"],
            family_id=row["family_id"],
            similarity=float(row["similarity"]),
        )
        for row in rows
    ]


def in_space(statement: bytes, space: StoredSpace) -> sql.Composed:
    """Return a statement with the space's id and dimensions in it.

    The planner only uses the partial index when it sees both as constants.
    """
    return sql.SQL(statement.decode()).format(
        dimensions=sql.Literal(space.space.dimensions), space_id=sql.Literal(space.id)
    )


def _params(space: EmbeddingSpace) -> Row:
    return {
        "name": space.name,
        "model_id": space.model_id,
        "revision": space.revision,
        "dimensions": space.dimensions,
        "instruction": space.instruction,
        "pixel_budget": space.pixel_budget,
        "prompt_version": space.prompt_version,
    }


def _space(row: Row) -> StoredSpace:
    space = EmbeddingSpace(
        name=row["name"],
        model_id=row["model_id"],
        revision=row["revision"],
        dimensions=row["dimensions"],
        instruction=row["instruction"],
        pixel_budget=row["pixel_budget"],
        prompt_version=row["prompt_version"],
    )
    return StoredSpace(row["id"], space, row["active"])
