"""Embedding spaces: which lead, which are kept beside them, and how far each is filled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from chohyo.domain.documents import Failure
from chohyo.domain.spaces import EmbeddingSpace, Purpose
from chohyo.storage.database import Connection, Row
from chohyo.storage.documents import failure_of
from chohyo.storage.statements import Statements

_SQL = Statements("spaces")

PAGE_PURPOSES = (Purpose.LAYOUT, Purpose.IMAGE)
# There is nothing on the page to be embedded: no failure.
NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class StoredSpace:
    """A registered space: its row id and what it is.

    `kept`: arriving pages get a vector in it as well. Filling has gone through the pages up to
    `fill_after`.
    """

    id: int
    space: EmbeddingSpace
    active: bool
    kept: bool = False
    fill_after: UUID | None = None
    failure: Failure | None = None
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Pages that have vectors in a space, those that still lack them, and those that never will."""

    filled: int
    missing: int
    failed: int


def ensure(connection: Connection, space: EmbeddingSpace) -> StoredSpace:
    """Register a space with its index; the first one of its purpose leads."""
    found = by_name(connection, space.name)
    if found is None:
        connection.execute(_SQL["insert"], _params(space))
        found = by_name(connection, space.name)
        assert found is not None
        text = space.purpose is Purpose.TEXT
        index = "ensure_passage_index" if text else "ensure_index"
        connection.execute(_SQL[index], {"space_id": found.id})
    return found


def active(connection: Connection, purpose: Purpose = Purpose.LAYOUT) -> StoredSpace | None:
    """Return the space that leads for a purpose."""
    row = connection.execute(_SQL["active"], {"purpose": purpose.value}).fetchone()
    return _space(row) if row else None


def by_name(connection: Connection, name: str) -> StoredSpace | None:
    """Return the registered space of a name."""
    row = connection.execute(_SQL["by_name"], {"name": name}).fetchone()
    return _space(row) if row else None


def every(connection: Connection) -> list[StoredSpace]:
    """Return all registered spaces by purpose, those that lead first."""
    return [_space(row) for row in connection.execute(_SQL["every"])]


def lock_every(connection: Connection) -> list[StoredSpace]:
    """Return all registered spaces; until the transaction ends, no vector is stored."""
    return [_space(row) for row in connection.execute(_SQL["lock_every"])]


def in_use(connection: Connection, purposes: Sequence[Purpose]) -> list[StoredSpace]:
    """Return the spaces that a page needs vectors in; none is switched or dropped meanwhile."""
    rows = connection.execute(_SQL["in_use"], {"purposes": [each.value for each in purposes]})
    return [_space(row) for row in rows]


def keep(connection: Connection, space: StoredSpace) -> None:
    """Have arriving pages embedded in a space too, and filling begin anew."""
    connection.execute(_SQL["keep"], {"space_id": space.id})
    connection.execute(_SQL["retry_gaps"], {"space_id": space.id})


def lead(connection: Connection, space: StoredSpace) -> None:
    """Have a space lead in place of the one that does; that one is kept."""
    connection.execute(_SQL["step_down"], {"purpose": space.space.purpose.value})
    connection.execute(_SQL["step_up"], {"space_id": space.id})


def stand_down(connection: Connection, purpose: Purpose) -> None:
    """Have no space lead for a purpose; the one that did is kept."""
    connection.execute(_SQL["step_down"], {"purpose": purpose.value})


def fail(connection: Connection, spaces: Sequence[StoredSpace], failure: Failure) -> None:
    """Note why filling has ended."""
    ids, params = [each.id for each in spaces], Jsonb(dict(failure.params))
    connection.execute(_SQL["fail"], {"space_ids": ids, "code": failure.code, "params": params})


def missing(
    connection: Connection, space: StoredSpace, after: UUID | None, limit: int
) -> list[UUID]:
    """Return pages without vectors in a space, oldest first, from behind `after` on."""
    params = {"space_id": space.id, "after": after, "limit": limit}
    return [row["id"] for row in connection.execute(_SQL[f"missing_{_what(space)}"], params)]


def progress(connection: Connection, space: StoredSpace) -> Progress:
    """Count a space's pages; takes a second for each million of them."""
    what = _what(space)
    return Progress(
        filled=_count(connection, f"filled_{what}", space),
        missing=_count(connection, f"count_missing_{what}", space),
        failed=_count(connection, "failed", space),
    )


def move_on(connection: Connection, space: StoredSpace, after: UUID | None) -> None:
    """Note how far filling has come."""
    connection.execute(_SQL["move_on"], {"space_id": space.id, "after": after})


def note_gap(connection: Connection, space: StoredSpace, page_id: UUID, code: str) -> None:
    """Note that a page gets no vector in a space, and why."""
    params = {"space_id": space.id, "page_id": page_id, "code": code}
    connection.execute(_SQL["note_gap"], params)


def drop(connection: Connection, space: StoredSpace) -> None:
    """Remove a space that does not lead, with its vectors and its index."""
    where = {"space_id": space.id}
    connection.execute(_SQL["drop_index"], where)
    for table in ("vectors", "passages", "gaps"):
        connection.execute(_SQL[f"delete_{table}"], where)
    connection.execute(_SQL["delete"], where)


def _count(connection: Connection, name: str, space: StoredSpace) -> int:
    row = connection.execute(_SQL[name], {"space_id": space.id}).fetchone()
    assert row is not None
    return int(row["n"])


def _what(space: StoredSpace) -> str:
    return "texts" if space.space.purpose is Purpose.TEXT else "pages"


def _params(space: EmbeddingSpace) -> Row:
    return {
        "name": space.name,
        "model_id": space.model_id,
        "revision": space.revision,
        "dimensions": space.dimensions,
        "instruction": space.instruction,
        "pixel_budget": space.pixel_budget,
        "prompt_version": space.prompt_version,
        "dtype": space.dtype,
        "kind": space.purpose.value,
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
        dtype=row["dtype"],
        purpose=Purpose(row["kind"]),
    )
    return StoredSpace(
        row["id"], space, row["active"], row["kept"], row["fill_after"], failure_of(row),
        row["left_at"],
    )  # fmt: skip
