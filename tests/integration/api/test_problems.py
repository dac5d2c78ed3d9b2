"""Errors as problems, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient

from chohyo.services.runtime import Runtime

PROBLEM = "application/problem+json"


def test_a_missing_key_is_told_in_english_and_in_japanese(client: TestClient) -> None:
    english = client.get("/v1/documents", headers={"Accept-Language": "en-GB"})
    japanese = client.get("/v1/documents", headers={"Accept-Language": "ja,en;q=0.8"})
    assert english.status_code == japanese.status_code == 401
    assert english.headers["content-type"] == japanese.headers["content-type"] == PROBLEM
    assert english.headers["www-authenticate"] == "Bearer"
    assert english.json() == {
        "type": "urn:chohyo:problem:unauthenticated",
        "title": "Unauthenticated",
        "status": 401,
        "detail": "Send a valid API key, or log in.",
        "code": "unauthenticated",
        "params": {},
        "errors": [],
    }
    assert japanese.json()["code"] == "unauthenticated"
    assert japanese.json()["title"] == "未認証"
    assert japanese.json()["detail"].startswith("有効な API キー")


def test_without_a_wish_the_callers_own_language_is_used(as_: Callable[[str], TestClient]) -> None:
    client = as_("viewer")  # registered with English, in an installation set to Japanese
    del client.headers["Accept-Language"]
    answer = client.get(f"/v1/documents/{uuid4()}")
    assert answer.json()["detail"].startswith("There is no document")


def test_an_unknown_key_is_refused(client: TestClient) -> None:
    answer = client.get("/v1/me", headers={"Authorization": "Bearer chohyo_wrong"})
    assert answer.status_code == 401


def test_either_header_may_carry_the_key(client: TestClient, callers) -> None:
    answer = client.get("/v1/me", headers={"X-API-Key": callers["operator"].key})
    assert answer.json()["name"] == "operator"


def test_params_name_what_was_not_found(as_: Callable[[str], TestClient]) -> None:
    wanted = uuid4()
    problem = as_("viewer").get(f"/v1/pages/{wanted}").json()
    assert (problem["code"], problem["params"]) == (
        "not-found",
        {"kind": "page", "id": str(wanted)},
    )


def test_every_bad_field_is_named_with_a_reason(as_: Callable[[str], TestClient]) -> None:
    body = {"kind": "robot", "role": "admin", "surprise": 1}
    answer = as_("admin").post("/v1/principals", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["code"] == "invalid-input"
    assert {(each["field"], each["reason"]) for each in answer.json()["errors"]} == {
        ("kind", "is none of the allowed values"),
        ("name", "is missing"),
        ("surprise", "is not known"),
    }


@pytest.mark.parametrize("name", ["", "   ", "a\x00b", "x" * 201])
def test_a_text_that_cannot_be_stored_is_refused(
    name: str, as_: Callable[[str], TestClient]
) -> None:
    body = {"kind": "person", "role": "viewer", "name": name}
    assert as_("admin").post("/v1/principals", json=body).status_code == 422


def test_an_unknown_path_and_a_wrong_method_are_problems_too(client: TestClient) -> None:
    unknown, wrong = client.get("/v1/nothing"), client.delete("/v1/documents")
    assert (unknown.status_code, unknown.headers["content-type"]) == (404, PROBLEM)
    japanese = client.get("/v1/nothing", headers={"Accept-Language": "ja"}).json()
    assert japanese["title"] == "アドレスの誤り"
    assert japanese["detail"].startswith("このアドレスには何もありません。")
    assert (wrong.status_code, wrong.headers["content-type"]) == (405, PROBLEM)
    assert wrong.json()["code"] == "method-not-allowed"


def test_a_body_beyond_the_limit_is_refused_before_it_is_kept(client: TestClient) -> None:
    answer = client.post("/v1/keys", content=b"[" * (1 << 21))
    assert (answer.status_code, answer.headers["content-type"]) == (413, PROBLEM)


def test_an_unforeseen_error_tells_nothing_of_itself(
    as_: Callable[[str], TestClient], database_urls
) -> None:
    client = as_("viewer")
    with psycopg.connect(database_urls.owner) as owner:
        owner.execute("ALTER TABLE work RENAME COLUMN kind TO sort")
    answer = client.get("/v1/status")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "sort" not in answer.text


def test_a_lost_database_is_told_as_unavailable(
    as_: Callable[[str], TestClient], client: TestClient, runtime: Runtime
) -> None:
    viewer = as_("viewer")
    runtime.database.close()
    answers = [viewer.get("/v1/documents"), client.get("/readyz")]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [
        (503, "unavailable")
    ] * 2
    assert client.get("/healthz").json() == {"status": "ok"}
