"""Apply the numbered SQL migrations, as the owner of the tables."""

from __future__ import annotations

from importlib import resources

import psycopg
from psycopg import conninfo, sql

_TABLE = """
CREATE TABLE IF NOT EXISTS schema_migration (
    name       text PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
)
"""


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
    """
    role = conninfo.conninfo_to_dict(service_url).get("user")
    applied: list[str] = []
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtextextended('chohyo.migrate', 0))")
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
        connection.execute(_TABLE)
        done = {row[0] for row in connection.execute("SELECT name FROM schema_migration")}
        for name in migration_names():
            if name not in done:
                _apply(connection, name, str(role))
                applied.append(name)
            if name == upto:
                break
    return applied


def _apply(connection: psycopg.Connection[tuple[str]], name: str, service_role: str) -> None:
    text = (resources.files("sql") / "migrations" / name).read_text("utf-8")
    quoted = sql.Identifier(service_role).as_string(connection)
    with connection.transaction():
        connection.execute(text.replace("{service_role}", quoted).encode())
        connection.execute("INSERT INTO schema_migration (name) VALUES (%s)", (name,))
