"""Show the audit and recompute its chain."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chohyo.domain.access import Caller, Role
from chohyo.domain.audit import AuditEntry
from chohyo.errors import ForbiddenError
from chohyo.services.runtime import Runtime
from chohyo.storage import access, audit, collections
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


def names_in(runtime: Runtime, entries: Sequence[AuditEntry]) -> dict[str, str]:
    """Return the names of the people and services that these entries mention, by their ids."""
    mentioned = {each.actor.id for each in entries} | {str(each.object_id) for each in entries}
    mentioned |= {str(value) for each in entries for value in each.details.values()}
    with runtime.database.transaction() as connection:
        known = access.principals(connection)
    return {str(each.id): each.name for each in known if str(each.id) in mentioned}


def runs_installation(connection: Connection, caller: Caller) -> bool:
    """Say whether the caller administers the first collection, the one set-up made."""
    first = collections.first(connection)
    return first is not None and caller.may(first.id, Role.ADMIN)


def require_installation(connection: Connection, caller: Caller) -> None:
    """Raise ForbiddenError unless the caller administers the first collection."""
    if not runs_installation(connection, caller):
        raise ForbiddenError(needed=Role.ADMIN.value)


def verify_chain(runtime: Runtime) -> ChainReport:
    """Recompute the whole chain."""
    with runtime.database.transaction() as connection:
        return audit.verify(connection)
