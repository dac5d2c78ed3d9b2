"""Roles, disabled people, and who may administer whom."""

from __future__ import annotations

from uuid import UUID

import pytest

from chohyo.domain.access import Actor, Caller, PrincipalKind, Role
from chohyo.domain.collections import Collection
from chohyo.errors import (
    ConflictError,
    ForbiddenError,
    LastAdministratorError,
    NotFoundError,
    UnauthenticatedError,
)
from chohyo.services import access, administration, audit, collections
from chohyo.services.runtime import Runtime


@pytest.fixture
def admin(callers) -> Caller:
    return callers["admin"].caller


def _id(callers, role: str) -> UUID:
    return callers[role].caller.principal.id


def _actions(runtime: Runtime, caller: Caller, object_id: UUID) -> list[str]:
    entries = audit.list_entries(runtime, caller, object_id=object_id)
    return [entry.action for entry in entries]


def test_a_role_is_changed_and_taken_away_at_once_and_audited(
    runtime: Runtime, admin: Caller, callers, collection: Collection
) -> None:
    viewer = callers["viewer"]
    administration.grant(runtime, admin, _id(callers, "viewer"), collection.id, Role.REVIEWER)
    assert access.authenticate_key(runtime, viewer.key).roles == {collection.id: Role.REVIEWER}
    administration.revoke(runtime, admin, _id(callers, "viewer"), collection.id)
    assert access.authenticate_key(runtime, viewer.key).roles == {}
    assert _actions(runtime, admin, _id(callers, "viewer"))[:2] == ["role.revoked", "role.granted"]
    with pytest.raises(NotFoundError):
        administration.revoke(runtime, admin, _id(callers, "viewer"), collection.id)


def test_a_disabled_persons_key_session_and_link_stop_at_once_and_stay_stopped(
    runtime: Runtime, admin: Caller, callers
) -> None:
    person, key = _id(callers, "reviewer"), callers["reviewer"].key
    session = access.log_in(runtime, key)
    link = administration.login_token(runtime, admin, person)
    administration.disable(runtime, admin, person)
    for _ in ("disabled", "enabled again"):
        with pytest.raises(UnauthenticatedError):
            access.authenticate_key(runtime, key)
        with pytest.raises(UnauthenticatedError):
            access.resume_session(runtime, session.secret)
        with pytest.raises(UnauthenticatedError):
            access.log_in(runtime, link)
        if _ == "disabled":
            administration.enable(runtime, admin, person)
    renewed = access.log_in(runtime, administration.login_token(runtime, admin, person))
    assert renewed.caller.roles == callers["reviewer"].caller.roles


def test_a_disabled_person_gets_no_key_and_no_link_and_keeps_the_name(
    runtime: Runtime, admin: Caller, callers, collection: Collection
) -> None:
    person = _id(callers, "viewer")
    administration.disable(runtime, admin, person)
    with pytest.raises(ConflictError):
        administration.create_key(runtime, admin, person, "laptop")
    with pytest.raises(ConflictError):
        administration.login_token(runtime, admin, person)
    with pytest.raises(ConflictError):
        administration.disable(runtime, admin, person)
    with pytest.raises(ConflictError):
        administration.add_principal(
            runtime, admin, PrincipalKind.PERSON, "viewer", "ja", collection.id, Role.VIEWER
        )


@pytest.mark.parametrize("way", ["demote", "revoke", "disable"])
def test_the_last_person_who_administers_a_collection_stays(
    runtime: Runtime, callers, other_collection: Collection, way: str
) -> None:
    stranger, own = callers["stranger"].caller, _id(callers, "stranger")
    # A service is no person: its key may be lost.
    administration.add_principal(
        runtime, stranger, PrincipalKind.SERVICE, "robot", "en", other_collection.id, Role.ADMIN
    )
    ways = {
        "demote": lambda: administration.grant(
            runtime, stranger, own, other_collection.id, Role.REVIEWER
        ),
        "revoke": lambda: administration.revoke(runtime, stranger, own, other_collection.id),
        "disable": lambda: administration.disable(runtime, stranger, own),
    }
    with pytest.raises(LastAdministratorError) as refused:
        ways[way]()
    assert refused.value.params == {"collection": "other"}
    assert access.authenticate_key(runtime, callers["stranger"].key).roles == stranger.roles
    administration.add_principal(
        runtime, stranger, PrincipalKind.PERSON, "second", "en", other_collection.id, Role.ADMIN
    )
    ways[way]()


