"""Show the audit and recompute its chain."""

from __future__ import annotations

from uuid import UUID

from chohyo.domain.access import Caller, Role
from chohyo.domain.audit import AuditEntry
from chohyo.errors import ForbiddenError
from chohyo.services.runtime import Runtime
from chohyo.storage import audit, collections
from chohyo.storage.audit import ChainReport
from chohyo.storage.database import Connection


def list_entries(
    runtime: Runtime,
    caller: Caller,
    *,
    object_id: UUID | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[AuditEntry]:
    """Return audit entries, newest first; `before` is the cursor.

    Reviewers see the entries of their collections; who runs the installation also sees those of no
    collection: keys, log-ins, people disabled.

    Raises:
        ForbiddenError: the caller is a reviewer nowhere.
    """
    reviewed = caller.collections(Role.REVIEWER)
    if not reviewed:
        raise ForbiddenError(needed=Role.REVIEWER.value)
    with runtime.database.transaction() as connection:
        return audit.newest(
            connection,
            reviewed,
            with_global=runs_installation(connection, caller),
            object_id=object_id,
            before=before,
            limit=limit,
        )


def runs_installation(connection: Connection, caller: Caller) -> bool:
    """Say whether the caller administers the first collection, the one set-up made."""
    first = collections.first(connection)
    return first is not None and caller.may(first.id, Role.ADMIN)


def verify_chain(runtime: Runtime) -> ChainReport:
    """Recompute the whole chain."""
    with runtime.database.transaction() as connection:
        return audit.verify(connection)
