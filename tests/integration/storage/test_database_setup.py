"""A user's own PostgreSQL: what is missing is named, with what to do about it."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import conninfo, sql

from chohyo.errors import InvalidInputError
from chohyo.settings import Settings, open_runtime
from chohyo.storage import server
from chohyo.storage.migrations import migrate, migration_names
from tests.conftest import OWNER, SERVICE, DatabaseUrls, Postgres


def test_an_owner_without_superuser_migrates_where_pgvector_is(empty_urls: DatabaseUrls) -> None:
    assert migrate(empty_urls.owner, empty_urls.service) == migration_names()
    assert migrate(empty_urls.owner, empty_urls.service) == []


def test_pgvector_that_only_a_superuser_may_add_is_asked_for(bare_urls: DatabaseUrls) -> None:
    with pytest.raises(server.PgvectorNotCreatedError, match="CREATE EXTENSION vector"):
        migrate(bare_urls.owner, bare_urls.service)


def test_a_superuser_who_migrates_adds_pgvector(bare_urls: DatabaseUrls) -> None:
    assert migrate(bare_urls.superuser, bare_urls.service) == migration_names()


def test_a_server_without_pgvector_is_told(bare_urls: DatabaseUrls, postgres: Postgres) -> None:
    nowhere = sql.SQL("ALTER DATABASE {} SET extension_control_path = '/nowhere'")
    postgres.execute(nowhere.format(sql.Identifier(bare_urls.name)))
    with pytest.raises(server.PgvectorMissingError, match=r"0\.8"):
        migrate(bare_urls.superuser, bare_urls.service)


def test_a_pgvector_that_is_too_old_is_told(empty_urls: DatabaseUrls, postgres: Postgres) -> None:
    older = "UPDATE pg_extension SET extversion = '0.7.4' WHERE extname = 'vector'"
    postgres.execute(sql.SQL(older), empty_urls.name)
    with pytest.raises(server.PgvectorTooOldError, match=r"0\.7\.4"):
        migrate(empty_urls.owner, empty_urls.service)


def test_an_owner_who_may_not_create_tables_is_told(
    empty_urls: DatabaseUrls, postgres: Postgres
) -> None:
    postgres.execute(
        sql.SQL("ALTER DATABASE {} OWNER TO CURRENT_USER").format(sql.Identifier(empty_urls.name))
    )
    with pytest.raises(server.OwnerRoleWeakError, match=f"OWNER TO {OWNER}"):
        migrate(empty_urls.owner, empty_urls.service)


def test_a_service_role_that_is_not_there_is_told(empty_urls: DatabaseUrls) -> None:
    missing = conninfo.make_conninfo(empty_urls.service, user="nobody_yet")
    with pytest.raises(server.ServiceRoleMissingError, match="CREATE ROLE nobody_yet"):
        migrate(empty_urls.owner, missing)
    with pytest.raises(InvalidInputError):
        migrate(empty_urls.owner, "dbname=chohyo")


def test_nothing_is_migrated_for_a_service_that_could_rewrite_the_audit(
    empty_urls: DatabaseUrls,
) -> None:
    for service in (empty_urls.owner, empty_urls.superuser):
        with pytest.raises(server.ServiceRolePowerfulError):
            migrate(empty_urls.owner, service)
    with psycopg.connect(empty_urls.owner) as connection:
        assert connection.execute("SELECT to_regclass('audit_entry')").fetchone() == (None,)


def _open(url: str, folder: object) -> None:
    settings = Settings(DATABASE_URL=url, data_dir=folder)
    open_runtime(settings).database.close()


def test_a_service_that_could_rewrite_the_audit_does_not_start(
    database_urls: DatabaseUrls, tmp_path
) -> None:
    _open(database_urls.service, tmp_path)
    for url in (database_urls.owner, database_urls.superuser):
        with pytest.raises(server.ServiceRolePowerfulError):
            _open(url, tmp_path)


def test_a_service_whose_role_was_made_a_member_of_the_owner_does_not_start(
    database_urls: DatabaseUrls, postgres: Postgres, tmp_path
) -> None:
    member = sql.SQL(f"GRANT {OWNER} TO {SERVICE}")
    postgres.execute(member)
    try:
        with pytest.raises(server.ServiceRolePowerfulError):
            _open(database_urls.service, tmp_path)
    finally:
        postgres.execute(sql.SQL(f"REVOKE {OWNER} FROM {SERVICE}"))


def test_a_database_without_pgvector_is_told_at_the_start(
    bare_urls: DatabaseUrls, tmp_path
) -> None:
    with pytest.raises(server.PgvectorNotCreatedError):
        _open(bare_urls.service, tmp_path)


def test_tables_that_are_missing_or_older_than_the_program_are_told(
    empty_urls: DatabaseUrls, tmp_path
) -> None:
    with pytest.raises(server.NotMigratedError, match="chohyo migrate"):
        _open(empty_urls.service, tmp_path)
    migrate(empty_urls.owner, empty_urls.service, upto=migration_names()[-2])
    with pytest.raises(server.NotMigratedError):
        _open(empty_urls.service, tmp_path)
