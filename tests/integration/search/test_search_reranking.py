"""Searches whose first hits a reranking model judges: a tiny one with random weights, in the worker
that has the models."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from chohyo.domain.access import Role
from chohyo.domain.rerankers import RerankerChoice
from chohyo.domain.search import SearchQuery, Way
from chohyo.errors import RerankerOffError
from chohyo.models.qwen_prompts import SEARCH_INSTRUCTION, ModelInput, ModelPair
from chohyo.pages.images import encode_png
from chohyo.profiles import load_models, open_search
from chohyo.qwen_settings import QwenSettings
from chohyo.services import audit
from chohyo.services.model_calls import answer_calls, appear, leave
from chohyo.services.search import search_pages
from chohyo.settings import Settings
from chohyo.storage.database import Database
from chohyo.storage.model_calls import CallKind

QWEN, FUSED = RerankerChoice.QWEN, RerankerChoice.FUSED


@pytest.fixture(scope="module")
def settings(tmp_path_factory) -> Settings:
    """Return settings that have searches judged by a tiny checkpoint."""
    if os.environ.get("CHOHYO_TEST_REQUIRE_ALL") != "1":
        pytest.importorskip("torch", reason="the extra `qwen` is not installed")
    from tests.integration.models.tiny_qwen import make_checkpoint

    folder = str(make_checkpoint(tmp_path_factory.mktemp("tiny-judge")))
    qwen = QwenSettings(
        embedder=folder, reranker=folder, with_reranker=True, dimensions=32, device="cpu",
        rerank_seconds=60,
    )  # fmt: skip
    return Settings(profile="qwen", qwen=qwen)


@pytest.fixture(scope="module")
def loaded(settings):
    """Load the checkpoint."""
    return load_models(settings)


@pytest.fixture
def judging(engine, settings, runtime):
    """Return what is searched with, by the profile's judge."""
    return replace(engine, judge=open_search(settings, runtime).judge)


@pytest.fixture
def model_worker(runtime, settings, loaded, database_urls):
    """Answer calls as the worker that has the models."""
    key = f"{settings.qwen.reranker}@"
    own = replace(runtime, database=Database(database_urls.service).open())
    appear(own, [(CallKind.SCORE, settings.qwen.reranker, "")])
    over = threading.Event()

    def work() -> None:
        while not over.wait(0.01):
            answer_calls(own, {}, {key: loaded.reranker})

    thread = threading.Thread(target=work)
    thread.start()
    yield
    over.set()
    thread.join()
    leave(own)
    own.database.close()


@pytest.fixture
def written(write_page):
    """File three pages that hold the same word and look otherwise."""
    pages = []
    for number in range(3):
        image = np.full((200, 140), 255, np.uint8)
        cv2.putText(image, str(number), (20 + 20 * number, 100), 0, 2.0, 0, 3)
        pages.append((write_page("届出書", f"第{number}号", image=image), image))
    return pages


@pytest.fixture
def find(runtime, judging, callers):
    """Return a function that searches by the judge."""
    return lambda role="operator", engine=judging, **query: search_pages(
        runtime, engine, callers[role].caller, SearchQuery(**query)
    )


def _expected(loaded, pages, text, pictures=()):
    """Score the pages without the product, in this process."""
    asked = ModelInput(text, tuple(Image.fromarray(each) for each in pictures))
    pairs = [
        ModelPair(asked, ModelInput(images=(Image.fromarray(image),)), SEARCH_INSTRUCTION)
        for _, image in pages
    ]
    scores = loaded.reranker.score(pairs)
    return {page.id: float(score) for (page, _), score in zip(pages, scores, strict=True)}


def test_the_first_hits_come_by_the_scores_of_the_model(
    find, written, loaded, model_worker, runtime, callers
):
    expected = _expected(loaded, written, "届出書")
    answer = find(text="届出書", reranker=QWEN)
    scores = {hit.page.id: hit.parts for hit in answer.hits}
    assert scores == {id_: {Way.JUDGED: pytest.approx(s, abs=2e-3)} for id_, s in expected.items()}
    assert [hit.score for hit in answer.hits] == sorted(
        (hit.score for hit in answer.hits), reverse=True
    )
    by = answer.answered_by
    assert (by.reranker, by.reranked, by.reranker_failed) == (QWEN, 3, None)
    assert by.reranker_model is not None
    assert "/" not in by.reranker_model
    (entry, *_) = audit.list_entries(runtime, callers["admin"].caller)
    assert entry.details["reranker"] == "qwen"
    assert entry.details["reranker_model"] == by.reranker_model


def test_a_picture_alone_and_with_words_is_judged_too(find, written, loaded, model_worker):
    image = written[1][1]
    for text in ("", "届出書"):
        answer = find(text=text, image=encode_png(image), reranker=QWEN)
        expected = _expected(loaded, written, text or None, [image])
        judged = {hit.page.id: hit.parts.get(Way.JUDGED) for hit in answer.hits}
        assert judged
        assert all(score == pytest.approx(expected[id_], abs=2e-3) for id_, score in judged.items())


def test_fused_counts_the_model_and_what_found_the_page(find, written, loaded, model_worker):
    expected = _expected(loaded, written, "第2号 届出書")
    answer = find(text="第2号 届出書", reranker=FUSED, rerank_k=2)
    assert answer.answered_by.reranker is FUSED
    assert answer.answered_by.reranked == 2
    judged = [hit for hit in answer.hits if Way.JUDGED in hit.parts]
    assert len(judged) == 2
    for hit in judged:
        assert hit.parts[Way.JUDGED] == pytest.approx(expected[hit.page.id] / 2, abs=1e-3)
        assert len(hit.parts) > 1
    assert answer.hits[0].page.id == written[2][0].id


