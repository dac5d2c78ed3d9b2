"""Measuring the way of a page among many forms, on few."""

from __future__ import annotations

import pytest

from eval.results import Json
from eval.speed.run import measure_speed


@pytest.fixture(scope="module")
def measured() -> Json:
    return measure_speed(
        templates=6, pages=4, ocr_pages=1, seed=0, track=lambda items, _: items
    ).as_json()


def test_pages_find_their_form_among_those_published(measured):
    assert measured["templates"] == 6
    assert measured["scored_pages"] == measured["pages"] == 4
    assert measured["right"] > 0.5
    assert sum(measured["outcomes"].values()) == 4


def test_pairs_and_early_stops_are_counted(measured):
    assert 1 <= measured["pairs_a_page"] <= 6
    assert measured["pairs"] == round(4 * measured["pairs_a_page"])
    assert 0 <= measured["stopped_early"] <= 1


def test_times_are_told_by_the_clock_and_on_the_processor(measured):
    for name in ("embed", "route"):
        assert 0 < measured[f"{name}_ms_p50"] <= measured[f"{name}_ms_p95"]
        assert measured[f"{name}_cpu_ms_p50"] > 0
    assert measured["pair_cpu_ms_p50"] > 0
    assert measured["speedup"] > 1
    assert measured["speedup_cpu"] > 1
