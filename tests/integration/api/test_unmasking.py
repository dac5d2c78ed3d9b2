"""Whoever is shown personal data in the clear leaves an entry in the audit, one an hour."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import psycopg
import pytest
from fastapi.testclient import TestClient
from filing import HOLDER, Filing

from chohyo.services import processing
from chohyo.services.runtime import Runtime

Clients = Callable[[str], TestClient]
SHOWN = (
    "/v1/pages/{page}",
    "/v1/pages/{page}/image",
    "/v1/pages/{page}/thumbnail",
    "/v1/pages/{page}/match/overlay",
    "/v1/pages/{page}/match/crop",
    "/v1/pages/{page}/regions/crop?box=0,0,1,1",
    "/v1/pages/{page}/regions/overlay",
    "/v1/pages/{unknown}/image",
    "/v1/values/{value}/crop",
    "/v1/values/{value}/overlay",
    "/v1/documents/{document}/instances",
    "/v1/documents/{document}/file",
)


@pytest.fixture
def shown(as_: Clients, filing: Filing, runtime: Runtime) -> Callable[[str, str], list]:
    """Return a function that fetches a path as a role, and gives the entries it left."""

    def fetch(path: str, role: str) -> list:
        filled = path.format(
            page=filing.read_page.id, unknown=filing.unknown_page.id,
            value=filing.values["holder_name"], document=filing.document.id,
            version=filing.version_id,
        )  # fmt: skip
        before = _entries(runtime)
        assert as_(role).get(filled).status_code in (200, 403)
        return _entries(runtime)[len(before) :]

    return fetch


def _entries(runtime: Runtime) -> list:
    with runtime.database.transaction() as connection:
        return connection.execute(
            "SELECT action, actor_id, object_id, details, a::text AS whole FROM audit_entry a"
            " WHERE action LIKE '%.unmasked' ORDER BY seq"
        ).fetchall()


@pytest.mark.parametrize("path", SHOWN)
def test_what_shows_personal_data_is_audited_and_viewers_leave_nothing(
    shown, callers, filing: Filing, path: str
) -> None:
    assert shown(path, "viewer") == []
    (entry,) = shown(path, "operator")
    assert entry["action"] == "document.unmasked"
    assert entry["actor_id"] == str(callers["operator"].caller.principal.id)
    assert entry["object_id"] == filing.document.id
    assert HOLDER not in entry["whole"]


def test_one_entry_a_document_and_hour_is_enough(shown) -> None:
    assert sum(len(shown(path, "operator")) for path in SHOWN) == 1
    assert len(shown(SHOWN[0], "reviewer")) == 1
    assert shown(SHOWN[0], "operator") == []


def test_an_hour_later_it_is_audited_again(shown, database_urls) -> None:
    assert len(shown(SHOWN[0], "operator")) == 1
    with psycopg.connect(database_urls.superuser) as connection:
        connection.execute("ALTER TABLE audit_entry DISABLE TRIGGER ALL")
        connection.execute("UPDATE audit_entry SET at = at - interval '2 hours'")
    assert len(shown(SHOWN[0], "operator")) == 1


def test_values_given_out_are_audited_each_time(shown, filing: Filing) -> None:
    path = "/v1/template-versions/{version}/values.csv"
    assert shown(path, "viewer") == []
    for _ in range(2):
        (entry,) = shown(path, "operator")
        assert (entry["action"], entry["object_id"]) == ("version.unmasked", filing.version_id)


def test_searches_and_answers_name_what_they_showed(
    client, as_: Clients, filing: Filing, runtime: Runtime, monkeypatch
) -> None:
    encoder = type(client.app.state.search.encoders.own)
    monkeypatch.setattr(encoder, "embed_query", lambda *_: np.full(384, 0.05, np.float32))
    processing.finish_document(runtime, filing.document.id)
    body = {"question": "氏名は何ですか", "document_ids": [str(filing.document.id)]}
    for role in ("viewer", "operator"):
        assert as_(role).post("/v1/search", json={"text": "12000"}).status_code == 200
        assert as_(role).post("/v1/answers", json=body).status_code == 200
        assert as_(role).get(f"/v1/documents/{filing.document.id}/summary").status_code == 200
    with runtime.database.transaction() as connection:
        rows = connection.execute(
            "SELECT action, details FROM audit_entry WHERE action IN"
            " ('search.made', 'answer.made', 'summary.made') ORDER BY seq"
        ).fetchall()
    named = [row["details"]["unmasked"] for row in rows]
    assert named == [None] * 3 + [str(filing.document.id)] * 3
