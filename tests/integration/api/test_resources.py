"""What the resources show, and what changing them does."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient
from filing import FAMILY, SPECS, Filing, new_document

from chohyo.domain.collections import Collection
from chohyo.services.runtime import Runtime

Clients = Callable[[str], TestClient]


def _field(**changes: object) -> dict[str, object]:
    field = {
        "name": "total",
        "label": "合計",
        "type": "amount",
        "page_no": 1,
        "box": [0.1, 0.1, 0.5, 0.2],
        "order": 0,
    }
    return field | changes


def test_cursors_lead_through_a_list_once_and_end(
    as_: Clients, runtime: Runtime, collection: Collection
) -> None:
    with runtime.database.transaction() as connection:
        stored = [new_document(runtime, connection, collection.id).id for _ in range(5)]
    seen: list[UUID] = []
    cursor: str | None = None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = as_("viewer").get("/v1/documents", params=params).json()
        seen += [UUID(each["id"]) for each in answer["items"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert seen == sorted(stored, reverse=True)


def test_a_list_that_fits_has_no_next_cursor(as_: Clients, filing: Filing) -> None:
    answer = as_("viewer").get("/v1/documents", params={"limit": 2}).json()
    assert (len(answer["items"]), answer["next_cursor"]) == (2, None)


def test_the_audits_cursor_leads_on(as_: Clients) -> None:
    whole = as_("admin").get("/v1/audit").json()
    first = as_("admin").get("/v1/audit", params={"limit": 3}).json()
    second = as_("admin").get("/v1/audit", params={"cursor": first["next_cursor"]}).json()
    assert len(first["items"]) == 3
    assert first["items"] + second["items"] == whole["items"]


def test_pages_are_listed_by_state(as_: Clients, filing: Filing) -> None:
    wanted = {"state": ["review", "unknown"]}
    answer = as_("viewer").get("/v1/pages", params=wanted).json()
    assert {each["id"] for each in answer["items"]} == {
        str(filing.review_page.id),
        str(filing.unknown_page.id),
    }


def test_a_failed_document_says_why_in_the_readers_language(as_: Clients, filing: Filing) -> None:
    path = f"/v1/documents/{filing.failed_document.id}"
    english = as_("viewer").get(path).json()["failure"]
    japanese = as_("viewer").get(path, headers={"Accept-Language": "ja"}).json()["failure"]
    assert english["code"] == japanese["code"] == "file-damaged"
    assert english["detail"] == "届出 3月.pdf is damaged or cut short. Scan or export it again."
    assert japanese["detail"] != english["detail"]


def test_a_document_shows_its_pages_decisions_and_forms(as_: Clients, filing: Filing) -> None:
    shown = as_("viewer").get(f"/v1/documents/{filing.document.id}").json()
    assert [each["outcome"] for each in shown["pages"]] == ["routed", "review", None]
    assert [each["page_ids"] for each in shown["instances"]] == [[str(filing.read_page.id)]]


def test_a_page_shows_the_candidates_of_its_decision(as_: Clients, filing: Filing) -> None:
    match = as_("viewer").get(f"/v1/pages/{filing.review_page.id}").json()["match"]
    assert (match["outcome"], match["transform"]) == ("review", None)
    (candidate,) = match["candidates"]
    assert candidate["template_page_id"] == str(filing.template_page_id)
    assert candidate["registered"]
    assert candidate["regions"] == [{"box": [0.1, 0.8, 0.9, 0.95], "agreement": 0.97}]


def test_a_decision_routes_the_page_and_asks_for_its_reading(
    as_: Clients, filing: Filing, queue
) -> None:
    path = f"/v1/pages/{filing.review_page.id}/decision"
    body = {"template_page_id": str(filing.template_page_id)}
    shown = as_("reviewer").post(path, json=body).json()
    assert (shown["state"], shown["match"]["decided_by"]) == ("routed", "person")
    assert [hint[:2] for hint in queue.sent] == [("document", filing.document.id)]


def test_a_page_cannot_be_sent_to_a_template_it_was_not_compared_with(
    as_: Clients, filing: Filing
) -> None:
    path = f"/v1/pages/{filing.review_page.id}/decision"
    answer = as_("reviewer").post(path, json={"template_page_id": str(uuid4())})
    assert (answer.status_code, answer.json()["params"]["field"]) == (422, "template_page_id")


def test_a_correction_is_kept_as_a_persons(as_: Clients, filing: Filing) -> None:
    path = f"/v1/values/{filing.values['remark']}"
    corrected = as_("reviewer").put(path, json={"text": "訂正"}).json()
    assert (corrected["raw"], corrected["source"], corrected["confidence"]) == ("訂正", "person", 1)
    instances = as_("viewer").get(f"/v1/documents/{filing.document.id}/instances").json()
    assert instances["items"][0]["values"]["remark"]["raw"] == "訂正"


def test_a_family_is_renamed(as_: Clients, filing: Filing) -> None:
    path = f"/v1/templates/{filing.family_id}"
    assert as_("viewer").get(path).json()["name"] == FAMILY
    as_("reviewer").patch(path, json={"name": " 給与支払届 "})
    assert as_("viewer").get(path).json()["name"] == "給与支払届"


def test_a_version_is_exported_as_json_schema(as_: Clients, filing: Filing) -> None:
    answer = as_("viewer").get(f"/v1/template-versions/{filing.version_id}/schema")
    assert answer.headers["content-type"] == "application/schema+json"
    assert list(answer.json()["properties"]) == [spec.name for spec in SPECS]


def test_an_edited_proposal_keeps_what_was_left_out(as_: Clients, filing: Filing) -> None:
    path = f"/v1/proposals/{filing.proposal_id}"
    edited = as_("reviewer").patch(path, json={"fields": [_field()]}).json()
    assert (edited["name"], edited["version_label"]) == ("届出書", "初版")
    assert [each["name"] for each in edited["fields"]] == ["total"]
    assert edited == as_("viewer").get(path).json()


def test_fields_come_back_as_they_were_sent(as_: Clients, filing: Filing) -> None:
    path = f"/v1/proposals/{filing.proposal_id}"
    shown = as_("viewer").get(path).json()["fields"]
    assert as_("reviewer").patch(path, json={"fields": shown}).json()["fields"] == shown


@pytest.mark.parametrize(
    "field",
    [
        _field(name="合計"),
        _field(name="1st"),
        _field(box=[0.5, 0.1, 0.4, 0.2]),
        _field(box=[0.1, 0.1, 1.2, 0.2]),
        _field(box=[0.1, 0.1, 0.2]),
        _field(page_no=0),
        _field(type="poem"),
        _field(color="red"),
    ],
)
def test_a_field_that_makes_no_sense_is_refused(
    as_: Clients, filing: Filing, field: dict[str, object]
) -> None:
    path = f"/v1/proposals/{filing.proposal_id}"
    assert as_("reviewer").patch(path, json={"fields": [field]}).status_code == 422


def test_a_proposal_is_decided_once(as_: Clients, filing: Filing, queue) -> None:
    path = f"/v1/proposals/{filing.proposal_id}"
    approved = as_("reviewer").post(f"{path}/approve")
    assert (approved.status_code, approved.json()["state"]) == (202, "approved")
    rejected = as_("reviewer").post(f"{path}/reject", json={"reason": "late"})
    assert (rejected.status_code, rejected.json()["code"]) == (409, "conflict")
    assert [hint[:2] for hint in queue.sent] == [("proposal", filing.proposal_id)]


def test_asking_twice_for_discovery_joins_the_run_under_way(as_: Clients) -> None:
    first = as_("operator").post("/v1/discovery-runs", json={}).json()
    second = as_("operator").post("/v1/discovery-runs", json={}).json()
    assert first["id"] == second["id"]


def test_the_figures_count_only_what_the_caller_may_see(as_: Clients, filing: Filing) -> None:
    mine, theirs = (as_(role).get("/v1/status").json() for role in ("viewer", "stranger"))
    assert (mine["documents"], mine["waiting_proposals"]) == ({"received": 1, "failed": 1}, 1)
    assert (theirs["documents"], theirs["pages"], theirs["waiting_proposals"]) == ({}, {}, 0)


@pytest.mark.parametrize("path", ["documents", "pages", "templates", "proposals", "discovery-runs"])
def test_a_stranger_lists_nothing_of_this_collection(
    as_: Clients, filing: Filing, path: str
) -> None:
    assert as_("viewer").get(f"/v1/{path}").json()["items"]
    assert as_("stranger").get(f"/v1/{path}").json()["items"] == []


def test_what_is_amiss_with_a_filled_form_is_told_in_the_readers_language(as_, filing) -> None:
    path = f"/v1/documents/{filing.document.id}"
    (form,) = as_("viewer").get(path).json()["instances"]
    (japanese,) = as_("viewer").get(path, headers={"Accept-Language": "ja"}).json()["instances"]
    (with_values,) = as_("viewer").get(f"{path}/instances").json()["items"]

    missing = {"code": "page-missing", "params": {"page": 2}, "detail": "Page 2 is missing."}
    assert form["findings"] == with_values["findings"] == [missing]
    assert japanese["findings"][0]["detail"] == "2 ページ目がありません。"
