"""Work to be done, claimed by a lease in its row; broker messages are only hints about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from chohyo.errors import ChohyoError
from chohyo.storage.database import Connection
from chohyo.storage.statements import Statements

_SQL = Statements("work")


class LeaseLostError(ChohyoError):
    """The lease ran out, and another worker has it now."""

    code = "lease-lost"
    message = "Another worker has taken this work over. Nothing of it is lost."
    http_status = 409
    exit_code = 6
    passing = True


class WorkKind(StrEnum):
    """What a row of work is about."""

    DOCUMENT = "document"
    RUN = "run"
    PROPOSAL = "proposal"
    WEBHOOK = "webhook"
    BLANK = "blank"
    INDEX = "index"
    SPACE = "space"
    DRIFT = "drift"
    CORRECTION = "correction"
    REPLAY = "replay"
    TRAINING = "training"


@dataclass(frozen=True, slots=True)
class Work:
    """One thing to do. Lower `priority` numbers go first."""

    kind: WorkKind
    object_id: UUID
    priority: int = 5


def request(connection: Connection, work: Work) -> None:
    """Ask for work; asking again while it is under way has it done once more afterwards."""
    connection.execute(
        _SQL["request"],
        {"kind": work.kind.value, "object_id": work.object_id, "priority": work.priority},
    )


def claim(
    connection: Connection, kind: WorkKind, object_id: UUID, owner: str, seconds: float
) -> int | None:
    """Take the lease; return how many times it was taken without progress, or None if not free.

    A claim that was given back uncounted does not count, and `progressed` begins anew.
    """
    row = connection.execute(_SQL["claim"], _lease(kind, object_id, owner, seconds)).fetchone()
    return row["attempts"] if row else None


def renew(
    connection: Connection, kind: WorkKind, object_id: UUID, owner: str, seconds: float
) -> bool:
    """Extend the lease; say whether it is still the owner's."""
    return (
        connection.execute(_SQL["renew"], _lease(kind, object_id, owner, seconds)).fetchone()
        is not None
    )


def finish(connection: Connection, kind: WorkKind, object_id: UUID, owner: str) -> bool:
    """Remove finished work; return True when it was asked for again meanwhile and stays."""
    params = {"kind": kind.value, "object_id": object_id, "owner": owner}
    if connection.execute(_SQL["finish"], params).rowcount:
        return False
    return connection.execute(_SQL["start_over"], params).rowcount > 0


def release(
    connection: Connection, kind: WorkKind, object_id: UUID, owner: str, *, counted: bool = True
) -> None:
    """Give the lease back without finishing, so that the next sweep sends the work again.

    `counted` is False when the work itself is not to blame.
    """
    params = {"kind": kind.value, "object_id": object_id, "owner": owner}
    connection.execute(_SQL["release"], {**params, "uncounted": int(not counted)})


def require_lease(connection: Connection, kind: WorkKind, object_id: UUID, owner: str) -> None:
    """Make sure that the lease stays the owner's until this transaction is committed.

    Raises:
        LeaseLostError: it is somebody else's, or the work was ended.
    """
    params = {"kind": kind.value, "object_id": object_id, "owner": owner}
    if connection.execute(_SQL["held"], params).fetchone() is None:
        raise LeaseLostError


def progressed(connection: Connection, kind: WorkKind, object_id: UUID) -> None:
    """Note a step that is done for good: the claims before it no longer count as attempts.

    Only for steps that cannot be taken endlessly: else work that kills its worker never ends.
    """
    connection.execute(_SQL["progressed"], {"kind": kind.value, "object_id": object_id})


def attempts(connection: Connection, kind: WorkKind, object_id: UUID) -> int:
    """Return how often work was claimed without progress, this time included."""
    params = {"kind": kind.value, "object_id": object_id}
    row = connection.execute(_SQL["attempts"], params).fetchone()
    return row["attempts"] if row else 0


def exists(connection: Connection, kind: WorkKind, object_id: UUID) -> bool:
    """Say whether there is such work to be done."""
    params = {"kind": kind.value, "object_id": object_id}
    return connection.execute(_SQL["attempts"], params).fetchone() is not None


def mark_sent(connection: Connection, kind: WorkKind, object_id: UUID) -> None:
    """Note that the broker has the hint."""
    connection.execute(_SQL["mark_sent"], {"kind": kind.value, "object_id": object_id})


def overdue(connection: Connection, resend_seconds: float) -> list[Work]:
    """Return, marked as sent, the work nobody is doing: never sent, lost, or its worker died.

    Indexing and filling spaces are left out: see `overdue_in_background`.
    """
    rows = connection.execute(_SQL["overdue"], {"resend_seconds": resend_seconds})
    return [Work(WorkKind(row["kind"]), row["object_id"], row["priority"]) for row in rows]


def overdue_in_background(
    connection: Connection, resend_seconds: float, at_once: int
) -> list[Work]:
    """Return, marked as sent, pages to index and spaces to fill: none while anything else waits.

    With those under way there are never more than `at_once`.
    """
    params = {"resend_seconds": resend_seconds, "at_once": at_once}
    rows = connection.execute(_SQL["overdue_in_background"], params)
    return [Work(WorkKind(row["kind"]), row["object_id"], row["priority"]) for row in rows]


def pending(connection: Connection) -> dict[WorkKind, int]:
    """Count the rows of work by kind."""
    return {WorkKind(row["kind"]): row["n"] for row in connection.execute(_SQL["pending"])}


def _lease(
    kind: WorkKind, object_id: UUID, owner: str, seconds: float
) -> dict[str, str | UUID | float]:
    return {"kind": kind.value, "object_id": object_id, "owner": owner, "seconds": seconds}
