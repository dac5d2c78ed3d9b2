"""Figures for Prometheus."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from filing import FAMILY, Filing
from prometheus_client.parser import text_string_to_metric_families

from api.app import create_app
from chohyo.services.runtime import Runtime
from chohyo.settings import MetricsSettings, Settings

Clients = Callable[[str], TestClient]
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]
ADDRESS = "http://127.0.0.1:8686"


def _samples(text: str) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_documents_pages_proposals_and_work_are_counted(as_: Clients, filing: Filing) -> None:
    answer = as_("admin").get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    found = _samples(answer.text)
    assert found["chohyo_pages", (("state", "unknown"),)] == 1
    assert found["chohyo_documents", (("state", "failed"),)] == 1
    assert found["chohyo_proposals_waiting", ()] == 1
    as_("operator").post("/v1/discovery-runs", json={})
    as_("operator").post(f"/v1/documents/{filing.failed_document.id}/retry")
    found = _samples(as_("admin").get("/metrics").text)
    assert found["chohyo_work_pending", (("kind", "document"),)] == 1


def test_requests_are_counted_by_the_template_of_their_route(as_: Clients, filing: Filing) -> None:
    client = as_("admin")
    client.get(f"/v1/documents/{filing.document.id}")
    client.get(f"/v1/documents/{filing.failed_document.id}?secret=1")
    client.get("/v1/nothing-here")
    client.get("/no/such/page")
    client.request("BREW", "/v1/me")
    text = client.get("/metrics").text
    found = _samples(text)
    route = ("route", "/v1/documents/{document_id}")
    counted = (("method", "GET"), route, ("status", "200"))
    assert found["chohyo_http_requests_total", counted] == 2
    assert found["chohyo_http_request_seconds_count", (("method", "GET"), route)] == 2
    for hidden in (str(filing.document.id), "secret", "nothing-here", "BREW", FAMILY):
        assert hidden not in text


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("reviewer", 403), ("admin", 200)])
def test_only_an_administrators_key_opens_them(as_: Clients, role: str, status: int) -> None:
    assert as_(role).get("/metrics").status_code == status


def test_without_a_key_nobody_is_let_in_from_wherever(client: TestClient) -> None:
    assert client.get("/metrics").status_code == 401


def test_an_administrator_elsewhere_counts_nothing_here(as_: Clients, filing: Filing) -> None:
    found = _samples(as_("stranger").get("/metrics").text)
    assert ("chohyo_pages", (("state", "unknown"),)) not in found


def test_the_token_of_the_settings_opens_them_and_nothing_else(
    runtime: Runtime, filing: Filing, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, metrics=MetricsSettings(token="token-1"))
    client = TestClient(create_app(runtime, settings), base_url=ADDRESS)
    client.headers["Authorization"] = "Bearer token-1"
    assert _samples(client.get("/metrics").text)["chohyo_proposals_waiting", ()] == 1
    assert client.get("/v1/me").status_code == 401
    client.headers["Authorization"] = "Bearer token-2"
    assert client.get("/metrics").status_code == 401
