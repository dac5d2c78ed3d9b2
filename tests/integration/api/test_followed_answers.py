"""Answers as server-sent events."""

from __future__ import annotations

import asyncio
import json
import threading

import numpy as np
import pytest
from filing import HOLDER

from api.streaming import told
from chohyo.domain.answers import Sentence
from chohyo.errors import EmptyQueryError, UnavailableError
from chohyo.models.chat import Reply
from chohyo.services.generating import Writer

FOLLOWED = {"Accept": "text/event-stream"}


@pytest.fixture(autouse=True)
def author(client, monkeypatch):
    """Answer without the network, and with a chat model that writes about the sum."""
    encoder = type(client.app.state.search.encoders.own)
    monkeypatch.setattr(encoder, "embed_query", lambda *_: np.full(384, 0.05, np.float32))

    class Author:
        name = "m@r1"

        def stream(self, messages, schema, most_tokens, tell):
            regions = json.loads(messages[1]["content"])["regions"]
            cited = next(each["id"] for each in regions if "12,000" in each["text"])
            good = {"text": "金額は12,000円です。", "cites": [cited]}
            bad = {"text": "金額は99,000円です。", "cites": [cited]}
            said = {"sentences": [good, bad]}
            if "items" in schema["properties"]:
                said = {
                    "items": [
                        {"question": "金額は?", **said},
                        {"question": "?", "sentences": [bad]},
                    ]
                }
            text = json.dumps(said, ensure_ascii=False)
            for at in range(0, len(text), 7):
                tell(text[: at + 7])
            return Reply(text, (), {})

    # The engine is shared by interface and console, and never changes but here.
    object.__setattr__(client.app.state.answers, "writer", Writer(Author(), 30.0))


def events(response):
    """Return the names and data of a stream."""
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["x-accel-buffering"] == "no"
    parts = [part.split("\n", 1) for part in response.text.strip().split("\n\n")]
    return [(n.removeprefix("event: "), json.loads(d.removeprefix("data: "))) for n, d in parts]


def test_sentences_come_before_the_whole_answer(as_, filing):
    asked = {"question": "金額はいくらですか", "document_ids": [str(filing.document.id)]}
    (name, sentence), (last, whole) = events(
        as_("operator").post("/v1/answers", json=asked, headers=FOLLOWED)
    )
    assert (name, last) == ("sentence", "answer")
    assert sentence["text"] == "金額は12,000円です。"
    assert sentence["citations"][0]["crop"].startswith("/v1/pages/")
    assert whole["sentences"] == [sentence]
    assert whole["answered_by"]["model"] == "m@r1"
    assert whole["answered_by"]["removed"] == 1


def test_what_no_model_writes_is_one_event(as_, filing):
    asked = {"question": "給与届は何件", "language": "ja"}
    ((name, whole),) = events(as_("operator").post("/v1/answers", json=asked, headers=FOLLOWED))
    assert (name, whole["kind"]) == ("answer", "counted")
    composed = {**asked, "question": "金額はいくらですか", "write": False}
    assert len(events(as_("operator").post("/v1/answers", json=composed, headers=FOLLOWED))) == 1


def test_summaries_can_be_followed(as_, filing):
    named = {"document_ids": [str(filing.document.id)], "language": "ja"}
    for followed in (
        as_("operator").post("/v1/summaries", json=named, headers=FOLLOWED),
        as_("operator").get(f"/v1/documents/{filing.document.id}/summary", headers=FOLLOWED),
    ):
        assert [name for name, _ in events(followed)] == ["sentence", "answer"]
    seen = as_("viewer").get(f"/v1/documents/{filing.document.id}/summary", headers=FOLLOWED)
    assert HOLDER not in seen.text


def test_frequent_questions_can_be_followed(as_, filing):
    named = {"document_ids": [str(filing.document.id)], "language": "ja"}
    for followed in (
        as_("operator").post("/v1/faqs", json=named, headers=FOLLOWED),
        as_("operator").get(f"/v1/documents/{filing.document.id}/faq", headers=FOLLOWED),
    ):
        (name, entry), (last, whole) = events(followed)
        assert (name, last) == ("entry", "answer")
        assert entry["question"] == "金額は?"
        assert [each["text"] for each in entry["answer"]] == ["金額は12,000円です。"]
        assert whole["items"] == [entry]
    seen = as_("viewer").get(f"/v1/documents/{filing.document.id}/faq", headers=FOLLOWED)
    assert HOLDER not in seen.text


def test_a_stream_is_refused_as_an_answer_is_and_kept_for_no_key(as_, filing):
    empty = as_("operator").post("/v1/answers", json={"question": " "}, headers=FOLLOWED)
    assert (empty.status_code, empty.json()["code"]) == (422, "empty-query")
    assert empty.headers["content-type"] == "application/problem+json"
    keyed = {**FOLLOWED, "Idempotency-Key": "once"}
    for _ in range(2):
        asked = {"question": "給与届は何件"}
        assert events(as_("operator").post("/v1/answers", json=asked, headers=keyed))


def test_what_was_told_is_sent_before_the_answer_is_made():
    read = threading.Event()

    def make(tell):
        tell(Sentence("a"))
        assert read.wait(30)
        raise UnavailableError(part="x")

    response = told(make, lambda s: s.text, str, lambda error: error.code)

    async def follow():
        pieces = []
        async for piece in response.body_iterator:
            pieces.append(piece)
            read.set()
        return pieces

    assert asyncio.run(follow()) == [
        "event: sentence\ndata: a\n\n", "event: problem\ndata: unavailable\n\n",
    ]  # fmt: skip

    def refuse(tell):
        raise EmptyQueryError

    with pytest.raises(EmptyQueryError):
        told(refuse, str, str, str)
