"""What the installation asks of its PostgreSQL, and what to do where that is missing."""

from __future__ import annotations

from typing import Any

import psycopg

from chohyo.errors import ChohyoError
from chohyo.storage.statements import Statements

_SQL = Statements("server")
# Iterative index scans, without which a search under a filter finds too few, came with 0.8.
_PGVECTOR = (0, 8)
_NEEDED = ".".join(map(str, _PGVECTOR))


class DatabaseSetupError(ChohyoError):
    """PostgreSQL answers, but it is not set up for chohyo; each child is one reason."""

    code = "database-setup"
    message = "The database is not set up for chohyo."
    http_status = 503
    exit_code = 7


class PgvectorMissingError(DatabaseSetupError):
    """The server does not have the extension at all."""

    code = "pgvector-missing"
    message = (
        "PostgreSQL has no pgvector. Install version {needed} or newer on its machine, then run in "
        "the database, as superuser: CREATE EXTENSION vector"
    )


class PgvectorNotCreatedError(DatabaseSetupError):
    """The server has the extension, the database does not."""

    code = "pgvector-not-created"
    message = (
        "The database lacks pgvector, and only a superuser may add it. Run in the database, as "
        "superuser: CREATE EXTENSION vector"
    )


class PgvectorTooOldError(DatabaseSetupError):
    """The extension's version lacks what is used."""

    code = "pgvector-too-old"
    message = (
        "pgvector is version {version}; {needed} or newer is needed. Install that on PostgreSQL's "
        "machine, then run in the database, as superuser: ALTER EXTENSION vector UPDATE"
    )


class ServiceRoleMissingError(DatabaseSetupError):
    """Nobody of that name is there to be granted anything."""

    code = "service-role-missing"
    message = (
        "DATABASE_URL names the role {role}, which does not exist. Run as superuser: "
        "CREATE ROLE {role} LOGIN PASSWORD '…'"
    )


class ServiceRolePowerfulError(DatabaseSetupError):
    """The service could rewrite its own audit."""

    code = "service-role-powerful"
    message = (
        "The role {role} of DATABASE_URL is a superuser or owns the tables, and could rewrite the "
        "audit. Use another one, which owns nothing: CREATE ROLE chohyo_service LOGIN PASSWORD '…'"
    )


class NotMigratedError(DatabaseSetupError):
    """The database lacks migrations that this program counts on."""

    code = "not-migrated"
    message = (
        "The database has no tables yet, or older ones than this program. Run `chohyo migrate "
        "--owner-url …` first."
    )


class OwnerRoleWeakError(DatabaseSetupError):
    """The owner may not make the tables."""

    code = "owner-role-weak"
    message = (
        "The role {role} may not create tables in the database {database}. Run as superuser: "
        "ALTER DATABASE {database} OWNER TO {role}"
    )


def require_pgvector(connection: psycopg.Connection[Any], *, create: bool = False) -> None:
    """Make sure that the database has pgvector, and that it is new enough.

    Args:
        connection: to the database, in autocommit mode where `create` is set.
        create: add the extension when it is missing; takes a superuser.

    Raises:
        PgvectorMissingError, PgvectorNotCreatedError, PgvectorTooOldError: it is not.
    """
    cursor = connection.cursor(row_factory=psycopg.rows.scalar_row)
    version = cursor.execute(_SQL["pgvector"]).fetchone()
    if version is None and create:
        _create_pgvector(connection)
        version = cursor.execute(_SQL["pgvector"]).fetchone()
    if version is None:
        raise PgvectorNotCreatedError
    if tuple(int(part) for part in version.split(".")[:2]) < _PGVECTOR:
        raise PgvectorTooOldError(version=version, needed=_NEEDED)


def require_weak_service(connection: psycopg.Connection[Any], role: str) -> None:
    """Make sure that the role can be granted rights, and has none of the current role's.

    Raises:
        ServiceRoleMissingError, ServiceRolePowerfulError: it cannot, or has.
    """
    cursor = connection.cursor(row_factory=psycopg.rows.scalar_row)
    powerful = cursor.execute(_SQL["service_role"], {"role": role}).fetchone()
    if powerful is None:
        raise ServiceRoleMissingError(role=role)
    if powerful:
        raise ServiceRolePowerfulError(role=role)


def check(connection: psycopg.Connection[Any]) -> None:
    """Make sure that the service can work on the database, and can do no harm to its audit.

    Raises:
        DatabaseSetupError: one of its children.
    """
    cursor = connection.cursor(row_factory=psycopg.rows.tuple_row)
    found = cursor.execute(_SQL["own_power"]).fetchone()
    assert found is not None
    role, powerful = found
    if powerful:
        raise ServiceRolePowerfulError(role=role)
    require_pgvector(connection)


def _create_pgvector(connection: psycopg.Connection[Any]) -> None:
    try:
        connection.execute(_SQL["create_pgvector"])
    except psycopg.errors.InsufficientPrivilege as error:
        raise PgvectorNotCreatedError from error
    except (psycopg.errors.FeatureNotSupported, psycopg.errors.UndefinedFile) as error:
        raise PgvectorMissingError(needed=_NEEDED) from error
