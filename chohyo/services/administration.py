"""What an administrator may do: register principals, hand out keys, verify the audit.

An administrator rules over a principal when administering every collection in which that principal
has a role: a key made for somebody with more power elsewhere would be a way up.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chohyo.domain.access import Caller, Principal, PrincipalKind, Role
from chohyo.errors import ForbiddenError, NotFoundError
from chohyo.services import access as unchecked
from chohyo.services.access import NewKey
from chohyo.services.audit import verify_chain
from chohyo.services.runtime import Runtime, require
from chohyo.storage import access
from chohyo.storage.access import KeyRecord
from chohyo.storage.audit import ChainReport
from chohyo.storage.database import Connection


@dataclass(frozen=True, slots=True)
class PrincipalView:
    """A person or service with its roles by collection."""

    principal: Principal
    roles: dict[UUID, Role]


def list_principals(runtime: Runtime, caller: Caller) -> list[PrincipalView]:
    """Return the principals with a role in a collection that the caller administers."""
    _require_administrator(caller)
    with runtime.database.transaction() as connection:
        return _known_principals(connection, caller)


def add_principal(
    runtime: Runtime,
    caller: Caller,
    kind: PrincipalKind,
    name: str,
    locale: str,
    collection_id: UUID,
    role: Role,
) -> PrincipalView:
    """Register a principal with a role in a collection that the caller administers."""
    require(caller, collection_id, Role.ADMIN, kind="collection", object_id=collection_id)
    principal = unchecked.add_principal(
        runtime, caller.actor, kind, name, locale, collection_id, role
    )
    return PrincipalView(principal, {collection_id: role})


def list_keys(runtime: Runtime, caller: Caller) -> list[KeyRecord]:
    """Return the keys of the principals the caller can see, without their secrets."""
    _require_administrator(caller)
    with runtime.database.transaction() as connection:
        known = {view.principal.id for view in _known_principals(connection, caller)}
        return [key for key in access.keys(connection) if key.principal_id in known]


def create_key(
    runtime: Runtime, caller: Caller, principal_id: UUID, name: str, *, days: int | None = None
) -> NewKey:
    """Make an API key for a principal the caller rules over."""
    with runtime.database.transaction() as connection:
        _require_rule_over(connection, caller, principal_id, "principal", principal_id)
    return unchecked.create_key(runtime, caller.actor, principal_id, name, days=days)


def revoke_key(runtime: Runtime, caller: Caller, key_id: UUID) -> None:
    """Revoke a key of a principal the caller rules over."""
    _require_administrator(caller)
    with runtime.database.transaction() as connection:
        key = next((each for each in access.keys(connection) if each.id == key_id), None)
        if key is None:
            raise NotFoundError(kind="key", id=str(key_id))
        _require_rule_over(connection, caller, key.principal_id, "key", key_id)
    unchecked.revoke_key(runtime, caller.actor, key_id)


def verify_audit(runtime: Runtime, caller: Caller) -> ChainReport:
    """Recompute the whole audit chain for an administrator of any collection."""
    _require_administrator(caller)
    return verify_chain(runtime)


def _known_principals(connection: Connection, caller: Caller) -> list[PrincipalView]:
    views = [
        PrincipalView(each, access.roles(connection, each.id))
        for each in access.principals(connection)
    ]
    mine = set(caller.collections(Role.ADMIN))
    return [view for view in views if mine & view.roles.keys()]


def _require_administrator(caller: Caller) -> None:
    if not caller.collections(Role.ADMIN):
        raise ForbiddenError(needed=Role.ADMIN.value)


def _require_rule_over(
    connection: Connection, caller: Caller, principal_id: UUID, kind: str, object_id: UUID
) -> None:
    _require_administrator(caller)
    theirs = access.roles(connection, principal_id).keys()
    mine = set(caller.collections(Role.ADMIN))
    if not mine & theirs:
        raise NotFoundError(kind=kind, id=str(object_id))
    if not theirs <= mine:
        raise ForbiddenError(needed=Role.ADMIN.value)
