"""Databases that no migration has touched yet."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from psycopg import sql

from tests.conftest import OWNER, DatabaseUrls, Postgres


@pytest.fixture
def bare_urls(postgres: Postgres) -> Iterator[DatabaseUrls]:
    """Make a database that its owner was given, as an administrator of PostgreSQL would."""
    name = sql.Identifier(f"bare_{uuid4().hex}")
    postgres.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, sql.Identifier(OWNER)))
    yield postgres.urls(name.as_string().strip('"'))
    postgres.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@pytest.fixture
def empty_urls(bare_urls: DatabaseUrls, postgres: Postgres) -> DatabaseUrls:
    """Add pgvector to it."""
    postgres.execute(sql.SQL("CREATE EXTENSION vector"), bare_urls.name)
    return bare_urls
