"""Tiny checkpoints for the tests of the Qwen3-VL models; without the extra they are skipped."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from chohyo.models.qwen_embedder import QwenEmbedder
    from chohyo.models.qwen_reranker import QwenReranker

REQUIRED = os.environ.get("CHOHYO_TEST_REQUIRE_ALL") == "1"


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a tiny checkpoint, its weights in several files."""
    if not REQUIRED:
        pytest.importorskip("torch", reason="the extra `qwen` is not installed")
    from tests.integration.models.tiny_qwen import make_checkpoint

    return make_checkpoint(tmp_path_factory.mktemp("tiny-qwen"), shard="200KB")


@pytest.fixture(scope="session")
def embedder(checkpoint: Path) -> QwenEmbedder:
    """Load the tiny checkpoint as an embedder."""
    from chohyo.models.qwen_embedder import QwenEmbedder
    from chohyo.models.qwen_loading import Checkpoint
    from tests.integration.models.tiny_qwen import placement

    return QwenEmbedder.load(Checkpoint(str(checkpoint)), placement())


@pytest.fixture(scope="session")
def reranker(checkpoint: Path) -> QwenReranker:
    """Load the tiny checkpoint as a reranker."""
    from chohyo.models.qwen_loading import Checkpoint
    from chohyo.models.qwen_reranker import QwenReranker
    from tests.integration.models.tiny_qwen import placement

    return QwenReranker.load(Checkpoint(str(checkpoint)), placement())
