"""Evaluations on a small corpus of our own forms, through the product's own path."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import pytest

from eval.discovery.run import measure_discovery
from eval.extraction.run import evaluate_extraction
from eval.forms import write_corpus
from eval.report.page import write_report
from eval.results import Json
from eval.routing.run import measure_routing

T = TypeVar("T")


def quietly(items: Iterable[T], description: str) -> Iterable[T]:
    return items


def _broken(folder: Path) -> str:
    """Return the first page of the corpus, which is the one cut short."""
    rows = (folder / "labels.jsonl").read_text("utf-8").splitlines()
    return min(str(json.loads(row)["file"]) for row in rows)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Draw four copies of three form types, one of three pages; one page is cut short."""
    folder = tmp_path_factory.mktemp("corpus")
    write_corpus(folder, seeds=4, mix={"light": 1.0}, only=["order", "timesheet", "tenancy"])
    labels = folder / "labels.jsonl"
    rows = labels.read_text("utf-8").splitlines(keepends=True)
    labels.write_text("".join(row for row in rows if '"tenancy", "version": "2021"' not in row))
    first = folder / _broken(folder)
    first.write_bytes(first.read_bytes()[:2000])
    return folder


@pytest.fixture(scope="module")
def discovered(corpus: Path) -> Json:
    return measure_discovery(corpus, limit=None, seed=0, track=quietly).as_json()


@pytest.fixture(scope="module")
def routed(corpus: Path) -> Json:
    return measure_routing(
        corpus,
        copies=2,
        unknown_share=0.2,
        ocr_pages=1,
        batches=1,
        limit=None,
        seed=0,
        track=quietly,
    ).as_json()


def without_times(result: Json) -> str:
    timed = {name for name in result if name.endswith(("_ms_p50", "_per_page"))}
    timed |= {"speedup", "speedup_cpu"}
    kept = {name: value for name, value in result.items() if name not in timed}
    for part in ("intervals", "by_kind"):
        figures = result[part]
        assert isinstance(figures, dict)
        kept[part] = {name: value for name, value in figures.items() if name not in timed}
    return json.dumps(kept, sort_keys=True)


def test_discovery_finds_the_forms_of_a_clean_pile(discovered):
    assert discovered["pair_precision"] == 1.0
    assert discovered["layout_ari"] > 0.8
    assert discovered["seconds_per_page"] > 0


def test_other_ways_of_grouping_are_measured_on_the_same_pages(discovered):
    ways = discovered["baselines"]

    assert {*ways} == {"kmeans-silhouette", "hdbscan", "difference-hash"}
    for way in ways.values():
        assert way["pages"] == discovered["pages"] - 1  # without the one that failed
        assert set(way["intervals"]) == set(discovered["intervals"]) - {"seconds_per_page"}


def test_a_page_that_cannot_be_read_is_counted_and_named(corpus, discovered):
    assert discovered["failed"] == {
        "count": 1, "reasons": {"file-damaged": 1}, "files": [_broken(corpus)],
    }  # fmt: skip
    assert discovered["pair_recall"] < 1.0
    assert discovered["mistakes"]["counts"]["failed"] == 1


def test_the_pages_of_a_filled_copy_are_one_document(discovered, routed):
    assert discovered["pages"] == routed["pages"] == 20
    assert discovered["documents"] == routed["documents"] == 12


def test_routing_knows_the_onboarded_forms_and_refuses_the_withheld_one(routed):
    assert routed["withheld_families"] == 1
    assert routed["onboarding_failed"] == {}
    assert routed["kin_top1"] > 0.8
    assert routed["unknown_auroc"] > 0.9
    assert routed["recall_at_20"] > 0.8


def test_a_scan_batch_is_cut_into_the_forms_that_were_put_in(routed):
    assert routed["batches"] == 1
    assert routed["batch_forms"] >= 3
    assert routed["instance_f1_given_pages"] == 1.0


def test_routing_is_timed_against_reading_the_whole_page(routed):
    assert routed["ocr_pages"] == 1
    assert routed["full_ocr_ms_p50"] > 0
    assert routed["speedup"] > 0


def test_the_same_command_gives_the_same_figures(corpus, discovered):
    again = measure_discovery(corpus, limit=None, seed=0, track=quietly).as_json()
    assert without_times(again) == without_times(discovered)


def test_the_same_routing_command_gives_the_same_figures(corpus, routed):
    again = measure_routing(
        corpus,
        copies=2,
        unknown_share=0.2,
        ocr_pages=0,
        batches=1,
        limit=None,
        seed=0,
        track=quietly,
    ).as_json()
    assert without_times(again) == without_times({**routed, "ocr_pages": 0})


def test_mistakes_name_pages_of_the_corpus(corpus, discovered):
    for mistake in discovered["mistakes"]["worst"]:
        assert (corpus / mistake["file"]).is_file()
        assert mistake["other"] is None or (corpus / mistake["other"]).is_file()


def test_extraction_reads_printed_values_and_reports_the_mistakes_with_crops(corpus, tmp_path):
    read = evaluate_extraction(
        corpus, copies=3, pages_each=1, baseline_pages=1, limit=8, seed=0, track=quietly
    )
    assert read["scored_pages"] >= 1
    assert read["exact_match_true_boxes"] > 0.7
    assert read["empty_accuracy"] > 0.8
    # How they compare depends on the machine: that is for the evaluation to say.
    assert min(read["ms_per_page"], read["baseline_ms_per_page"]) > 0
    assert read["baseline_pages"] == 1
    page = write_report([read], tmp_path)
    assert "By type of field" in page.read_text("utf-8")
