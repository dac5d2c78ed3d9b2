"""Confidence is fitted on readings, and told how well it holds elsewhere."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from chohyo.extraction.confidence import Kind, Signs
from eval.extraction import fitting
from eval.extraction.boosting import boosted, node_lists
from eval.extraction.fitting import Sample, fit, fit_line, fit_places
from eval.metrics.calibration import share_taken, taken_without_review
from eval.metrics.intervals import measure

SIGNS = {Kind.TEXT: 9, Kind.EMPTY: 1, Kind.CHECK: 3, Kind.CHOICE: 4}


def samples(place: bool, count: int = 400) -> list[Sample]:
    """Readings of two corpora; half of those in doubt are cut off, which the place alone tells."""
    draw = np.random.default_rng(0)
    found = []
    for number in range(count):
        corpus = ("forms", "letters")[number % 2]
        for kind, signs in SIGNS.items():
            right = bool(draw.random() < 0.9)
            values = (float(right) + draw.random(), *draw.random(signs - 1))
            near, cut = (), False
            if place and kind is Kind.TEXT:
                cut = bool(draw.random() < 0.5)
                near = (0.1 if cut else 3.0, float(draw.random()))
            elif place:
                continue
            found.append(
                Sample(Signs(kind, tuple(map(float, values)), near), right and not cut, corpus)
            )
    return found


def test_trees_tell_a_cut_value_by_its_place_on_a_corpus_they_were_not_fitted_on() -> None:
    every = samples(place=False) + samples(place=True)
    places = fit_places(every, fit(every), 0)
    assert set(places["held_back"]) == {"forms", "letters"}
    for figures in places["held_back"].values():
        assert 0.3 < figures["right"] < 0.6
        assert figures["calibration_error"] < 0.06


def test_trees_are_also_tried_on_forms_they_were_not_fitted_on() -> None:
    every = [
        replace(each, form=f"form {number % 20}")
        for number, each in enumerate(samples(place=False) + samples(place=True))
    ]
    places = fit_places(every, fit(every), 0)
    figures = places["forms_held_back"]
    assert set(figures) == {"forms", "letters", "all"}
    assert figures["all"]["values"] == figures["forms"]["values"] + figures["letters"]["values"]
    assert figures["all"]["calibration_error"] < 0.06


def test_the_nodes_of_the_trees_give_what_the_fitted_model_gives() -> None:
    draw = np.random.default_rng(1)
    design = draw.random((600, 4)) * 4 - 2
    right = design[:, 1] + 0.3 * draw.standard_normal(600) > 0
    model = boosted(design, right, 0)
    trees = node_lists(model)

    def told(row: np.ndarray) -> float:
        total = row[0]
        for tree in trees:
            node = tree[0]
            while node[0] >= 0:
                node = tree[int(node[2] if row[int(node[0])] <= node[1] else node[3])]
            total += node[1]
        return 1 / (1 + np.exp(-total))

    expected = model.predict_proba(design[:50])[:, 1]
    assert [told(row) for row in design[:50]] == pytest.approx(expected, abs=0.02)


def test_as_many_are_taken_without_review_as_are_surer_than_the_errors() -> None:
    sure = np.array([0.99] * 200 + [0.6] * 10)
    right = np.array([True] * 199 + [False] + [False] * 10)
    assert share_taken(sure, right) == pytest.approx(200 / 210)
    assert share_taken(sure, np.zeros(210, bool)) == 0
    pages = [[(0.9, True), (0.8, False)], [(0.95, True)], []]
    assert measure(taken_without_review(pages), ["scan"] * 3, 0).value == pytest.approx(2 / 3)


def test_a_run_that_was_ended_goes_on_from_the_samples_it_kept(tmp_path: Path) -> None:
    kept = samples(place=True, count=3)
    fitting._keep(tmp_path / "kept", "forms/a", kept)
    fitting._keep(tmp_path / "kept", "forms/b", [])
    assert fitting._kept(tmp_path / "kept") == {"forms/a": kept, "forms/b": []}
    assert fitting._kept(tmp_path / "none") == {}


def test_what_was_fitted_is_written_where_reading_finds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chohyo.extraction.__path__", [str(tmp_path)])
    trees = [[[0, 0.5, 1, 2], [-1, 0.1, 0, 0], [-1, -0.1, 0, 0]]]
    fitting.write("place.json", {"seed": 1, "trees": trees})
    fitting.write("confidence.json", {"seed": 1})
    assert json.loads((tmp_path / "place.json").read_text("utf-8")) == {"seed": 1, "trees": trees}
    assert json.loads((tmp_path / "confidence.json").read_text("utf-8")) == {"seed": 1}


def test_a_line_brings_odds_to_how_often_readings_are_right() -> None:
    every = [each for each in samples(place=True, count=1200) if each.signs.kind is Kind.TEXT]
    line = fit_line([replace(each, signs=_surer(each.signs)) for each in every])
    assert set(line["rescaled"]) == {"forms", "letters", "all"}
    for figures in line["rescaled"].values():
        assert figures["after"]["calibration_error"] < 0.06
        assert figures["before"]["calibration_error"] > 0.1
        assert figures["after"]["values"] == figures["before"]["values"]


class _Surer(Signs):
    """Signs with a given confidence, surer than it should be."""

    def confidence(self) -> float:
        return 0.97 if self.place[0] > 1.0 else 0.5


def _surer(signs: Signs) -> Signs:
    return _Surer(signs.kind, signs.values, signs.place)


def test_a_second_line_goes_through_what_the_first_one_says() -> None:
    in_force = {"slope": 2.0, "shift": 0.5, "trees": []}
    line = {"slope": 0.5, "shift": 0.1, "rescaled": {}}
    both = fitting._on_line(in_force, line)
    assert (both["slope"], both["shift"]) == (1.0, 0.35)
