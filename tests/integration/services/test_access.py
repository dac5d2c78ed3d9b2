"""Keys, login tokens and console sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chohyo.domain.access import Actor, PrincipalKind, Role
from chohyo.domain.collections import Collection
from chohyo.domain.ids import new_id
from chohyo.errors import ConflictError, NotFoundError, UnauthenticatedError
from chohyo.services import access
from chohyo.services.runtime import Runtime

ACTOR = Actor.system("test")


def test_an_installation_is_set_up_once(runtime: Runtime) -> None:
    first = access.ensure_installation(runtime, "admin", "ja")
    assert access.ensure_installation(runtime, "admin", "ja") == first


def test_a_key_gives_its_principals_roles(runtime: Runtime, collection: Collection) -> None:
    person = access.add_principal(
        runtime, ACTOR, PrincipalKind.PERSON, "hanako", "ja", collection.id, Role.REVIEWER
    )
    key = access.create_key(runtime, ACTOR, person.id, "laptop", days=1)
    caller = access.authenticate_key(runtime, key.secret)
    assert (caller.principal, caller.key_id) == (person, key.id)
    assert caller.roles == {collection.id: Role.REVIEWER}


def test_no_secret_is_stored(runtime: Runtime, callers) -> None:
    with runtime.database.transaction() as connection:
        stored = connection.execute("SELECT api_key::text AS row FROM api_key").fetchall()
    secrets = [holder.key for holder in callers.values()]
    assert not any(secret in each["row"] for secret in secrets for each in stored)


def test_a_revoked_key_opens_nothing(runtime: Runtime, callers) -> None:
    holder = callers["viewer"]
    access.revoke_key(runtime, ACTOR, holder.caller.key_id)
    with pytest.raises(UnauthenticatedError):
        access.authenticate_key(runtime, holder.key)
    with pytest.raises(NotFoundError):
        access.revoke_key(runtime, ACTOR, holder.caller.key_id)


def test_an_expired_key_opens_nothing(runtime: Runtime, callers) -> None:
    holder = callers["viewer"]
    yesterday = datetime.now(UTC) - timedelta(days=1)
    with runtime.database.transaction() as connection:
        connection.execute(
            "UPDATE api_key SET expires_at = %s WHERE id = %s", (yesterday, holder.caller.key_id)
        )
    with pytest.raises(UnauthenticatedError):
        access.authenticate_key(runtime, holder.key)


def test_a_login_token_opens_one_session(runtime: Runtime, callers) -> None:
    viewer = callers["viewer"].caller.principal
    token = access.issue_login_token(runtime, ACTOR, viewer.id)
    session = access.log_in(runtime, token)
    assert access.resume_session(runtime, session.secret).caller.principal == viewer
    with pytest.raises(UnauthenticatedError):
        access.log_in(runtime, token)


def test_a_key_opens_sessions_too(runtime: Runtime, callers) -> None:
    session = access.log_in(runtime, callers["operator"].key)
    assert session.caller.roles == callers["operator"].caller.roles


def test_a_session_is_over_after_logging_out(runtime: Runtime, callers) -> None:
    session = access.log_in(runtime, callers["operator"].key)
    access.log_out(runtime, session.secret)
    with pytest.raises(UnauthenticatedError):
        access.resume_session(runtime, session.secret)


def test_a_name_is_taken_once_of_each_kind(runtime: Runtime, collection: Collection) -> None:
    who = ("scanner", "ja", collection.id, Role.OPERATOR)
    access.add_principal(runtime, ACTOR, PrincipalKind.SERVICE, *who)
    access.add_principal(runtime, ACTOR, PrincipalKind.PERSON, *who)
    with pytest.raises(ConflictError):
        access.add_principal(runtime, ACTOR, PrincipalKind.SERVICE, *who)


def test_a_key_needs_somebody(runtime: Runtime) -> None:
    with pytest.raises(NotFoundError):
        access.create_key(runtime, ACTOR, new_id(), "ghost")
