"""Principals, roles, keys, login tokens and console sessions. Secrets are stored as hashes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chohyo.domain.access import Caller, Principal, PrincipalKind, Role
from chohyo.storage.database import Connection, Row
from chohyo.storage.statements import Statements

_SQL = Statements("access")


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """What is known of an API key; the key itself is not."""

    id: UUID
    principal_id: UUID
    principal_name: str
    name: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


def insert_principal(connection: Connection, principal: Principal) -> None:
    """Store a new person or service."""
    connection.execute(
        _SQL["insert_principal"],
        {
            "id": principal.id,
            "kind": principal.kind.value,
            "name": principal.name,
            "locale": principal.locale,
        },
    )


def principal(connection: Connection, principal_id: UUID) -> Principal | None:
    """Return an enabled principal."""
    return _principal(connection.execute(_SQL["principal"], {"id": principal_id}).fetchone())


def principal_by_name(connection: Connection, kind: PrincipalKind, name: str) -> Principal | None:
    """Return a principal by its kind and name, be it disabled."""
    row = connection.execute(
        _SQL["principal_by_name"], {"kind": kind.value, "name": name}
    ).fetchone()
    return _principal(row)


def principals(connection: Connection) -> list[Principal]:
    """Return all principals, oldest first, disabled ones included."""
    found = (_principal(row) for row in connection.execute(_SQL["principals"]))
    return [each for each in found if each is not None]


def disable(connection: Connection, principal_id: UUID) -> bool:
    """Shut a principal out, with its keys, sessions and links; say whether it was enabled."""
    return connection.execute(_SQL["disable"], {"id": principal_id}).fetchone() is not None


def enable(connection: Connection, principal_id: UUID) -> bool:
    """Let a principal in again; say whether it was disabled."""
    return connection.execute(_SQL["enable"], {"id": principal_id}).fetchone() is not None


def set_locale(connection: Connection, principal_id: UUID, locale: str) -> None:
    """Remember the language a principal reads."""
    connection.execute(_SQL["set_locale"], {"id": principal_id, "locale": locale})


def grant_role(connection: Connection, principal_id: UUID, collection_id: UUID, role: Role) -> None:
    """Give a principal a role in a collection, in place of the one it had."""
    connection.execute(
        _SQL["grant_role"],
        {"principal_id": principal_id, "collection_id": collection_id, "role": role.value},
    )


def revoke_role(connection: Connection, principal_id: UUID, collection_id: UUID) -> Role | None:
    """Take a principal's role in a collection away; return it, if there was one."""
    row = connection.execute(
        _SQL["revoke_role"], {"principal_id": principal_id, "collection_id": collection_id}
    ).fetchone()
    return Role(row["role"]) if row else None


def has_administrator(connection: Connection, collection_id: UUID) -> bool:
    """Say whether an enabled person administers the collection."""
    row = connection.execute(_SQL["has_administrator"], {"collection_id": collection_id}).fetchone()
    assert row is not None
    return bool(row["found"])


def roles(connection: Connection, principal_id: UUID) -> dict[UUID, Role]:
    """Return a principal's roles by collection."""
    rows = connection.execute(_SQL["roles"], {"principal_id": principal_id})
    return {row["collection_id"]: Role(row["role"]) for row in rows}


def insert_key(
    connection: Connection,
    key_id: UUID,
    principal_id: UUID,
    name: str,
    key_hash: bytes,
    expires_at: datetime | None,
) -> None:
    """Store a key by its hash."""
    connection.execute(
        _SQL["insert_key"],
        {
            "id": key_id,
            "principal_id": principal_id,
            "name": name,
            "key_hash": key_hash,
            "expires_at": expires_at,
        },
    )


def caller_by_key(connection: Connection, key_hash: bytes) -> Caller | None:
    """Return the caller behind a key that is neither revoked nor expired."""
    row = connection.execute(_SQL["live_key"], {"key_hash": key_hash}).fetchone()
    found = _principal(row)
    if row is None or found is None:
        return None
    return Caller(found, row["key_id"], roles(connection, found.id))


def keys(connection: Connection) -> list[KeyRecord]:
    """Return all keys, revoked ones included."""
    return [KeyRecord(**row) for row in connection.execute(_SQL["keys"])]


def revoke_key(connection: Connection, key_id: UUID) -> bool:
    """Revoke a key; say whether it was live."""
    return connection.execute(_SQL["revoke_key"], {"id": key_id}).fetchone() is not None


def insert_login_token(
    connection: Connection, token_hash: bytes, principal_id: UUID, expires_at: datetime
) -> None:
    """Store a one-time login token by its hash."""
    connection.execute(
        _SQL["insert_login_token"],
        {"token_hash": token_hash, "principal_id": principal_id, "expires_at": expires_at},
    )


def use_login_token(connection: Connection, token_hash: bytes) -> Principal | None:
    """Use up a login token; None when it is unknown, used or expired."""
    row = connection.execute(_SQL["use_login_token"], {"token_hash": token_hash}).fetchone()
    return principal(connection, row["principal_id"]) if row else None


def insert_session(
    connection: Connection,
    secret_hash: bytes,
    principal_id: UUID,
    csrf_token: str,
    expires_at: datetime,
) -> None:
    """Store a console session by the hash of its secret."""
    connection.execute(
        _SQL["insert_session"],
        {
            "secret_hash": secret_hash,
            "principal_id": principal_id,
            "csrf_token": csrf_token,
            "expires_at": expires_at,
        },
    )


def caller_by_session(connection: Connection, secret_hash: bytes) -> tuple[Caller, str] | None:
    """Return the caller of a live session and its CSRF token."""
    row = connection.execute(_SQL["live_session"], {"secret_hash": secret_hash}).fetchone()
    found = _principal(row)
    if row is None or found is None:
        return None
    return Caller(found, None, roles(connection, found.id)), row["csrf_token"]


def delete_session(connection: Connection, secret_hash: bytes) -> None:
    """End a session."""
    connection.execute(_SQL["delete_session"], {"secret_hash": secret_hash})


def delete_stale_logins(connection: Connection) -> None:
    """Remove expired login tokens and sessions."""
    connection.execute(_SQL["delete_stale_logins"])


def _principal(row: Row | None) -> Principal | None:
    if row is None:
        return None
    return Principal(
        row["id"], PrincipalKind(row["kind"]), row["name"], row["locale"],
        enabled=row["disabled_at"] is None,
    )  # fmt: skip