def test_whoever_has_power_elsewhere_is_changed_here_alone(
    runtime: Runtime, admin: Caller, callers, collection: Collection, other_collection: Collection
) -> None:
    everywhere = Caller(
        admin.principal, None, {collection.id: Role.ADMIN, other_collection.id: Role.ADMIN}
    )
    person = _id(callers, "viewer")
    administration.grant(runtime, everywhere, person, other_collection.id, Role.OPERATOR)
    for refused in (administration.disable, administration.login_token):
        with pytest.raises(ForbiddenError):
            refused(runtime, admin, person)
    view = administration.get_principal(runtime, admin, person)
    assert (view.roles, view.ruled) == ({collection.id: Role.VIEWER}, False)
    administration.revoke(runtime, admin, person, collection.id)
    with pytest.raises(NotFoundError):
        administration.get_principal(runtime, admin, person)


def test_nobody_gives_roles_to_people_or_in_collections_one_cannot_see(
    runtime: Runtime, callers, collection: Collection, other_collection: Collection
) -> None:
    stranger = callers["stranger"].caller
    with pytest.raises(NotFoundError):
        administration.grant(
            runtime, stranger, _id(callers, "viewer"), other_collection.id, Role.VIEWER
        )
    with pytest.raises(NotFoundError):
        administration.grant(
            runtime, stranger, _id(callers, "stranger"), collection.id, Role.VIEWER
        )


def test_collections_are_added_by_whoever_runs_the_installation(
    runtime: Runtime, admin: Caller, callers
) -> None:
    added = collections.add_collection(runtime, admin, " 経理 ")
    roles = access.authenticate_key(runtime, callers["admin"].key).roles
    assert (added.name, roles[added.id]) == ("経理", Role.ADMIN)
    with pytest.raises(ForbiddenError):
        collections.add_collection(runtime, callers["stranger"].caller, "mine")
    with pytest.raises(ConflictError):
        collections.add_collection(runtime, admin, "経理")


def test_a_collection_is_renamed_by_its_administrators(
    runtime: Runtime, admin: Caller, callers, collection: Collection
) -> None:
    assert collections.rename_collection(runtime, admin, collection.id, "総務").name == "総務"
    assert _actions(runtime, admin, collection.id)[0] == "collection.renamed"
    with pytest.raises(ConflictError):
        collections.rename_collection(runtime, admin, collection.id, "other")
    with pytest.raises(NotFoundError):
        collections.rename_collection(runtime, callers["stranger"].caller, collection.id, "x")


def test_what_belongs_to_no_collection_is_audited_for_those_who_run_the_installation(
    runtime: Runtime, admin: Caller, callers
) -> None:
    def seen(caller: Caller) -> set[str]:
        return {entry.action for entry in audit.list_entries(runtime, caller, limit=1000)}

    assert "key.created" in seen(admin)
    assert "key.created" not in seen(callers["stranger"].caller)
    assert seen(callers["stranger"].caller) == {"principal.created"}


def test_somebody_without_any_role_is_left_to_whoever_runs_the_installation(
    runtime: Runtime, admin: Caller, callers, other_collection: Collection
) -> None:
    stranger = callers["stranger"].caller
    made = administration.add_principal(
        runtime, stranger, PrincipalKind.SERVICE, "robot", "en", other_collection.id, Role.VIEWER
    ).principal.id
    administration.revoke(runtime, stranger, made, other_collection.id)
    with pytest.raises(NotFoundError):
        administration.get_principal(runtime, stranger, made)
    assert administration.get_principal(runtime, admin, made).ruled


def test_the_command_line_administers_what_nobody_else_can(
    runtime: Runtime, collection: Collection, other_collection: Collection
) -> None:
    _, local = access.local_administrator(runtime, "installer", "ja")
    assert local.roles == {collection.id: Role.ADMIN, other_collection.id: Role.ADMIN}
    assert local.actor == Actor(local.actor.kind, str(local.principal.id))


def test_the_names_shown_with_audit_entries_are_of_those_they_mention(
    runtime: Runtime, admin: Caller, callers, collection: Collection
) -> None:
    person = _id(callers, "viewer")
    administration.grant(runtime, admin, person, collection.id, Role.OPERATOR)
    entries = audit.list_entries(runtime, admin, object_id=person)[:1]

    assert audit.names_in(runtime, entries).keys() == {str(admin.principal.id), str(person)}
