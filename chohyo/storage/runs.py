"""Discovery runs: rows to domain types and back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from psycopg.types.json import Jsonb

from chohyo.domain.documents import Failure
from chohyo.domain.ids import new_id
from chohyo.domain.proposals import DiscoveryRun, RunState
from chohyo.storage.database import Connection, Row
from chohyo.storage.documents import failure_of
from chohyo.storage.statements import Statements

_SQL = Statements("discovery")


def open_or_insert(
    connection: Connection, collection_id: UUID, trigger: str
) -> tuple[DiscoveryRun, bool]:
    """Return the collection's run under way, or a new queued one and True."""
    params = {"id": new_id(), "collection_id": collection_id, "trigger": trigger}
    row = connection.execute(_SQL["insert_run"], params).fetchone()
    if row is not None:
        return _run(row), True
    row = connection.execute(_SQL["open_run"], {"collection_id": collection_id}).fetchone()
    assert row is not None
    return _run(row), False


def get(connection: Connection, run_id: UUID) -> DiscoveryRun | None:
    """Return a run."""
    row = connection.execute(_SQL["run"], {"id": run_id}).fetchone()
    return _run(row) if row else None


def newest(
    connection: Connection,
    collections: Sequence[UUID],
    *,
    before: UUID | None = None,
    limit: int = 20,
) -> list[DiscoveryRun]:
    """Return runs, newest first."""
    rows = connection.execute(
        _SQL["runs"], {"collections": list(collections), "before": before, "limit": limit}
    )
    return [_run(row) for row in rows]


def start(connection: Connection, run_id: UUID, pool_pages: int) -> None:
    """Note that a run looks at so many pages."""
    connection.execute(_SQL["start_run"], {"id": run_id, "pool_pages": pool_pages})


def finish(
    connection: Connection,
    run_id: UUID,
    state: RunState,
    *,
    grouped_pages: int | None = None,
    proposal_count: int | None = None,
) -> None:
    """End a run with its figures."""
    connection.execute(
        _SQL["finish_run"],
        {
            "id": run_id,
            "state": state.value,
            "grouped_pages": grouped_pages,
            "proposal_count": proposal_count,
        },
    )


def fail(connection: Connection, run_id: UUID, failure: Failure) -> None:
    """End a run that cannot be finished with the reason, unless it has ended."""
    connection.execute(
        _SQL["fail_run"], {"id": run_id, "code": failure.code, "params": Jsonb(failure.params)}
    )


def _run(row: Row) -> DiscoveryRun:
    return DiscoveryRun(
        id=row["id"],
        collection_id=row["collection_id"],
        state=RunState(row["state"]),
        trigger=row["trigger"],
        pool_pages=row["pool_pages"],
        grouped_pages=row["grouped_pages"],
        proposal_count=row["proposal_count"],
        created_at=row["created_at"],
        finished_at=row["finished_at"],
        failure=failure_of(row),
    )
