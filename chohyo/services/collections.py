"""Add collections and rename them."""

from __future__ import annotations

from uuid import UUID

from chohyo.domain.access import Caller, Role
from chohyo.domain.collections import Collection
from chohyo.domain.ids import new_id
from chohyo.errors import ConflictError, InvalidInputError
from chohyo.services.audit import require_installation, runs_installation
from chohyo.services.runtime import Runtime, change, require
from chohyo.storage import access, audit, collections
from chohyo.storage.database import Connection


def may_add(runtime: Runtime, caller: Caller) -> bool:
    """Say whether the caller may add collections."""
    with runtime.database.transaction() as connection:
        return runs_installation(connection, caller)


def add_collection(runtime: Runtime, caller: Caller, name: str) -> Collection:
    """Add a collection that the caller administers.

    Raises:
        ForbiddenError: the caller does not administer the first collection.
        ConflictError: the name is taken.
    """
    with change(runtime) as doing:
        require_installation(doing.connection, caller)
        collection = Collection(new_id(), _free_name(doing.connection, name))
        collections.insert(doing.connection, collection)
        access.grant_role(doing.connection, caller.principal.id, collection.id, Role.ADMIN)
        audit.append(
            doing.connection, caller.actor, "collection.created", "collection", collection.id,
            collection_id=collection.id, details={"principal": str(caller.principal.id)},
        )  # fmt: skip
    return collection


def rename_collection(
    runtime: Runtime, caller: Caller, collection_id: UUID, name: str
) -> Collection:
    """Give a collection that the caller administers another name.

    Raises:
        ConflictError: the name is taken.
    """
    require(caller, collection_id, Role.ADMIN, kind="collection", object_id=collection_id)
    with change(runtime) as doing:
        (before,) = collections.some(doing.connection, [collection_id])
        if name.strip() == before.name:
            return before
        after = Collection(collection_id, _free_name(doing.connection, name))
        collections.rename(doing.connection, collection_id, after.name)
        key = collections.audit_key(doing.connection, collection_id)
        audit.append(
            doing.connection, caller.actor, "collection.renamed", "collection", collection_id,
            collection_id=collection_id,
            before=audit.keyed_hash(key, before.name),
            after=audit.keyed_hash(key, after.name),
        )  # fmt: skip
    return after


def _free_name(connection: Connection, name: str) -> str:
    if not name.strip():
        raise InvalidInputError(field="name", reason="must not be empty")
    if collections.by_name(connection, name.strip()) is not None:
        raise ConflictError(kind="collection", state="there under this name")
    return name.strip()
