"""Search is measured on a small corpus of our own forms, and on a small crowd of made-up pages."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import pytest

from eval.forms import write_corpus
from eval.results import Json
from eval.search.run import evaluate_search
from eval.search.scale import evaluate_scale

T = TypeVar("T")


def quietly(items: Iterable[T], description: str) -> Iterable[T]:
    return items


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Json:
    """Measure six pages of two form types."""
    folder: Path = tmp_path_factory.mktemp("corpus")
    write_corpus(folder, seeds=3, mix={"light": 1.0}, only=["order", "timesheet"])
    return evaluate_search(
        folder, text="truth", limit=None, asked_pages=3, seed=0, track=quietly
    )  # fmt: skip


def test_pages_of_a_clean_corpus_are_found(measured):
    assert measured["text"] == "truth"
    assert measured["pages"] == 6
    for figure in ("exact_value_recall1", "noise0_recall10", "noise15_recall10", "label_recall10",
                   "screenshot_recall1", "photo_recall10", "same_family_recall5"):  # fmt: skip
        assert measured[figure] == 1.0, figure
    assert measured["paraphrase_ja_recall10"] == 1.0
    assert measured["screenshot_place"] == 1.0


def test_grams_are_counted_before_anything_is_asked(measured):
    assert measured["counted_grams"] > 100


def test_times_and_figures_without_the_reranker_are_told(measured):
    assert 0 < measured["p50_ms"] <= measured["p95_ms"]
    assert measured["screenshot_p95_ms"] > 0
    assert 0 <= measured["screenshot_recall1_without_reranker"] <= 1
    assert measured["mrr"] > 0.5


def test_a_small_crowd_is_filled_indexed_and_searched():
    found = evaluate_scale(pages=300, asked=5, seed=0, track=quietly)
    assert found["words_recall1"] == 1.0
    assert found["vector_recall10"] > 0.9
    assert {"search_entry_grams"} < set(found["index_build_seconds"])
    assert found["bytes_per_page"] > 1000
    for kind in ("words", "words_filtered", "layout", "layout_filtered", "words_and_layout"):
        assert 0 < found[f"{kind}_p50_ms"] <= found[f"{kind}_p99_ms"]
