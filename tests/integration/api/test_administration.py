"""Administrators: principals, keys, the audit's chain."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from fastapi.testclient import TestClient

from chohyo.domain.access import Role
from chohyo.services.runtime import Runtime
from chohyo.storage import access

Clients = Callable[[str], TestClient]


def test_a_new_service_works_with_its_key_until_it_is_revoked(
    as_: Clients, client: TestClient
) -> None:
    admin = as_("admin")
    wanted = {"kind": "service", "name": "mail room", "role": "operator"}
    service = admin.post("/v1/principals", json=wanted).json()
    key = admin.post("/v1/keys", json={"principal_id": service["id"], "name": "router"}).json()
    headers = {"Authorization": f"Bearer {key['secret']}"}
    assert client.get("/v1/me", headers=headers).json() == service
    assert admin.delete(f"/v1/keys/{key['id']}").status_code == 204
    assert client.get("/v1/me", headers=headers).status_code == 401
    assert admin.delete(f"/v1/keys/{key['id']}").status_code == 404


def test_no_list_holds_a_secret(as_: Clients, callers) -> None:
    listed = as_("admin").get("/v1/keys").text
    assert callers["viewer"].caller.principal.name in listed
    assert not any(holder.key in listed for holder in callers.values())


def test_a_taken_name_is_refused(as_: Clients) -> None:
    wanted = {"kind": "person", "name": "viewer", "role": "admin"}
    assert as_("admin").post("/v1/principals", json=wanted).status_code == 409


def test_an_administrator_sees_nobody_of_another_collection(as_: Clients, callers) -> None:
    names = {each["name"] for each in as_("stranger").get("/v1/principals").json()["items"]}
    keys = as_("stranger").get("/v1/keys").json()["items"]
    assert names == {"stranger"}
    assert {each["id"] for each in keys} == {str(callers["stranger"].caller.key_id)}


def test_an_administrator_makes_no_key_for_somebody_of_another_collection(
    as_: Clients, callers
) -> None:
    wanted = {"principal_id": str(callers["viewer"].caller.principal.id), "name": "mine"}
    assert as_("stranger").post("/v1/keys", json=wanted).status_code == 404


def test_an_administrator_makes_no_key_for_somebody_with_power_elsewhere(
    as_: Clients, callers, runtime: Runtime, other_collection
) -> None:
    principal = callers["viewer"].caller.principal
    with runtime.database.transaction() as connection:
        access.grant_role(connection, principal.id, other_collection.id, Role.VIEWER)
    wanted = {"principal_id": str(principal.id), "name": "mine"}
    assert as_("admin").post("/v1/keys", json=wanted).status_code == 403


def test_nobody_is_registered_into_a_collection_one_does_not_administer(
    as_: Clients, collection
) -> None:
    wanted = {
        "kind": "person",
        "name": "friend",
        "role": "admin",
        "collection_id": str(collection.id),
    }
    assert as_("stranger").post("/v1/principals", json=wanted).status_code == 404
    assert as_("reviewer").post("/v1/principals", json=wanted).status_code == 403


def test_a_key_for_nobody_is_not_made(as_: Clients) -> None:
    wanted = {"principal_id": str(uuid4()), "name": "ghost"}
    assert as_("admin").post("/v1/keys", json=wanted).status_code == 404


def test_the_chain_is_verified(as_: Clients) -> None:
    report = as_("admin").get("/v1/audit/verify").json()
    assert (report["intact"], report["broken_at"]) == (True, None)
    assert report["entries"] >= 11


def test_the_audit_of_keys_is_for_administrators(as_: Clients) -> None:
    actions = {
        role: {each["action"] for each in as_(role).get("/v1/audit").json()["items"]}
        for role in ("reviewer", "admin")
    }
    assert "key.created" in actions["admin"]
    assert "key.created" not in actions["reviewer"]
