"""What an administrator may do: people, services, roles, keys, login links, the audit's chain.

An administrator rules over a principal when administering every collection in which that principal
has a role: a key made for somebody with more power elsewhere would be a way up. The administrators
of the first collection run the installation: they add collections, and rule over principals that
have lost every role.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from chohyo.domain.access import Caller, Principal, PrincipalKind, Role
from chohyo.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    LastAdministratorError,
    NotFoundError,
)
from chohyo.services import access as unchecked
from chohyo.services.access import NewKey
from chohyo.services.audit import runs_installation, verify_chain
from chohyo.services.runtime import Change, Runtime, change, require
from chohyo.storage import access, audit, collections
from chohyo.storage.access import KeyRecord
from chohyo.storage.audit import ChainReport
from chohyo.storage.database import Connection


@dataclass(frozen=True, slots=True)
class PrincipalView:
    """A person or service with its roles in the caller's collections.

    `ruled` says whether the caller may also disable it and hand out its keys and login links.
    """

    principal: Principal
    roles: dict[UUID, Role]
    ruled: bool


def list_principals(runtime: Runtime, caller: Caller) -> list[PrincipalView]:
    """Return the principals with a role in a collection that the caller administers."""
    _require_administrator(caller)
    with runtime.database.transaction() as connection:
        return _known_principals(connection, caller)


def get_principal(runtime: Runtime, caller: Caller, principal_id: UUID) -> PrincipalView:
    """Return one of the principals the caller can see."""
    _require_administrator(caller)
    with runtime.database.transaction() as connection:
        return _known(connection, caller, principal_id)


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
    if not name.strip():
        raise InvalidInputError(field="name", reason="must not be empty")
    principal = unchecked.add_principal(
        runtime, caller.actor, kind, name.strip(), locale, collection_id, role
    )
    return PrincipalView(principal, {collection_id: role}, ruled=True)


def grant(
    runtime: Runtime, caller: Caller, principal_id: UUID, collection_id: UUID, role: Role
) -> PrincipalView:
    """Give a principal a role in a collection, in place of the one it had there.

    Raises:
        LastAdministratorError: nobody would be left to administer the collection.
    """
    require(caller, collection_id, Role.ADMIN, kind="collection", object_id=collection_id)
    with change(runtime) as doing:
        view = _known(doing.connection, caller, principal_id)
        collections.lock(doing.connection, [collection_id])
        access.grant_role(doing.connection, principal_id, collection_id, role)
        if view.roles.get(collection_id) is Role.ADMIN:
            _require_administrator_left(doing.connection, collection_id)
        audit.append(
            doing.connection, caller.actor, "role.granted", "principal", principal_id,
            collection_id=collection_id, details={"role": role.value},
        )  # fmt: skip
    return replace(view, roles=view.roles | {collection_id: role})


def revoke(runtime: Runtime, caller: Caller, principal_id: UUID, collection_id: UUID) -> None:
    """Take a principal's role in a collection away.

    Raises:
        LastAdministratorError: nobody would be left to administer the collection.
    """
    require(caller, collection_id, Role.ADMIN, kind="collection", object_id=collection_id)
    with change(runtime) as doing:
        _known(doing.connection, caller, principal_id)
        collections.lock(doing.connection, [collection_id])
        role = access.revoke_role(doing.connection, principal_id, collection_id)
        if role is None:
            raise NotFoundError(kind="principal", id=str(principal_id))
        if role is Role.ADMIN:
            _require_administrator_left(doing.connection, collection_id)
        audit.append(
            doing.connection, caller.actor, "role.revoked", "principal", principal_id,
            collection_id=collection_id, details={"role": role.value},
        )  # fmt: skip


def disable(runtime: Runtime, caller: Caller, principal_id: UUID) -> None:
    """Shut a principal out at once: its keys, sessions and login links end for good.

    Raises:
        ConflictError: it is disabled already.
        LastAdministratorError: nobody would be left to administer one of its collections.
    """
    with change(runtime) as doing:
        view = _ruled(doing.connection, caller, principal_id, "principal", principal_id)
        administered = [each for each, role in view.roles.items() if role is Role.ADMIN]
        collections.lock(doing.connection, administered)
        if not access.disable(doing.connection, principal_id):
            raise ConflictError(kind=view.principal.kind.value, state="disabled")
        for collection_id in administered:
            _require_administrator_left(doing.connection, collection_id)
        _record(doing, caller, "principal.disabled", principal_id)


def enable(runtime: Runtime, caller: Caller, principal_id: UUID) -> None:
    """Let a disabled principal in again, with the roles it had and without its keys.

    Raises:
        ConflictError: it is not disabled.
    """
    with change(runtime) as doing:
        view = _ruled(doing.connection, caller, principal_id, "principal", principal_id)
        if not access.enable(doing.connection, principal_id):
            raise ConflictError(kind=view.principal.kind.value, state="enabled")
        _record(doing, caller, "principal.enabled", principal_id)


def login_token(runtime: Runtime, caller: Caller, principal_id: UUID) -> str:
    """Return a token that opens the console once for a person the caller rules over.

    Raises:
        ConflictError: the person is disabled.
    """
    with runtime.database.transaction() as connection:
        person = _ruled(connection, caller, principal_id, "principal", principal_id).principal
    if person.kind is not PrincipalKind.PERSON:
        raise NotFoundError(kind="person", id=str(principal_id))
    if not person.enabled:
        raise ConflictError(kind=person.kind.value, state="disabled")
    return unchecked.issue_login_token(runtime, caller.actor, principal_id)


def list_keys(runtime: Runtime, caller: Caller) -> list[KeyRecord]:
    """Return the keys of the principals the caller can see, without their secrets."""
    _require_administrator(caller)
    with runtime.database.transaction() as connection:
        known = {view.principal.id for view in _known_principals(connection, caller)}
        return [key for key in access.keys(connection) if key.principal_id in known]


def create_key(
    runtime: Runtime, caller: Caller, principal_id: UUID, name: str, *, days: int | None = None
) -> NewKey:
    """Make an API key for a principal the caller rules over.

    Raises:
        ConflictError: the principal is disabled.
    """
    with runtime.database.transaction() as connection:
        view = _ruled(connection, caller, principal_id, "principal", principal_id)
    if not view.principal.enabled:
        raise ConflictError(kind=view.principal.kind.value, state="disabled")
    if not name.strip():
        raise InvalidInputError(field="name", reason="must not be empty")
    return unchecked.create_key(runtime, caller.actor, principal_id, name.strip(), days=days)


def revoke_key(runtime: Runtime, caller: Caller, key_id: UUID) -> None:
    """Revoke a key of a principal the caller rules over."""
    _require_administrator(caller)
    with runtime.database.transaction() as connection:
        key = next((each for each in access.keys(connection) if each.id == key_id), None)
        if key is None:
            raise NotFoundError(kind="key", id=str(key_id))
        _ruled(connection, caller, key.principal_id, "key", key_id)
    unchecked.revoke_key(runtime, caller.actor, key_id)


def verify_audit(runtime: Runtime, caller: Caller) -> ChainReport:
    """Recompute the whole audit chain for an administrator of any collection."""
    _require_administrator(caller)
    return verify_chain(runtime)


def _known_principals(connection: Connection, caller: Caller) -> list[PrincipalView]:
    mine = set(caller.collections(Role.ADMIN))
    runs_all = runs_installation(connection, caller)
    views: list[PrincipalView] = []
    for each in access.principals(connection):
        roles = access.roles(connection, each.id)
        if mine & roles.keys() or (not roles and runs_all):
            shown = {where: role for where, role in roles.items() if where in mine}
            views.append(PrincipalView(each, shown, ruled=roles.keys() <= mine))
    return views


def _known(connection: Connection, caller: Caller, principal_id: UUID) -> PrincipalView:
    for view in _known_principals(connection, caller):
        if view.principal.id == principal_id:
            return view
    raise NotFoundError(kind="principal", id=str(principal_id))


def _ruled(
    connection: Connection, caller: Caller, principal_id: UUID, kind: str, object_id: UUID
) -> PrincipalView:
    _require_administrator(caller)
    for view in _known_principals(connection, caller):
        if view.principal.id == principal_id:
            if not view.ruled:
                raise ForbiddenError(needed=Role.ADMIN.value)
            return view
    raise NotFoundError(kind=kind, id=str(object_id))


def _require_administrator(caller: Caller) -> None:
    if not caller.collections(Role.ADMIN):
        raise ForbiddenError(needed=Role.ADMIN.value)


def _require_administrator_left(connection: Connection, collection_id: UUID) -> None:
    if not access.has_administrator(connection, collection_id):
        (collection,) = collections.some(connection, [collection_id])
        raise LastAdministratorError(collection=collection.name)


def _record(doing: Change, caller: Caller, action: str, principal_id: UUID) -> None:
    audit.append(doing.connection, caller.actor, action, "principal", principal_id)
