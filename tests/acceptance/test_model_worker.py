"""`chohyo up --profile qwen` on a tiny checkpoint: a worker of its own has the models."""

from __future__ import annotations

import os
from pathlib import Path

import httpx
import pytest
from piles import draw
from stack import MakeStack, RunningStack, until, upload

if os.environ.get("CHOHYO_TEST_REQUIRE_ALL") != "1":
    pytest.importorskip("torch", reason="the extra `qwen` is not installed")


@pytest.fixture(scope="module")
def stack(make_stack: MakeStack, tmp_path_factory: pytest.TempPathFactory) -> RunningStack:
    from tests.integration.models.tiny_qwen import make_checkpoint

    checkpoint = str(make_checkpoint(tmp_path_factory.mktemp("tiny-qwen")))
    stack = make_stack(
        workers=1,
        settings={
            "CHOHYO_PROFILE": "qwen",
            "CHOHYO_RERANKER": "fused",
            "CHOHYO_QWEN__EMBEDDER": checkpoint,
            "CHOHYO_QWEN__RERANKER": checkpoint,
            "CHOHYO_QWEN__DIMENSIONS": "64",
            "CHOHYO_QWEN__DEVICE": "cpu",
        },
    )
    stack.start()
    return stack


def test_pages_are_embedded_by_the_worker_that_has_the_models(
    stack: RunningStack, tmp_path: Path
) -> None:
    until("the models are loaded", lambda: _models(stack) == "loaded")
    with stack.client() as client:
        (document,) = upload(client, draw(tmp_path, "receipt", range(1)))
        until("it is done", lambda: _state(client, document["id"]) == "done")
        space = client.get("/status").json()["space"]

    assert space["name"].startswith("tiny-qwen0-layout-64-")
    (counted,) = stack.rows("SELECT count(*) AS n FROM embedding")
    assert counted["n"] == 1


def test_work_goes_on_after_that_worker_died(stack: RunningStack, tmp_path: Path) -> None:
    until("the models are loaded", lambda: _models(stack) == "loaded")
    killed = stack.kill_role("models")
    with stack.client() as client:
        (document,) = upload(client, draw(tmp_path, "receipt", range(1, 2)))
        until("it is done", lambda: _state(client, document["id"]) == "done")

    assert stack.note()["processes"]["models"]["pid"] != killed


def _models(stack: RunningStack) -> str:
    return str(httpx.get(f"{stack.url}/readyz").json()["models"])


def _state(client: httpx.Client, document_id: str) -> str:
    found = client.get(f"/documents/{document_id}").raise_for_status().json()
    return str(found["document"]["state"] if "document" in found else found["state"])
