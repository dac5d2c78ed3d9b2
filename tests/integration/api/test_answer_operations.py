"""Answers, summaries and frequent questions over HTTP: their shape, and what bad input is told."""

from __future__ import annotations

import numpy as np
import pytest
from filing import HOLDER

from chohyo.services import forgetting


@pytest.fixture(autouse=True)
def without_network(client, monkeypatch) -> None:
    """Answer without the meaning of words: the network is tested on its own."""
    encoder = type(client.app.state.search.encoders.own)
    monkeypatch.setattr(encoder, "embed_query", lambda *_: np.full(384, 0.05, np.float32))


def test_an_answer_shows_how_it_was_understood_and_what_was_counted(as_, filing):
    asked = {"question": "給与届は何件、金額の合計は"}
    told = as_("operator").post("/v1/answers", json=asked).json()
    assert told["kind"] == "counted"
    assert told["answered_by"]["composed_by"] == "rules"
    counted = told["counted"]
    assert counted["interpretation"]["families"][0]["id"] == str(filing.family_id)
    assert [(f["operation"], f["result"]) for f in counted["figures"]] == [
        ("count", 1), ("sum", 12000),
    ]  # fmt: skip
    (form,) = counted["forms"]
    assert form["page_id"] == str(filing.read_page.id)
    (citation,) = told["sentences"][1]["citations"]
    assert as_("operator").get(citation["crop"]).headers["content-type"] == "image/png"
    english = as_("operator").post("/v1/answers", json={**asked, "language": "en"}).json()
    assert english["sentences"][1]["text"] == "Sum of 金額: 12,000."


def test_summary_and_questions_of_a_document(as_, filing):
    at = f"/v1/documents/{filing.document.id}"
    summary = as_("operator").get(f"{at}/summary", params={"language": "ja"}).json()
    assert summary["language"] == "ja"
    assert any(HOLDER in sentence["text"] for sentence in summary["sentences"])
    faq = as_("operator").get(f"{at}/faq").json()
    assert faq["items"][0]["answer"][0]["citations"]
    for path in (f"{at}/summary", f"{at}/faq"):
        assert HOLDER not in as_("viewer").get(path).text


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("answers", {"question": " "}, 422, "empty-query"),
        ("answers", {"question": "長" * 10_000}, 422, "query-too-long"),
        ("answers", {}, 422, "invalid-input"),
        ("answers", {"question": "何件", "language": "fr"}, 422, "invalid-input"),
        (
            "summaries",
            {"filters": {"fields": [{"field": "nope", "op": ">=", "value": "1"}]}},
            422,
            "unknown-field",
        ),
        (
            "faqs",
            {"document_ids": ["019aa0d4-6a2e-7c1d-9b0f-3f5b8e2f1c77"]},
            404,
            "not-found",
        ),
        ("reindex", {}, 422, "invalid-input"),
    ],
)
def test_bad_questions_are_told_what_is_wrong(as_, filing, path, body, status, code):
    response = as_("admin").post(f"/v1/{path}", json=body)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["content-type"] == "application/problem+json"


def test_an_answer_kept_for_a_repeated_request_goes_with_its_document(
    as_, filing, runtime, callers
):
    asked = {"question": "氏名は何ですか", "document_ids": [str(filing.document.id)]}
    key = {"Idempotency-Key": "once"}
    assert HOLDER in as_("operator").post("/v1/answers", json=asked, headers=key).text
    forgetting.forget(runtime, callers["admin"].caller, filing.document.id)
    with runtime.database.transaction() as connection:
        rows = connection.execute("SELECT body FROM idempotent_request").fetchall()
    assert all(HOLDER not in (row["body"] or "") for row in rows)
    again = as_("operator").post("/v1/answers", json=asked, headers=key)
    assert again.status_code == 404
