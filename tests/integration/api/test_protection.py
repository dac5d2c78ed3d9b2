"""Headers of responses, and requests from foreign pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from filing import Filing

from api.app import create_app
from chohyo.services.runtime import Runtime
from chohyo.settings import Settings, WebSettings


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8686", "127.0.0.1.evil.example"])
def test_a_server_of_this_machine_answers_to_no_other_name(client: TestClient, host: str) -> None:
    answer = client.get("/healthz", headers={"Host": host})
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign-request")


@pytest.mark.parametrize("host", ["localhost:8686", "127.0.0.1:9", "127.0.0.1", "[::1]:8686"])
def test_it_answers_to_every_name_of_this_machine(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


def test_a_server_open_to_the_network_answers_to_any_name(runtime: Runtime, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, web=WebSettings(host="0.0.0.0"))
    client = TestClient(create_app(runtime, settings), base_url="http://forms.example")
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:9999"])
def test_a_page_of_another_site_changes_nothing(
    as_: Callable[[str], TestClient], origin: str
) -> None:
    answer = as_("operator").post("/v1/discovery-runs", json={}, headers={"Origin": origin})
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign-request")


def test_a_page_of_this_site_may_change_things(as_: Callable[[str], TestClient]) -> None:
    headers = {"Origin": "http://127.0.0.1:8686"}
    answer = as_("operator").post("/v1/discovery-runs", json={}, headers=headers)
    assert answer.status_code == 202


@pytest.mark.parametrize("path", ["/healthz", "/v1/me", "/v1/nothing", "/v1/openapi.json"])
def test_every_answer_forbids_framing_sniffing_and_scripts(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["cache-control"] == "no-store"


def test_a_picture_is_kept_privately_and_asked_for_again(
    as_: Callable[[str], TestClient], filing: Filing
) -> None:
    client, path = as_("operator"), f"/v1/pages/{filing.read_page.id}/image"
    first = client.get(path)
    assert first.headers["content-type"] == "image/png"
    assert first.headers["cache-control"] == "private, no-cache"
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_picture_kept_by_an_operator_is_not_the_viewers(
    as_: Callable[[str], TestClient], filing: Filing
) -> None:
    path = f"/v1/pages/{filing.read_page.id}/image"
    tag = as_("operator").get(path).headers["etag"]
    assert as_("viewer").get(path, headers={"If-None-Match": tag}).status_code == 200


def test_an_original_file_is_only_offered_for_saving(
    as_: Callable[[str], TestClient], filing: Filing
) -> None:
    answer = as_("operator").get(f"/v1/documents/{filing.document.id}/file")
    assert answer.content == filing.document.id.bytes
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"__ 3_.pdf\"; filename*=UTF-8''%E5%B1%8A%E5%87%BA%203%E6%9C%88.pdf"
    )
