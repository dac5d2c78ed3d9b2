"""Vectors; every query names its space, so that spaces never mix."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector
from psycopg import sql

from chohyo.domain.matches import Candidate
from chohyo.storage.database import Connection
from chohyo.storage.spaces import StoredSpace
from chohyo.storage.statements import Statements

_SQL = Statements("embeddings")


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


def having(
    connection: Connection, spaces: Sequence[StoredSpace], page_ids: Sequence[UUID]
) -> set[tuple[UUID, int]]:
    """Return which pages have a vector, or a noted gap, in which spaces by their row id."""
    params = {"page_ids": list(page_ids), "space_ids": [each.id for each in spaces]}
    return {(row["page_id"], row["space_id"]) for row in connection.execute(_SQL["having"], params)}


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


def in_space(statement: bytes, space: StoredSpace, **parts: sql.Composable) -> sql.Composed:
    """Return a statement with the space's id and dimensions in it, and other parts.

    The planner only uses the partial index when it sees both as constants.
    """
    return sql.SQL(statement.decode()).format(
        dimensions=sql.Literal(space.space.dimensions),
        space_id=sql.Literal(space.id),
        **parts,
    )
