"""Pages to be indexed once more: which ones, what of them, and how many are left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chohyo.domain.reindexing import ReindexPart, ReindexRun
from chohyo.storage.database import Connection, Row
from chohyo.storage.statements import Statements

_SQL = Statements("reindexing")


@dataclass(frozen=True, slots=True)
class Again:
    """What of a page is wanted once more, and by which runs."""

    run_ids: tuple[UUID, ...] = ()
    text: bool = False
    layout: bool = False


def insert(
    connection: Connection,
    *,
    id: UUID,
    collection_id: UUID,
    document_id: UUID | None,
    template_id: UUID | None,
    what: ReindexPart,
    priority: int,
) -> None:
    """Store a run with its pages, and ask for the work; nobody is told, it is done in time."""
    connection.execute(
        _SQL["insert"],
        {
            "id": id,
            "collection_id": collection_id,
            "document_id": document_id,
            "template_id": template_id,
            "what": what.value,
        },
    )
    connection.execute(_SQL["add_pages"], {"id": id})
    connection.execute(_SQL["count_pages"], {"id": id})
    connection.execute(_SQL["request_work"], {"id": id, "priority": priority})


def template_collection(connection: Connection, template_id: UUID) -> UUID | None:
    """Return the collection of a family or version."""
    row = connection.execute(_SQL["template_collection"], {"id": template_id}).fetchone()
    return row["collection_id"] if row else None


def wanted(connection: Connection, page_id: UUID) -> Again:
    """Return what of a page is wanted once more."""
    rows = connection.execute(_SQL["wanted"], {"page_id": page_id}).fetchall()
    asked = {ReindexPart(row["what"]) for row in rows}
    return Again(
        run_ids=tuple(row["run_id"] for row in rows),
        text=bool(asked - {ReindexPart.LAYOUT}),
        layout=bool(asked - {ReindexPart.TEXT}),
    )


def finish(
    connection: Connection, page_id: UUID, again: Again, failure_code: str | None = None
) -> None:
    """Note that a page is done for the runs that wanted it, or could not be."""
    params = {"page_id": page_id, "run_ids": list(again.run_ids), "failure_code": failure_code}
    connection.execute(_SQL["finish"], params)


def get(connection: Connection, run_id: UUID) -> ReindexRun | None:
    """Return a run."""
    row = connection.execute(_SQL["get"], {"id": run_id}).fetchone()
    return _run(row) if row else None


def newest(
    connection: Connection, collections: Sequence[UUID], *, before: UUID | None, limit: int
) -> list[ReindexRun]:
    """Return the runs of these collections, newest first."""
    rows = connection.execute(
        _SQL["list"], {"collections": list(collections), "before": before, "limit": limit}
    )
    return [_run(row) for row in rows]


def _run(row: Row) -> ReindexRun:
    return ReindexRun(**{**row, "what": ReindexPart(row["what"])})
