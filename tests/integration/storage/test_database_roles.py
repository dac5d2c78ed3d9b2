"""What the service's role may do in the database."""

from __future__ import annotations

import psycopg
import pytest

from chohyo.storage.database import Database


def test_the_service_role_owns_no_table_and_is_no_superuser(database: Database) -> None:
    with database.transaction() as connection:
        owned = connection.execute(
            "SELECT count(*) AS n FROM pg_class WHERE pg_get_userbyid(relowner) = current_user"
        ).fetchone()
        role = connection.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles "
            "WHERE rolname = current_user"
        ).fetchone()
    assert owned == {"n": 0}
    assert role is not None
    assert not any(role.values())


def test_the_service_role_cannot_create_tables(database: Database) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), database.transaction() as connection:
        connection.execute("CREATE TABLE mine (id int)")
