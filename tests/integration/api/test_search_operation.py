"""The search operation: its shape, and what it says to bad input."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from chohyo.pages.images import encode_png
from chohyo.search.grams import text_grams
from chohyo.services import processing
from chohyo.storage import search_index
from chohyo.storage.search_index import EntryPart

BIG = 10_000


@pytest.fixture(autouse=True)
def without_network(client, monkeypatch) -> None:
    """Search without the meaning of words: the network is tested on its own."""
    encoder = type(client.app.state.search.encoders.own)
    monkeypatch.setattr(encoder, "embed_query", lambda *_: np.full(384, 0.05, np.float32))


@pytest.fixture
def ask(as_, filing, runtime):
    """Return a function that searches the cabinet."""
    processing.finish_document(runtime, filing.document.id)
    return lambda body, role="operator": as_(role).post("/v1/search", json=body)


def test_a_hit_tells_page_document_template_regions_and_who_answered(ask, filing):
    found = ask({"text": "12000"}).json()
    (hit,) = found["items"]
    assert hit["page"]["id"] == str(filing.read_page.id)
    assert hit["document"]["filename"] == filing.document.filename
    assert hit["template"]["family_id"] == str(filing.family_id)
    assert hit["page"]["thumbnail"].startswith("/v1/pages/")
    assert sum(hit["parts"].values()) == pytest.approx(hit["score"])
    assert hit["regions"][0] | {"box": None} == {
        "box": None, "way": "exact", "text": "12,000円", "label": "金額",
    }  # fmt: skip
    assert found["facets"] == [{"template": hit["template"], "pages": 1}]
    assert found["answered_by"]["reranker"] == "off"
    assert found["next_cursor"] is None


def test_the_evidence_of_a_hit_can_be_fetched_and_is_black_to_viewers(ask, as_, filing):
    evidence = ask({"text": "12000"}).json()["items"][0]["evidence"]
    for address in evidence.values():
        response = as_("operator").get(address)
        assert response.headers["content-type"] == "image/png"
        assert as_("viewer").get(address).status_code == 200
        assert as_("stranger").get(address).status_code == 404
    overlay = evidence["overlay"]
    assert as_("viewer").get(overlay).content != as_("operator").get(overlay).content


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "empty-query"),
        ({"text": " 　 "}, 422, "empty-query"),
        ({"text": "長" * BIG}, 422, "query-too-long"),
        ({"text": "x", "reranker": "qwen"}, 409, "reranker-off"),
        ({"text": "x", "reranker": "best"}, 422, "invalid-input"),
        ({"text": "x", "cursor": "bm9uc2Vuc2U="}, 422, "invalid-input"),
        ({"text": "x", "cursor": "語"}, 422, "invalid-input"),
        ({"text": "x", "top_k": 0}, 422, "invalid-input"),
        (
            {"text": "x", "filters": {"fields": [{"field": "nope", "op": ">=", "value": "1"}]}},
            422,
            "unknown-field",
        ),
        ({"image": "no base64!"}, 422, "invalid-input"),
        ({"image": base64.b64encode(b"no image").decode()}, 415, "file-type"),
    ],
)
def test_bad_input_is_told_what_is_wrong(ask, body, status, code):
    response = ask(body)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"]


def test_a_cursor_of_another_search_or_at_a_deleted_page_is_refused(ask, filing, runtime):
    with runtime.database.transaction() as connection:
        pages = [filing.read_page, filing.review_page, filing.unknown_page]
        for page in pages:
            lines = ["様式第七号"]
            search_index.put_entry(
                connection, page.id, EntryPart.PAGE, page.collection_id, lines, text_grams(lines)
            )
    body = {"text": "様式第七号", "top_k": 2}
    first = ask(body).json()
    following = ask({**body, "cursor": first["next_cursor"]}).json()
    assert len(following["items"]) == 1
    other = ask({"text": "様式", "top_k": 2, "cursor": first["next_cursor"]})
    assert (other.status_code, other.json()["code"]) == (422, "invalid-input")
    with runtime.database.transaction() as connection:
        gone = first["items"][-1]["page"]["id"]
        connection.execute("DELETE FROM page WHERE id = %s", [gone])
    stale = ask({**body, "cursor": first["next_cursor"]})
    assert (stale.status_code, stale.json()["code"]) == (410, "stale-cursor")


def test_a_body_of_many_megabytes_is_not_read_to_its_end(ask):
    response = ask({"image": "A" * (17 << 20)})
    assert (response.status_code, response.json()["code"]) == (413, "body-too-large")


def test_a_screenshot_of_fifty_megapixels_is_refused(ask):
    image = encode_png(np.full((7072, 7072), 255, np.uint8))
    response = ask({"image": base64.b64encode(image).decode()})
    assert (response.status_code, response.json()["code"]) == (413, "image-too-large")
