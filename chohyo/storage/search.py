"""Look pages up: by grams, vectors and features, among those that may be found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector
from psycopg import sql

from chohyo.domain.geometry import Box, Transform
from chohyo.domain.search import HitTemplate
from chohyo.domain.values import Normalized
from chohyo.storage.database import Connection, Row
from chohyo.storage.embeddings import in_space
from chohyo.storage.matches import transform_of
from chohyo.storage.search_filters import Among
from chohyo.storage.search_index import EntryPart
from chohyo.storage.spaces import StoredSpace
from chohyo.storage.statements import Statements
from chohyo.storage.templates import field_spec

_SQL = Statements("search")

# By the index, and without it.
_PASSAGES = "nearest_passages", "passages_of"
_LAYOUTS = "nearest_layouts", "layouts_of"
_ENOUGH = 0.5  # of the rows asked for, with which nobody looks further


@dataclass(frozen=True, slots=True)
class Entry:
    """A page's lines, or its values, as they are searched."""

    page_id: UUID
    part: EntryPart
    collection_id: UUID
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage by its lines, and the cosine similarity of its meaning."""

    page_id: UUID
    first: int
    last: int
    similarity: float


def gram_frequencies(connection: Connection) -> tuple[dict[int, float], int]:
    """Return the share of entries that hold each of the commonest grams, and how many there are.

    Both are what PostgreSQL last counted: nothing before it has analysed the table.
    """
    rows = connection.execute(_SQL["gram_frequencies"])
    frequencies = {row["gram"]: float(row["frequency"]) for row in rows}
    row = connection.execute(_SQL["entries"]).fetchone()
    return frequencies, row["n"] if row else 0


def holding_all(
    connection: Connection, grams: Sequence[int], among: Among, limit: int
) -> list[Entry]:
    """Return entries that hold all of the grams, of the newest pages first."""
    rows = connection.execute(
        _asked("holding_all", among), {**among.params, "grams": list(grams), "limit": limit}
    )
    return [_entry(row) for row in rows]


def sharing_most(
    connection: Connection, weights: Mapping[int, float], among: Among, limit: int
) -> list[tuple[UUID, float]]:
    """Return the pages that share the grams of most weight, best first."""
    params = {"grams": list(weights), "weights": list(weights.values()), "limit": limit}
    rows = connection.execute(_asked("sharing_most", among), {**among.params, **params})
    return [(row["page_id"], float(row["weight"])) for row in rows]


def folded(connection: Connection, page_ids: Sequence[UUID]) -> list[Entry]:
    """Return all entries of these pages."""
    rows = connection.execute(_SQL["folded"], {"page_ids": list(page_ids)})
    return [_entry(row) for row in rows]


def tune_vectors(connection: Connection, ef_search: int, max_tuples: int) -> None:
    """Set, for this transaction, how thoroughly vector indexes are walked."""
    connection.execute(
        _SQL["tune_vectors"], {"ef_search": str(ef_search), "max_tuples": str(max_tuples)}
    )


def nearest_passages(
    connection: Connection,
    space: StoredSpace,
    vector: NDArray[np.float32],
    among: Among,
    limit: int,
) -> list[FoundPassage]:
    """Return the passages whose meaning is nearest, best first."""
    return [
        FoundPassage(row["page_id"], row["first_line"], row["last_line"], float(row["similarity"]))
        for row in _nearest(connection, _PASSAGES, space, vector, among, limit)
    ]


def nearest_layouts(
    connection: Connection,
    space: StoredSpace,
    vector: NDArray[np.float32],
    among: Among,
    limit: int,
) -> list[tuple[UUID, float]]:
    """Return the pages whose layout is nearest with its cosine similarity, best first."""
    rows = _nearest(connection, _LAYOUTS, space, vector, among, limit)
    return [(row["page_id"], float(row["similarity"])) for row in rows]


def _nearest(
    connection: Connection,
    statements: tuple[str, str],
    space: StoredSpace,
    vector: NDArray[np.float32],
    among: Among,
    limit: int,
) -> list[Row]:
    """Return the nearest rows, best first.

    By the index, unless pages are named; or by looking at all that may be found, where the index
    was walked as far as allowed and few of what lies there may be. Of 40,000 pages 3,000 of another
    form type took 116 ms by the index alone, which found half of them.
    """
    walked, every = statements
    params = {**among.params, "v": HalfVector(vector), "limit": limit}
    if among.pages is None:
        statement = in_space(_SQL[walked], space, passing=among.asked)
        rows = connection.execute(statement, params).fetchall()
        if len(rows) >= _ENOUGH * limit:
            return sorted(rows, key=lambda row: -row["similarity"])
    statement = in_space(_SQL[every], space, conditions=among.conditions)
    return connection.execute(statement, params).fetchall()


def sharing_features(
    connection: Connection, words: Sequence[int], among: Among, *, most: int, limit: int
) -> list[tuple[UUID, float]]:
    """Return the pages that share the rarest features, best first.

    A feature found on `most` pages or more counts for nothing.
    """
    rows = connection.execute(
        _asked("sharing_features", among),
        {**among.params, "words": list(words), "most": most, "limit": limit},
    )
    return [(row["page_id"], float(row["weight"])) for row in rows]


@dataclass(frozen=True, slots=True)
class PageValue:
    """A value that was read on a page, with the field's name and label."""

    field_id: UUID
    name: str
    label: str
    raw: str
    normalized: Normalized
    box: Box


