"""Coefficients are fitted on a corpus with a tiny checkpoint, and used by the profile."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from chohyo.errors import InvalidInputError
from chohyo.matching.fusion import Fusion, QwenPageReranker
from chohyo.models.qwen_bench import growth, speeds
from chohyo.profiles import open_local_models, open_local_scores, read_fusion
from eval.forms import write_corpus
from eval.fusion import fit_fusion
from tests.integration.models.test_qwen_profile import tiny

SMALL = 64 * 1024  # px: what a network of random weights sees does not matter


def untracked(items: Iterable[Any], description: str) -> Iterable[Any]:
    """Show nothing."""
    return items


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Draw three copies of two form types, each in several editions."""
    folder = tmp_path_factory.mktemp("corpus")
    write_corpus(folder, seeds=3, only=["receipt", "leave"], dpi=100)
    return folder


def test_a_fit_is_what_the_profile_then_judges_by(
    checkpoint: Path, corpus: Path, tmp_path: Path
) -> None:
    scores = open_local_scores(tiny(checkpoint, max_pixels=SMALL))
    result = fit_fusion(corpus, scores, limit=None, seed=0, track=untracked)
    file = tmp_path / "fusion.json"
    file.write_text(json.dumps(result), "utf-8")
    reranker = open_local_models(tiny(checkpoint, fusion_file=file)).reranker

    assert isinstance(reranker, QwenPageReranker)
    assert reranker.fusion == Fusion(**result["fusion"])
    assert reranker.fusion != Fusion()
    # A network of random weights knows nothing: what parts the forms is registration.
    assert reranker.fusion.registration > 0
    assert result["held_out_auroc"]["fused"] > 0.9


def test_too_few_pages_are_refused(checkpoint: Path, corpus: Path) -> None:
    scores = open_local_scores(tiny(checkpoint, max_pixels=SMALL))

    with pytest.raises(InvalidInputError, match="too few pages"):
        fit_fusion(corpus, scores, limit=4, seed=0, track=untracked)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"fusion": {"guess": 1}}'])
def test_a_file_without_coefficients_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "fusion.json"
    file.write_text(content, "utf-8")

    with pytest.raises(InvalidInputError, match="no coefficients"):
        read_fusion(file)


def test_the_bench_measures_each_size(embedder: Any) -> None:
    found = speeds(embedder, 2, sizes=((64, 64), (96, 64)))

    assert [(each.width, each.height) for each in found] == [(64, 64), (96, 64)]
    assert all(each.single > 0 and each.batched > 0 for each in found)
    assert growth(embedder, 20, 64, 64).after > 0
