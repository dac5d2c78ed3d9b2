"""Let people and services in: persons, roles, keys, login tokens, console sessions."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from chohyo.domain.access import Actor, Caller, Principal, PrincipalKind, Role
from chohyo.domain.collections import Collection
from chohyo.domain.ids import new_id
from chohyo.errors import ConflictError, NotFoundError, UnauthenticatedError
from chohyo.services.runtime import Runtime, change, require
from chohyo.storage import access, audit, collections

KEY_PREFIX = "chohyo_"
TOKEN_MINUTES = 60
SESSION_HOURS = 12


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made; `secret` is shown once and never stored."""

    id: UUID
    secret: str


@dataclass(frozen=True, slots=True)
class Session:
    """A console session just opened; `secret` goes into the browser's cookie."""

    secret: str
    csrf_token: str
    caller: Caller


def ensure_installation(runtime: Runtime, admin_name: str, locale: str) -> tuple[Collection, UUID]:
    """Make the first collection and administrator, unless they are there; return both."""
    with change(runtime) as doing:
        collection = collections.first(doing.connection)
        if collection is None:
            collection = Collection(new_id(), "default")
            collections.insert(doing.connection, collection)
            audit.append(
                doing.connection, Actor.system("setup"), "collection.created", "collection",
                collection.id, collection_id=collection.id,
            )  # fmt: skip
        admin = access.principal_by_name(doing.connection, PrincipalKind.PERSON, admin_name)
    if admin is None:
        actor = Actor.system("setup")
        admin = add_principal(
            runtime, actor, PrincipalKind.PERSON, admin_name, locale, collection.id, Role.ADMIN
        )
    return collection, admin.id


def local_administrator(
    runtime: Runtime, admin_name: str, locale: str
) -> tuple[Collection, Caller]:
    """Return the first collection and the caller that the command line acts as.

    Whoever runs commands on this machine holds the database anyway: this caller administers every
    collection, whatever roles the first administrator has left, so that nobody is ever locked out.
    """
    first, admin_id = ensure_installation(runtime, admin_name, locale)
    with runtime.database.transaction() as connection:
        known = {each.id: each for each in access.principals(connection)}
        roles = {each.id: Role.ADMIN for each in collections.every(connection)}
    return first, Caller(known[admin_id], None, roles)


def add_principal(
    runtime: Runtime,
    actor: Actor,
    kind: PrincipalKind,
    name: str,
    locale: str,
    collection_id: UUID,
    role: Role,
) -> Principal:
    """Register a person or service with a role in a collection.

    Raises:
        ConflictError: the name is taken.
    """
    principal = Principal(new_id(), kind, name, locale)
    with change(runtime) as doing:
        if access.principal_by_name(doing.connection, kind, name) is not None:
            raise ConflictError(kind=kind.value, state="there under this name")
        access.insert_principal(doing.connection, principal)
        access.grant_role(doing.connection, principal.id, collection_id, role)
        audit.append(
            doing.connection, actor, "principal.created", "principal", principal.id,
            collection_id=collection_id, details={"kind": kind.value, "role": role.value},
        )  # fmt: skip
    return principal


def create_key(
    runtime: Runtime, actor: Actor, principal_id: UUID, name: str, *, days: int | None = None
) -> NewKey:
    """Make an API key for a principal, valid for `days` or until revoked."""
    secret = KEY_PREFIX + secrets.token_urlsafe(32)
    expires_at = datetime.now(UTC) + timedelta(days=days) if days else None
    key_id = new_id()
    with change(runtime) as doing:
        if access.principal(doing.connection, principal_id) is None:
            raise NotFoundError(kind="principal", id=str(principal_id))
        access.insert_key(doing.connection, key_id, principal_id, name, _hash(secret), expires_at)
        audit.append(
            doing.connection, actor, "key.created", "api_key", key_id,
            details={"principal": str(principal_id), "days": days},
        )  # fmt: skip
    return NewKey(key_id, secret)


