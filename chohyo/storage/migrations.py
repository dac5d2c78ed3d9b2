"""Apply the numbered SQL migrations, as the owner of the tables."""

from __future__ import annotations

from importlib import resources
from typing import Any

import psycopg
from psycopg import conninfo, sql
from psycopg.rows import scalar_row

from chohyo.errors import InvalidInputError
from chohyo.storage import server
from chohyo.storage.statements import Statements

_SQL = Statements("server")


def migration_names() -> list[str]:
    """Return the names of all migrations, in order."""
    folder = resources.files("sql") / "migrations"
    return sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))


def migrate(owner_url: str, service_url: str, *, upto: str | None = None) -> list[str]:
    """Apply what is missing, each migration in one transaction; return the names applied.

    Args:
        owner_url: connection of the role that is to own the tables; may create the extension
            `vector`, or finds it there.
        service_url: connection of the service; only its role name is used, for the grants.
        upto: stop after this migration (for tests of upgrades).

    Raises:
        DatabaseSetupError: the database lacks something, or a role has too few or too many rights.
    """
    role = conninfo.conninfo_to_dict(service_url).get("user")
    if not role:
        raise InvalidInputError(field="DATABASE_URL", reason="names no role")
    applied: list[str] = []
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(_SQL["lock"])
        server.require_weak_service(connection, str(role))
        server.require_pgvector(connection, create=True)
        for name in _missing(connection):
            _apply(connection, name, str(role))
            applied.append(name)
            if name == upto:
                break
    return applied


def require_current(connection: psycopg.Connection[Any]) -> None:
    """Make sure that the database has every migration.

    Raises:
        NotMigratedError: it has not.
    """
    cursor = connection.cursor(row_factory=scalar_row)
    if not cursor.execute(_SQL["has_log"]).fetchone():
        raise server.NotMigratedError
    if set(migration_names()) - set(cursor.execute(_SQL["applied"])):
        raise server.NotMigratedError


def _missing(connection: psycopg.Connection[tuple[str]]) -> list[str]:
    try:
        connection.execute(_SQL["create_log"])
    except psycopg.errors.InsufficientPrivilege as error:
        who = connection.info
        raise server.OwnerRoleWeakError(role=who.user, database=who.dbname) from error
    done = {row[0] for row in connection.execute(_SQL["applied"])}
    return [name for name in migration_names() if name not in done]


def _apply(connection: psycopg.Connection[tuple[str]], name: str, service_role: str) -> None:
    text = (resources.files("sql") / "migrations" / name).read_text("utf-8")
    quoted = sql.Identifier(service_role).as_string(connection)
    with connection.transaction():
        connection.execute(text.replace("{service_role}", quoted).encode())
        connection.execute(_SQL["log"], {"name": name})
