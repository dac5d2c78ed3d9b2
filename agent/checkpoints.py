"""LangGraph's checkpoints in PostgreSQL, in a schema of their own; they hold ids, never content."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.postgres import PostgresSaver
from psycopg import Connection, OperationalError, conninfo
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool

from chohyo.errors import UnavailableError

SCHEMA = "langgraph"


def prepare(owner_url: str) -> None:
    """Create or upgrade the saver's tables, as the owner."""
    with PostgresSaver.from_conn_string(_in_schema(owner_url)) as saver:
        saver.setup()


def open_saver(service_url: str) -> PostgresSaver:
    """Return a saver on a small pool of the service's connections."""
    pool: ConnectionPool[Connection[DictRow]] = ConnectionPool(
        _in_schema(service_url),
        connection_class=Connection[DictRow],
        kwargs={"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row},
        check=ConnectionPool.check_connection,
        min_size=1,
        max_size=2,
        open=True,
    )
    return PostgresSaver(pool)


def thread(thread_id: object) -> RunnableConfig:
    """Return the graph configuration of a thread."""
    return {"configurable": {"thread_id": str(thread_id)}}


@contextmanager
def answering() -> Iterator[None]:
    """Say in our words when the saver's PostgreSQL does not answer.

    Raises:
        UnavailableError: it does not.
    """
    try:
        yield
    except OperationalError as error:
        raise UnavailableError(part="PostgreSQL") from error


def _in_schema(url: str) -> str:
    return conninfo.make_conninfo(url, options=f"-c search_path={SCHEMA}")
