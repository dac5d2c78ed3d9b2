"""Expensive and bad searches slow nobody else: over a real server, with the expensive ones held."""

from __future__ import annotations

import base64
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice
from pathlib import Path

import httpx
import numpy as np
import pytest

from api.app import create_app
from api.server import Server
from chohyo.pages.images import encode_png
from chohyo.services import processing, search_pictures
from chohyo.services.runtime import Runtime
from chohyo.services.search_desks import Desks
from chohyo.settings import Settings

AT_ONCE = 30  # of the forty threads that the server has
HELD = 2 + 12  # pictures that are worked on, and that may wait


@pytest.fixture
def address(runtime: Runtime, filing, tmp_path: Path, monkeypatch) -> Iterator[str]:
    processing.finish_document(runtime, filing.document.id)
    app = create_app(runtime, Settings(data_dir=tmp_path))
    # The engine is shared by interface and console, and never changes but here.
    object.__setattr__(app.state.search, "desks", Desks(2, 12, seconds=300))
    # Search without the meaning of words: the network is tested on its own.
    encoder = type(app.state.search.encoders.own)
    monkeypatch.setattr(encoder, "embed_query", lambda *_: np.full(384, 0.05, np.float32))
    server = Server(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def test_words_are_found_and_bad_queries_refused_while_screenshots_are_worked_on(
    address: str, callers, filing, monkeypatch
) -> None:
    release, begun = threading.Event(), threading.Semaphore(0)
    read_image = search_pictures.read_image

    def held(limits, data):
        begun.release()
        assert release.wait(60)
        return read_image(limits, data)

    monkeypatch.setattr(search_pictures, "read_image", held)
    headers = {"Authorization": f"Bearer {callers['operator'].key}"}
    large = base64.b64encode(encode_png(np.full((7072, 7072), 255, np.uint8))).decode()
    small = base64.b64encode(encode_png(np.full((200, 140), 255, np.uint8))).decode()

    with httpx.Client(base_url=address, headers=headers, timeout=60) as client:

        def ask(body: dict[str, object]) -> tuple[int, str]:
            answer = client.post("/v1/search", json=body)
            bad = answer.status_code >= 400
            kind = "application/problem+json" if bad else "application/json"
            assert answer.headers["content-type"] == kind
            return answer.status_code, answer.json()["code"] if bad else ""

        with ThreadPoolExecutor(AT_ONCE) as people:
            shots = [
                people.submit(ask, {"image": large if number % 2 else small})
                for number in range(AT_ONCE)
            ]
            assert begun.acquire(timeout=60)
            assert begun.acquire(timeout=60)
            too_many = islice(as_completed(shots, timeout=60), AT_ONCE - HELD)
            assert {shot.result() for shot in too_many} == {(503, "unavailable")}

            # Neither of the two that are worked on has come further.
            assert ask({"text": "12000"}) == (200, "")
            assert ask({"text": "長" * 10_000}) == (422, "query-too-long")
            assert ask({"text": " "}) == (422, "empty-query")
            assert ask({"image": base64.b64encode(b"no image").decode()}) == (415, "file-type")
            unknown = {"fields": [{"field": "nope", "op": "=", "value": "1"}]}
            assert ask({"text": "x", "filters": unknown}) == (422, "unknown-field")
            assert ask({"text": "x", "cursor": "bm9uc2Vuc2U="}) == (422, "invalid-input")
            assert not release.is_set()
            release.set()
            told = Counter(shot.result(timeout=120) for shot in shots)

    assert told.pop((503, "unavailable")) == AT_ONCE - HELD
    assert told.total() == HELD
    assert set(told) <= {(200, ""), (413, "image-too-large")}
