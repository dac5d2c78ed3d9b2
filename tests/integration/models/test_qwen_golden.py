"""Vectors and scores of the reference implementation on its tiny checkpoint, where they are there.

`CHOHYO_TEST_QWEN_GOLDEN` names the folder; `shared/qwen-golden` beside the checkout is found.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chohyo.models.qwen_prompts import ModelInput, ModelPair

pytest.importorskip("torch", reason="the extra `qwen` is not installed")

from chohyo.models.qwen_embedder import QwenEmbedder
from chohyo.models.qwen_loading import Checkpoint
from chohyo.models.qwen_reranker import QwenReranker
from tests.integration.models.tiny_qwen import placement

BESIDE = Path(__file__).parents[4] / "shared" / "qwen-golden"
FOLDER = Path(os.environ.get("CHOHYO_TEST_QWEN_GOLDEN", BESIDE))
CLOSE = 1e-4

pytestmark = pytest.mark.skipif(
    not (FOLDER / "golden.json").is_file(), reason="the reference's values are not here"
)


@pytest.fixture(scope="module")
def golden() -> dict[str, Any]:
    return dict(json.loads((FOLDER / "golden.json").read_text("utf-8")))


def _input(entry: dict[str, str]) -> ModelInput:
    images = (FOLDER / f"img_{entry['image']}.png",) if "image" in entry else ()
    nothing = not images and "text" not in entry
    return ModelInput(entry.get("text"), images, entry.get("instruction"), nothing)


@pytest.mark.parametrize("budget", [1, 10**6], ids=["singly", "as one batch"])
def test_every_vector_is_that_of_the_reference(golden: dict[str, Any], budget: int) -> None:
    embedder = QwenEmbedder.load(Checkpoint(str(FOLDER)), placement(), budget=budget)
    expected = np.array([entry["vec"] for entry in golden["embed"]])
    vectors = embedder.embed([_input(entry) for entry in golden["embed"]])

    assert np.abs(vectors - expected).max(axis=1) == pytest.approx(0, abs=CLOSE)


@pytest.mark.parametrize("budget", [1, 10**6], ids=["singly", "as one batch"])
def test_every_score_is_that_of_the_reference(golden: dict[str, Any], budget: int) -> None:
    reranker = QwenReranker.load(Checkpoint(str(FOLDER)), placement(), budget=budget)
    pairs = [ModelPair(_input(e["query"]), _input(e["document"])) for e in golden["rerank"]]
    expected = np.array([entry["score"] for entry in golden["rerank"]])

    assert np.abs(reranker.score(pairs) - expected) == pytest.approx(0, abs=CLOSE)
