"""Claim work, keep its lease alive, finish it, and send again what got lost."""

from __future__ import annotations

from uuid import UUID

from chohyo.domain.access import Actor
from chohyo.services import discovery
from chohyo.services.runtime import Runtime, announce
from chohyo.storage import access, collections, runs, work
from chohyo.storage import pages as page_rows
from chohyo.storage.work import Work, WorkKind


def claim(
    runtime: Runtime, kind: WorkKind, object_id: UUID, owner: str, seconds: float
) -> int | None:
    """Take the lease; return how often it was taken since the work last ended, None if not free."""
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


def release(runtime: Runtime, kind: WorkKind, object_id: UUID, owner: str) -> None:
    """Give the lease back after an error; the sweep sends the work again after a pause."""
    with runtime.database.transaction() as connection:
        work.release(connection, kind, object_id, owner)
        work.mark_sent(connection, kind, object_id)


def sweep(runtime: Runtime, resend_seconds: float) -> int:
    """Send again the work nobody is doing; return how much."""
    with runtime.database.transaction() as connection:
        access.delete_stale_logins(connection)
        lost = work.overdue(connection, resend_seconds)
    announce(runtime, lost)
    return len(lost)


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