def revoke_key(runtime: Runtime, actor: Actor, key_id: UUID) -> None:
    """Revoke a key at once.

    Raises:
        NotFoundError: there is no such live key.
    """
    with change(runtime) as doing:
        if not access.revoke_key(doing.connection, key_id):
            raise NotFoundError(kind="key", id=str(key_id))
        audit.append(doing.connection, actor, "key.revoked", "api_key", key_id)


def authenticate_key(runtime: Runtime, presented: str) -> Caller:
    """Return the caller behind an API key.

    Raises:
        UnauthenticatedError: the key is unknown, revoked or expired.
    """
    with runtime.database.transaction() as connection:
        caller = access.caller_by_key(connection, _hash(presented))
    if caller is None:
        raise UnauthenticatedError
    return caller


def issue_login_token(runtime: Runtime, actor: Actor, principal_id: UUID) -> str:
    """Return a token that opens the console once within the hour."""
    token = secrets.token_urlsafe(24)
    expires_at = datetime.now(UTC) + timedelta(minutes=TOKEN_MINUTES)
    with change(runtime) as doing:
        if access.principal(doing.connection, principal_id) is None:
            raise NotFoundError(kind="principal", id=str(principal_id))
        access.insert_login_token(doing.connection, _hash(token), principal_id, expires_at)
        audit.append(doing.connection, actor, "login.issued", "principal", principal_id)
    return token


def log_in(runtime: Runtime, token_or_key: str) -> Session:
    """Open a console session with a one-time token or an API key.

    Raises:
        UnauthenticatedError: neither fits.
    """
    with change(runtime) as doing:
        principal = access.use_login_token(doing.connection, _hash(token_or_key))
        if principal is None:
            caller = access.caller_by_key(doing.connection, _hash(token_or_key))
            if caller is None:
                raise UnauthenticatedError
            principal = caller.principal
        secret, csrf_token = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        expires_at = datetime.now(UTC) + timedelta(hours=SESSION_HOURS)
        access.insert_session(doing.connection, _hash(secret), principal.id, csrf_token, expires_at)
        caller = Caller(principal, None, access.roles(doing.connection, principal.id))
        audit.append(doing.connection, caller.actor, "login.succeeded", "principal", principal.id)
    return Session(secret, csrf_token, caller)


def resume_session(runtime: Runtime, secret: str) -> Session:
    """Return the live session of a cookie.

    Raises:
        UnauthenticatedError: the session is over.
    """
    with runtime.database.transaction() as connection:
        found = access.caller_by_session(connection, _hash(secret))
    if found is None:
        raise UnauthenticatedError
    return Session(secret, found[1], found[0])


def log_out(runtime: Runtime, secret: str) -> None:
    """End a session."""
    with runtime.database.transaction() as connection:
        access.delete_session(connection, _hash(secret))


def choose_language(runtime: Runtime, caller: Caller, locale: str) -> None:
    """Remember the language the caller reads."""
    with runtime.database.transaction() as connection:
        access.set_locale(connection, caller.principal.id, locale)


def my_collections(runtime: Runtime, caller: Caller) -> list[Collection]:
    """Return the collections the caller may see, oldest first."""
    with runtime.database.transaction() as connection:
        return collections.some(connection, caller.collections(Role.VIEWER))


def pick_collection(
    runtime: Runtime, caller: Caller, needed: Role, collection_id: UUID | None
) -> UUID:
    """Return the collection asked for, or the caller's oldest when none is named.

    Raises:
        NotFoundError: the caller may see no such collection.
        ForbiddenError: the role there does not suffice.
    """
    if collection_id is None:
        mine = my_collections(runtime, caller)
        if not mine:
            raise NotFoundError(kind="collection", id="default")
        collection_id = mine[0].id
    require(caller, collection_id, needed, kind="collection", object_id=collection_id)
    return collection_id


def _hash(secret: str) -> bytes:
    # Secrets are 192 random bits or more: a plain hash cannot be searched, and a lookup needs one.
    return hashlib.sha256(secret.encode()).digest()