def test_where_no_model_answers_the_search_does_and_says_so(
    find, written, judging, runtime, callers
):
    answer = find(text="届出書", reranker=QWEN)  # no process has the model
    assert len(answer.hits) == 3
    by = answer.answered_by
    assert (by.reranker, by.reranker_model) == (RerankerChoice.OFF, None)
    assert by.reranker_failed == "unavailable"

    pictured = find(image=encode_png(written[1][1]), reranker=QWEN)
    assert pictured.hits[0].agreement is not None  # laid on, to show where the picture lies
    by = pictured.answered_by
    assert (by.reranker, by.reranked) == (RerankerChoice.OFF, 0)

    class Stuck:
        """Answers the first pages, and then not before the test is over."""

        def __init__(self) -> None:
            self.over, self.asked = threading.Event(), 0

        def score(self, pairs):
            self.asked += len(pairs)
            if self.asked > 2:
                self.over.wait(60)
            return np.linspace(0.3, 0.6, len(pairs), dtype=np.float32)

    stuck = Stuck()
    judge = replace(judging.judge, scores=stuck, ready=lambda: True, seconds=0.5)
    late = find(engine=replace(judging, judge=judge), text="届出書", reranker=QWEN)
    assert late.answered_by.reranker_failed == "deadline"
    assert len(late.hits) == 3
    stuck.over.set()


def test_the_pages_judged_before_the_deadline_count(find, written, judging, monkeypatch):
    monkeypatch.setattr("chohyo.services.search_judging._TOGETHER", 2)
    over = threading.Event()

    class Slow:
        def score(self, pairs):
            if len(pairs) < 2:
                over.wait(60)
            return np.array([0.3, 0.6], np.float32)[: len(pairs)]

    judge = replace(judging.judge, scores=Slow(), ready=lambda: True, seconds=0.5)
    answer = find(engine=replace(judging, judge=judge), text="届出書", reranker=QWEN)
    over.set()
    by = answer.answered_by
    assert (by.reranker, by.reranked, by.reranker_failed) == (QWEN, 2, "deadline")
    # Equally good pages come newest first; of the two judged the second is the better one.
    assert [hit.page.id for hit in answer.hits] == [written[n][0].id for n in (1, 2, 0)]


def test_to_a_viewer_no_page_is_judged_whose_personal_data_nobody_knows(
    ledger, judging, runtime, callers, written
):
    seen: list[ModelPair] = []

    class Witness:
        def score(self, pairs):
            seen.extend(pairs)
            return np.full(len(pairs), 0.5, np.float32)

    engine = replace(judging, judge=replace(judging.judge, scores=Witness(), ready=lambda: True))
    query = SearchQuery(image=encode_png(written[0][1]), reranker=QWEN, rerank_k=50)
    search_pages(runtime, engine, callers[Role.VIEWER.value].caller, query)
    assert not seen
    query = SearchQuery(text="在留期間更新許可申請書", reranker=QWEN)
    search_pages(runtime, engine, callers[Role.VIEWER.value].caller, query)
    shown = [np.asarray(pair.document.images[0]) for pair in seen]
    assert len(shown) == len(ledger.pages)
    assert all((each == 0).any() for each in shown)  # black where personal data is
    seen.clear()
    search_pages(runtime, engine, callers["operator"].caller, query)
    assert not any((np.asarray(pair.document.images[0]) == 0).any() for pair in seen)


class VllmServer:
    """Scores pages in the order they come, the first one lowest."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.bodies.append({"path": self.path, **body})
                given = range(len(body["text_2"]))
                answer = {"data": [{"index": n, "score": 0.2 + n / 10} for n in given]}
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        self.listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.listening.server_port}"
        threading.Thread(target=self.listening.serve_forever, daemon=True).start()


def test_a_vllm_server_judges_as_well(find, engine, written, runtime):
    server = VllmServer()
    qwen = QwenSettings(
        backend="vllm", embedder_revision="a" * 40, reranker_revision="b" * 40,
        with_reranker=True, reranker_url=server.url,
    )  # fmt: skip
    judge = open_search(Settings(profile="qwen", qwen=qwen), runtime).judge
    answer = find(engine=replace(engine, judge=judge), text="届出書", reranker=QWEN)
    server.listening.shutdown()
    server.listening.server_close()
    assert [hit.score for hit in answer.hits] == pytest.approx([0.4, 0.3, 0.2])
    assert [hit.page.id for hit in answer.hits] == [page.id for page, _ in written]
    assert answer.answered_by.reranker_model == f"Qwen/Qwen3-VL-Reranker-2B@{'b' * 40}"
    (body,) = server.bodies
    assert body["path"] == "/score"
    assert body["text_1"][0]["content"][-1]["text"].endswith("届出書")
    # That server gone, the search answers without it.
    gone = find(engine=replace(engine, judge=replace(judge, seconds=0.5)), text="届出書",
                reranker=QWEN)  # fmt: skip
    assert gone.answered_by.reranker_failed in {"deadline", "unavailable"}
    assert len(gone.hits) == 3


def test_of_a_model_whose_commit_nobody_named_none_is_told(runtime):
    qwen = QwenSettings(
        backend="vllm", embedder_revision="a" * 40, with_reranker=True,
        reranker_url="http://127.0.0.1:9",
    )  # fmt: skip
    judge = open_search(Settings(profile="qwen", qwen=qwen), runtime).judge
    assert judge.model == "Qwen/Qwen3-VL-Reranker-2B"


def test_without_a_model_the_refusal_says_what_to_configure(find, engine, written):
    with pytest.raises(RerankerOffError, match="CHOHYO_QWEN__WITH_RERANKER"):
        find(engine=engine, text="届出書", reranker=FUSED)
