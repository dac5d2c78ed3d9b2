from __future__ import annotations

import json

import pytest
from console_seeds import FILLED, Seeds
from console_visitor import ORIGIN, Visit
from fastapi import FastAPI
from fastapi.testclient import TestClient

from chohyo.domain.access import Actor
from chohyo.domain.documents import PageState
from chohyo.domain.matches import Outcome
from chohyo.services.runtime import Runtime
from chohyo.storage import audit

PATHS = (
    "/", "/inbox", "/upload", "/documents", "/review", "/proposals", "/discovery",
    "/discovery/runs", "/templates", "/audit", "/status",
)  # fmt: skip


@pytest.mark.parametrize("locale", ["ja", "en"])
@pytest.mark.parametrize("role", ["viewer", "admin"])
def test_every_page_opens_on_an_empty_collection(visit: Visit, role: str, locale: str) -> None:
    visitor = visit(role)
    visitor.post("/language", locale=locale)
    expected = dict.fromkeys(PATHS, 200)
    if role == "viewer":
        expected["/audit"] = 403
    assert {path: visitor.get(path).status_code for path in PATHS} == expected


def test_the_inbox_shows_what_waits_for_a_person(visit: Visit, seeds: Seeds) -> None:
    document = seeds.document(page_count=2)
    unknown = seeds.page(document, PageState.UNKNOWN, number=1)
    unsure = seeds.page(document, PageState.REVIEW, number=2)
    seeds.match(unsure, Outcome.REVIEW, seeds.version())
    proposal = seeds.proposal([unknown])
    inbox = visit("reviewer").get("/inbox").text
    assert f"/proposals/{proposal.id}" in inbox
    assert f"/review/{unsure.id}" in inbox
    assert "<html" not in inbox


def test_discovery_is_started_by_a_button_that_viewers_do_not_have(visit: Visit) -> None:
    assert "Run discovery now" not in visit("viewer").get("/discovery").text
    page = visit("operator").post("/discovery").text
    assert "Queued" in page
    assert "On demand" in page


def test_the_gallery_leads_to_a_version_with_its_files(visit: Visit, seeds: Seeds) -> None:
    version = seeds.version()
    seeds.read(seeds.page(seeds.document(), PageState.ROUTED), version)
    viewer = visit("viewer")
    assert f"/templates/{version.family_id}" in viewer.get("/templates").text
    page = viewer.get(f"/templates/{version.family_id}?version={version.id}").text
    assert f"/template-pages/{version.pages[0].id}/blank" in page
    schema = json.loads(viewer.get(f"/versions/{version.id}/schema.json").text)
    assert schema["title"] == version.family_name
    table = visit("operator").get(f"/versions/{version.id}/values.csv").text
    assert FILLED[1] in table.splitlines()[1]
    assert FILLED[0] not in viewer.get(f"/versions/{version.id}/values.csv").text


def test_a_reviewer_renames_a_form_type(visit: Visit, seeds: Seeds) -> None:
    version = seeds.version()
    path = f"/templates/{version.family_id}"
    assert f"{path}/name" not in visit("operator").get(path).text
    assert "新しい名称" in visit("reviewer").post(f"{path}/name", name="新しい名称").text


def test_the_audit_names_people_and_is_filtered_by_object(visit: Visit, seeds: Seeds) -> None:
    version = seeds.version()
    reviewer = visit("reviewer")
    reviewer.post(f"/templates/{version.family_id}/name", name="renamed")
    page = reviewer.get(f"/audit?object={version.family_id}").text
    assert "Form type renamed" in page
    assert page.count("<tr>") == 2  # the heading and the one entry
    assert ">reviewer " in page.replace("\n", " ") or "reviewer <span" in page
    assert "No entries here." in reviewer.get("/audit?object=no-id").text


def test_the_values_of_an_entry_are_in_the_readers_language(
    visit: Visit, runtime: Runtime, collection
) -> None:
    told = {"code": "file-damaged", "outcome": "routed", "role": "operator", "reason": "clear"}
    with runtime.database.transaction() as connection:
        audit.append(
            connection, Actor.system("test"), "page.failed", "page", collection.id,
            collection_id=collection.id, details=told,
        )  # fmt: skip
    reviewer = visit("reviewer")
    reviewer.post("/language", locale="ja")
    page = reviewer.get(f"/audit?object={collection.id}").text
    for text in ("ファイルの破損", "判定済み", "オペレーター", "明らかによく一致"):
        assert text in page
    assert not any(value in page for value in told.values() if value != "clear")


def test_only_an_administrator_verifies_the_chain(visit: Visit) -> None:
    assert "The chain is intact" in visit("admin").post("/audit/verify").text
    assert visit("reviewer").post("/audit/verify").status_code == 403
    assert "/audit/verify" not in visit("reviewer").get("/audit").text


def test_times_are_shown_in_the_configured_zone(visit: Visit, seeds: Seeds) -> None:
    document = seeds.document()
    local = document.created_at.hour + 9  # Asia/Tokyo
    viewer = visit("viewer")
    viewer.post("/language", locale="ja")
    assert f" {local % 24}:" in viewer.get(f"/documents/{document.id}").text


@pytest.mark.parametrize("path", ["/nowhere", "/documents/no-uuid", "/pages/%00"])
def test_an_unknown_address_gives_a_page_that_leads_on(visit: Visit, path: str) -> None:
    answer = visit("viewer").get(path)
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text
    assert 'href="/documents"' in answer.text


def test_what_breaks_inside_is_told_without_its_details(
    visit: Visit, console: FastAPI, runtime: Runtime, callers
) -> None:
    visitor = visit("viewer")
    runtime.database.close()
    answer = visitor.get("/documents")
    assert answer.status_code == 503
    assert "PostgreSQL does not answer" in answer.text or "PostgreSQL が応答しません" in answer.text


def test_the_session_ending_sends_a_watching_page_to_the_login(console: FastAPI) -> None:
    answer = TestClient(console, ORIGIN).get("/inbox", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/login")
