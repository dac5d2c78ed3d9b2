"""Connections to PostgreSQL: a pool, transactions, and rows as dictionaries inside storage."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import psycopg
from pgvector.psycopg import register_vector
from psycopg.rows import dict_row
from psycopg.types import TypeInfo
from psycopg_pool import ConnectionPool

from chohyo.errors import UnavailableError

Row = dict[str, Any]
Connection = psycopg.Connection[Row]


class Watch(Protocol):
    """Looks on at each transaction; an error it raises before the commit rolls back."""

    def before_commit(self, connection: Connection) -> None:
        """Look at what is about to be committed."""

    def after_commit(self) -> None:
        """Go on, or stop the caller here, where nothing is half done."""


class Database:
    """A pool of connections of the service's role.

    Args:
        url: libpq connection string of a role that owns no table.
        max_size: most connections held at once.
    """

    def __init__(self, url: str, *, max_size: int = 8) -> None:
        self.url = url
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            url,
            connection_class=psycopg.Connection[Row],
            kwargs={"row_factory": dict_row, "options": "-c timezone=UTC"},
            configure=_configure,
            check=ConnectionPool.check_connection,
            min_size=1,
            max_size=max_size,
            timeout=30,
            open=False,
        )
        self._watch: Watch | None = None

    def watched(self, watch: Watch) -> Database:
        """Return the same pool, with a watch over each transaction taken through the result."""
        view = copy.copy(self)
        view._watch = watch
        return view

    def open(self) -> Database:
        """Open the pool and wait for its first connection.

        Raises:
            UnavailableError: PostgreSQL does not answer within the pool's timeout.
        """
        try:
            self._pool.open(wait=True)
        except psycopg.OperationalError as error:
            raise UnavailableError(part="PostgreSQL") from error
        return self

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Yield a connection inside a transaction: committed at the end, rolled back on error.

        Raises:
            UnavailableError: no connection can be had.
        """
        try:
            with self._pool.connection() as connection:
                yield connection
                if self._watch:
                    self._watch.before_commit(connection)
        except psycopg.OperationalError as error:
            raise UnavailableError(part="PostgreSQL") from error
        if self._watch:
            self._watch.after_commit()


def _configure(connection: Connection) -> None:
    # Without pgvector the database opens all the same, so that the check of it can say so.
    if TypeInfo.fetch(connection, "vector") is not None:
        register_vector(connection)
