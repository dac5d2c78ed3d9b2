"""What is logged of requests."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from filing import FAMILY, HOLDER, Filing

from chohyo.services import documents


def test_requests_are_logged_without_keys_queries_names_and_bodies(
    as_: Callable[[str], TestClient], callers, filing: Filing, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    client = as_("reviewer")
    client.get(f"/v1/documents/{filing.document.id}/instances")
    client.put(f"/v1/values/{filing.values['remark']}", json={"text": HOLDER})
    client.get("/v1/documents", params={"cursor": HOLDER})
    client.get("/login", params={"token": "abc-secret"})
    client.post("/v1/documents", files={"files": (f"{FAMILY}.pdf", HOLDER.encode())})
    logged = [each.getMessage() for each in caplog.records if each.name == "api.requests"]
    assert [line.rpartition(" ")[0].rpartition(" ")[0] for line in logged][:3] == [
        "GET /v1/documents/{document_id}/instances 200",
        "PUT /v1/values/{value_id} 200",
        "GET /v1/documents 422",
    ]
    # The client of the test, which is none of ours, logs as well.
    ours = "\n".join(
        each.getMessage() for each in caplog.records if not each.name.startswith("httpx")
    )
    for hidden in (callers["reviewer"].key, HOLDER, FAMILY, "abc-secret", "cursor"):
        assert hidden not in ours


def test_an_error_nobody_foresaw_is_logged_without_its_text(
    as_: Callable[[str], TestClient],
    filing: Filing,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(HOLDER)

    monkeypatch.setattr(documents, "get_document", fail)
    answer = as_("viewer").get(f"/v1/documents/{filing.document.id}")
    assert answer.status_code == 500
    assert HOLDER not in answer.text
    ours = [each for each in caplog.records if each.name.startswith("api")]
    assert any("RuntimeError" in each.getMessage() for each in ours)
    assert HOLDER not in "\n".join(each.getMessage() for each in ours)
