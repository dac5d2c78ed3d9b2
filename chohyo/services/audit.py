"""Show the audit and recompute its chain."""

from __future__ import annotations

from uuid import UUID

from chohyo.domain.access import Caller, Role
from chohyo.domain.audit import AuditEntry
from chohyo.errors import ForbiddenError
from chohyo.services.runtime import Runtime
from chohyo.storage import audit
from chohyo.storage.audit import ChainReport


def list_entries(
    runtime: Runtime,
    caller: Caller,
    *,
    object_id: UUID | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[AuditEntry]:
    """Return audit entries, newest first; `before` is the cursor.

    Reviewers see the entries of their collections, administrators those of no collection too.

    Raises:
        ForbiddenError: the caller is a reviewer nowhere.
    """
    collections = caller.collections(Role.REVIEWER)
    if not collections:
        raise ForbiddenError(needed=Role.REVIEWER.value)
    with runtime.database.transaction() as connection:
        return audit.newest(
            connection,
            collections,
            with_global=bool(caller.collections(Role.ADMIN)),
            object_id=object_id,
            before=before,
            limit=limit,
        )


def verify_chain(runtime: Runtime) -> ChainReport:
    """Recompute the whole chain."""
    with runtime.database.transaction() as connection:
        return audit.verify(connection)
