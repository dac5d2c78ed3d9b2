"""Claim work, keep its lease alive, finish it, and send again what got lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from chohyo.domain.access import Actor
from chohyo.services import discovery, forgetting, notices
from chohyo.services.runtime import Runtime, announce
from chohyo.storage import access, collections, idempotency, runs, webhooks, work
from chohyo.storage import pages as page_rows
from chohyo.storage.database import Connection
from chohyo.storage.work import Work, WorkKind


@dataclass(frozen=True, slots=True)
class _LeaseWatch:
    kind: WorkKind
    object_id: UUID
    owner: str
    after_commit: Callable[[], None]

    def before_commit(self, connection: Connection) -> None:
        work.require_lease(connection, self.kind, self.object_id, self.owner)


def under_lease(
    runtime: Runtime,
    kind: WorkKind,
    object_id: UUID,
    owner: str,
    after_commit: Callable[[], None],
) -> Runtime:
    """Return the runtime for work under a lease: without the lease, nothing of it is committed.

    A worker that was taken for dead and lives on can so overwrite nothing of its successor's.

    Args:
        runtime: the worker's own.
        kind: of the work.
        object_id: what the work is about.
        owner: who holds the lease.
        after_commit: called after each transaction; may raise to stop the work there.
    """
    watch = _LeaseWatch(kind, object_id, owner, after_commit)
    return replace(runtime, database=runtime.database.watched(watch))


DELIVERIES_KEPT_DAYS = 30


def claim(
    runtime: Runtime, kind: WorkKind, object_id: UUID, owner: str, seconds: float
) -> int | None:
    """Take the lease; return how often it was taken without progress, or None if not free."""
    with runtime.database.transaction() as connection:
        return work.claim(connection, kind, object_id, owner, seconds)


def renew(runtime: Runtime, kind: WorkKind, object_id: UUID, owner: str, seconds: float) -> bool:
    """Extend the lease; say whether it is still the owner's."""
    with runtime.database.transaction() as connection:
        return work.renew(connection, kind, object_id, owner, seconds)


def finish(runtime: Runtime, kind: WorkKind, object_id: UUID, owner: str) -> None:
    """Remove finished work; if it was asked for again meanwhile, announce it once more."""
    with runtime.database.transaction() as connection:
        again = work.finish(connection, kind, object_id, owner)
    if again:
        announce(runtime, [Work(kind, object_id)])


def release(
    runtime: Runtime, kind: WorkKind, object_id: UUID, owner: str, *, counted: bool = True
) -> None:
    """Give the lease back after an error; the sweep sends the work again after a pause."""
    with runtime.database.transaction() as connection:
        work.release(connection, kind, object_id, owner, counted=counted)
        work.mark_sent(connection, kind, object_id)


def hand_over(runtime: Runtime, kind: WorkKind, object_id: UUID, owner: str) -> None:
    """Leave the work to another worker at once; this claim does not count as an attempt."""
    with runtime.database.transaction() as connection:
        work.release(connection, kind, object_id, owner, counted=False)
    announce(runtime, [Work(kind, object_id)])


def sweep(runtime: Runtime, resend_seconds: float) -> int:
    """Send again the work nobody is doing; return how much."""
    with runtime.database.transaction() as connection:
        access.delete_stale_logins(connection)
        idempotency.delete_stale(connection)
        webhooks.delete_old(connection, DELIVERIES_KEPT_DAYS)
        webhooks.request_due(connection, notices.PRIORITY)
        lost = work.overdue(connection, resend_seconds)
    announce(runtime, lost)
    forgetting.remove_blobs(runtime)
    return len(lost)


def sweep_background(runtime: Runtime, resend_seconds: float, at_once: int) -> int:
    """Have pages indexed while nothing else waits; return how many were sent."""
    with runtime.database.transaction() as connection:
        waiting = work.overdue_in_background(connection, resend_seconds, at_once)
    announce(runtime, waiting)
    return len(waiting)


def schedule_discovery(runtime: Runtime, new_pages: int) -> int:
    """Ask for a run in each collection whose pool grew by `new_pages` since its last run."""
    asked = 0
    for collection_id in _grown_pools(runtime, new_pages):
        discovery.request_run(runtime, Actor.system("schedule"), collection_id, "schedule")
        asked += 1
    return asked


def _grown_pools(runtime: Runtime, new_pages: int) -> list[UUID]:
    grown: list[UUID] = []
    with runtime.database.transaction() as connection:
        for collection in collections.every(connection):
            seen = next(iter(runs.newest(connection, [collection.id], limit=1)), None)
            before = (seen.pool_pages or 0) if seen else 0
            now = len(page_rows.pool(connection, collection.id))
            if now - before >= new_pages:
                grown.append(collection.id)
    return grown