def values_of_pages(
    connection: Connection, page_ids: Sequence[UUID]
) -> dict[UUID, list[PageValue]]:
    """Return what was read on pages, in the order of the fields; empty fields are left out."""
    found: dict[UUID, list[PageValue]] = {}
    for row in connection.execute(_SQL["values_of_pages"], {"page_ids": list(page_ids)}):
        box = Box(row["x0"], row["y0"], row["x1"], row["y1"])
        value = PageValue(
            row["field_id"], row["name"], row["label"], row["raw"], row["normalized"], box
        )
        found.setdefault(row["page_id"], []).append(value)
    return found


@dataclass(frozen=True, slots=True)
class PageTemplate:
    """The form type that a page was routed to; `transform` leads from the page to its template."""

    template: HitTemplate
    template_page_id: UUID
    transform: Transform | None


def templates_of(connection: Connection, page_ids: Sequence[UUID]) -> dict[UUID, PageTemplate]:
    """Return the form types of those pages that were routed to one."""
    found = {}
    for row in connection.execute(_SQL["templates_of"], {"page_ids": list(page_ids)}):
        template = HitTemplate(
            row["family_id"], row["family_name"], row["version_id"], row["version_label"]
        )
        transform = transform_of(row["transform"])
        found[row["page_id"]] = PageTemplate(template, row["template_page_id"], transform)
    return found


def pii_of_pages(connection: Connection, page_ids: Sequence[UUID]) -> dict[UUID, dict[UUID, Box]]:
    """Return the boxes of personal data on template pages, by field, for pages routed to them."""
    found: dict[UUID, dict[UUID, Box]] = {}
    for row in connection.execute(_SQL["pii_of_pages"], {"page_ids": list(page_ids)}):
        found.setdefault(row["page_id"], {})[row["field_id"]] = field_spec(row["spec"]).box
    return found


def page_exists(connection: Connection, page_id: UUID, collections: Sequence[UUID]) -> bool:
    """Say whether one of the collections has the page."""
    params = {"page_id": page_id, "collections": list(collections)}
    return connection.execute(_SQL["existing"], params).fetchone() is not None


def _entry(row: Row) -> Entry:
    lines = tuple(row["folded"].split("\n"))
    return Entry(row["page_id"], EntryPart(row["part"]), row["collection_id"], lines)


def _asked(name: str, among: Among) -> sql.Composed:
    return sql.SQL(_SQL[name].decode()).format(passing=among.asked)
