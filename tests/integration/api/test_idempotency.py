"""The same request with the same Idempotency-Key is answered once."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from typing import Any

import pymupdf
import pytest
from fastapi.testclient import TestClient
from filing import Filing
from PIL import Image

from chohyo.services import idempotency, working
from chohyo.services.runtime import Runtime

Clients = Callable[[str], TestClient]
KEY = {"Idempotency-Key": "order-1"}
SERVICE = {"kind": "service", "name": "mail room", "role": "operator"}


def _pdf(text: str) -> bytes:
    with pymupdf.open() as document:
        document.new_page(width=200, height=100).insert_text((20, 50), text)
        return document.tobytes()


def _upload(client: TestClient, data: bytes, name: str = "a.pdf"):
    return client.post("/v1/documents", files={"files": (name, data)}, headers=KEY)


def _kept(runtime: Runtime) -> list[dict[str, Any]]:
    with runtime.database.transaction() as connection:
        return connection.execute("SELECT * FROM idempotent_request").fetchall()


def test_a_repeated_request_gets_the_first_answer_and_changes_nothing(as_: Clients) -> None:
    client = as_("admin")
    first = client.post("/v1/principals", json=SERVICE, headers=KEY)
    again = client.post("/v1/principals", json=SERVICE, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert client.post("/v1/principals", json=SERVICE).status_code == 409


def test_an_upload_sent_again_is_the_same_though_its_boundary_is_not(as_: Clients) -> None:
    noise = io.BytesIO()  # does not compress, so that it comes in many pieces
    Image.effect_noise((1000, 1000), 80).save(noise, "PNG", dpi=(150, 150))
    data = noise.getvalue()
    first, again = _upload(as_("operator"), data), _upload(as_("operator"), data)
    boundaries = {each.request.headers["content-type"] for each in (first, again)}
    assert len(boundaries) == 2
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()


def test_another_request_with_the_same_key_is_refused(as_: Clients, filing: Filing) -> None:
    client = as_("operator")
    _upload(client, _pdf("one"))
    for other in (
        _upload(client, _pdf("two")),
        _upload(client, _pdf("one"), name="b.pdf"),
        client.post("/v1/discovery-runs", json={}, headers=KEY),
    ):
        assert (other.status_code, other.json()["code"]) == (422, "idempotency-mismatch")


def test_the_keys_of_another_caller_are_others(as_: Clients) -> None:
    for role in ("operator", "reviewer"):
        assert _upload(as_(role), _pdf(role)).status_code == 201


def test_a_request_that_failed_may_be_corrected_under_its_key(as_: Clients) -> None:
    client = as_("admin")
    refused = client.post("/v1/principals", json={**SERVICE, "role": "king"}, headers=KEY)
    assert refused.status_code == 422
    assert client.post("/v1/principals", json=SERVICE, headers=KEY).status_code == 201


def test_a_duplicate_at_the_same_time_is_refused(
    as_: Clients, runtime: Runtime, callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    keep = idempotency.keep

    def keep_later(*arguments: Any) -> None:
        begun.set()
        assert go_on.wait(30)
        keep(*arguments)

    monkeypatch.setattr(idempotency, "keep", keep_later)
    answers = []
    slow = threading.Thread(target=lambda: answers.append(_upload(as_("operator"), _pdf("one"))))
    slow.start()
    assert begun.wait(30)
    meanwhile = _upload(as_("operator"), _pdf("one"))
    go_on.set()
    slow.join()
    assert (meanwhile.status_code, meanwhile.json()["code"]) == (409, "idempotency-in-progress")
    assert answers[0].status_code == 201


def test_a_secret_is_never_kept(as_: Clients, callers, runtime: Runtime) -> None:
    body = {"principal_id": str(callers["viewer"].caller.principal.id), "name": "laptop"}
    link = f"/v1/principals/{body['principal_id']}/login-link"
    for path, sent, secret in (("/v1/keys", body, "secret"), (link, None, "path")):
        headers = {"Idempotency-Key": path}
        first, again = (
            as_("admin").post(path, json=sent, headers=headers).json() for _ in range(2)
        )
        assert first[secret]
        assert again == {**first, secret: None}
        assert all(first[secret] not in str(row) for row in _kept(runtime))


def test_a_decision_is_kept_without_what_is_written_on_the_page(
    as_: Clients, filing: Filing, runtime: Runtime
) -> None:
    path = f"/v1/pages/{filing.read_page.id}/decision"
    body = {"template_page_id": str(filing.template_page_id)}
    assert as_("reviewer").post(path, json=body, headers=KEY).status_code == 200
    (row,) = _kept(runtime)
    assert "12,000" not in row["body"]
    assert filing.document.filename not in row["body"]


def test_an_answer_is_forgotten_with_its_document(as_: Clients, runtime: Runtime) -> None:
    document_id = _upload(as_("operator"), _pdf("one")).json()["items"][0]["document"]["id"]
    with runtime.database.transaction() as connection:
        connection.execute("DELETE FROM document WHERE id = %s", (document_id,))
    assert _kept(runtime) == []


def test_the_sweep_deletes_an_answer_after_its_day(as_: Clients, runtime: Runtime) -> None:
    _upload(as_("operator"), _pdf("one"))
    working.sweep(runtime, resend_seconds=60)
    assert len(_kept(runtime)) == 1
    with runtime.database.transaction() as connection:
        connection.execute("UPDATE idempotent_request SET expires_at = now() - interval '1 s'")
    working.sweep(runtime, resend_seconds=60)
    assert _kept(runtime) == []


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_a_key_of_impossible_length_is_refused(as_: Clients, key: str) -> None:
    answer = as_("operator").post("/v1/discovery-runs", json={}, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-input")


def test_every_post_describes_the_header_and_its_refusals(client: TestClient) -> None:
    described = client.get("/v1/openapi.json").json()["paths"]
    posts = [methods["post"] for methods in described.values() if "post" in methods]
    assert posts
    for post in posts:
        assert "Idempotency-Key" in {each["name"] for each in post["parameters"]}
        for status, code in (("409", "idempotency-in-progress"), ("422", "idempotency-mismatch")):
            content = post["responses"][status]["content"]["application/problem+json"]
            assert code in content["examples"]
