"""Figures about groups and decisions, and their intervals."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score, roc_auc_score, v_measure_score

from eval.metrics.clustering import (
    adjusted_rand,
    as_labels,
    count_pairs,
    pair_precision,
    pair_recall,
    v_measure,
)
from eval.metrics.intervals import mean_of, measure
from eval.metrics.rejection import (
    Verdicts,
    coverage,
    decided_precision,
    halves,
    unknown_auroc,
    unknown_fpr95,
)


def everything(count: int):
    return np.arange(count), np.ones(count, bool)


def test_the_adjusted_rand_index_is_the_librarys():
    rng = np.random.default_rng(1)
    for _ in range(20):
        truth, found = rng.integers(0, 4, (2, 30))
        ours = adjusted_rand(truth, found)(*everything(30))
        assert ours == pytest.approx(adjusted_rand_score(truth, found))


def test_the_v_measure_is_the_librarys():
    rng = np.random.default_rng(2)
    for _ in range(20):
        truth, found = rng.integers(0, 4, (2, 30))
        ours = v_measure(truth, found)(*everything(30))
        assert ours == pytest.approx(v_measure_score(truth, found))
    same = np.zeros(4, np.intp)
    assert v_measure(same, same)(*everything(4)) == 1.0


def test_intervals_of_groups_hold_their_values():
    truth = as_labels([number // 4 for number in range(80)])
    found = as_labels([None if number % 9 == 0 else number // 4 for number in range(80)])
    for statistic in (adjusted_rand, pair_recall, v_measure):
        figure = measure(statistic(truth, found), ["scan"] * 80, seed=1)
        assert figure.low < figure.value < figure.high


def test_pages_without_a_group_are_alone():
    labels = as_labels(["a", None, "a", None])
    assert labels[0] == labels[2]
    assert len(set(labels)) == 3


def test_leaving_pages_out_costs_recall_and_not_precision():
    truth, found = as_labels(["a"] * 4), as_labels(["g", "g", None, None])
    assert pair_precision(truth, found)(*everything(4)) == 1.0
    assert pair_recall(truth, found)(*everything(4)) == pytest.approx(1 / 6)


def test_joining_everything_costs_precision_and_not_recall():
    truth, found = as_labels(["a", "a", "b", "b"]), as_labels(["g"] * 4)
    assert pair_precision(truth, found)(*everything(4)) == pytest.approx(1 / 3)
    assert pair_recall(truth, found)(*everything(4)) == 1.0
    assert adjusted_rand(truth, found)(*everything(4)) == pytest.approx(0.0)


def test_nothing_found_has_no_precision():
    truth, found = as_labels(["a", "a"]), as_labels([None, None])
    assert pair_precision(truth, found)(*everything(2)) is None


def test_a_page_drawn_twice_does_not_agree_with_itself():
    truth = as_labels(["a", "b", "c"])
    counts = count_pairs(truth, truth, np.array([0, 0, 1, 2]), np.ones(4, bool))
    assert counts.both == 0


def test_pairs_in_focus_have_at_least_one_page_there():
    truth = as_labels(["a", "a", "a"])
    found = as_labels(["g", "g", None])
    focus = np.array([False, False, True])
    assert pair_recall(truth, found)(np.arange(3), focus) == 0.0
    assert pair_recall(truth, found)(np.arange(3), ~focus) == pytest.approx(1 / 3)


def test_splitting_a_form_lowers_the_v_measure():
    truth = as_labels(["a"] * 4 + ["b"] * 4)
    assert v_measure(truth, truth)(*everything(8)) == 1.0
    split = as_labels(["g"] * 2 + ["h"] * 2 + ["i"] * 4)
    assert v_measure(truth, split)(*everything(8)) < 1.0


def test_the_interval_holds_the_value_and_narrows_with_more_pages():
    few = measure(mean_of([True, False] * 10), ["scan"] * 20, seed=1)
    many = measure(mean_of([True, False] * 200), ["scan"] * 400, seed=1)
    for figure in (few, many):
        assert figure.low <= figure.value == 0.5 <= figure.high
    assert many.high - many.low < (few.high - few.low) / 2


def test_the_same_seed_gives_the_same_interval():
    values = [True, True, False, True]
    assert measure(mean_of(values), ["scan"] * 4, 7) == measure(mean_of(values), ["scan"] * 4, 7)


def test_each_kind_of_degradation_has_a_figure_of_its_own():
    figure = measure(mean_of([True, True, False]), ["scan", "scan", "fax"], seed=1)
    assert figure.by_kind["scan"].value == 1.0
    assert figure.by_kind["fax"].value == 0.0
    assert figure.by_kind["fax"].pages == 1


def test_unknown_is_the_positive_class():
    unknown = np.array([True, True, False, False])
    suspicion = np.array([0.9, 0.8, 0.2, 0.1])
    assert unknown_auroc(unknown, suspicion)(*everything(4)) == 1.0
    assert unknown_auroc(unknown, -suspicion)(*everything(4)) == 0.0


def test_the_area_under_the_curve_is_the_librarys():
    rng = np.random.default_rng(3)
    unknown, suspicion = rng.random(40) < 0.3, rng.integers(0, 8, 40) / 8
    ours = unknown_auroc(unknown, suspicion)(*everything(40))
    assert ours == pytest.approx(roc_auc_score(unknown, suspicion))


def test_the_false_positive_rate_is_taken_where_95_percent_of_unknown_pages_are_found():
    unknown = np.array([True] * 20 + [False] * 10)
    suspicion = np.concatenate([np.linspace(0.5, 1, 20), np.linspace(0, 0.49, 9), [0.7]])
    assert unknown_fpr95(unknown, suspicion)(*everything(30)) == pytest.approx(0.1)


def test_without_an_unknown_page_the_rejection_is_not_measured():
    unknown, suspicion = np.zeros(3, bool), np.zeros(3)
    assert unknown_auroc(unknown, suspicion)(*everything(3)) is None
    assert unknown_fpr95(unknown, suspicion)(*everything(3)) is None


def verdicts(correct: list[bool], confidence: list[float], first: list[bool]) -> Verdicts:
    return Verdicts(np.array(correct), np.array(confidence), np.array(first))


def test_the_threshold_of_one_half_is_measured_on_the_other():
    # The first half errs at 0.9, the second never: only the second may go down to 0.5, and it is
    # the first half that this threshold is applied to.
    found = verdicts([True, False, True, True], [0.95, 0.9, 0.9, 0.5], [True, True, False, False])
    assert found.decided(np.arange(4), 0.995).tolist() == [True, True, False, False]
    assert decided_precision(found, 0.995)(*everything(4)) == 0.5


def test_equal_confidences_are_decided_together():
    found = verdicts([True, False, True, True], [0.9] * 4, [True, True, False, False])
    assert coverage(found, 0.995)(*everything(4)) == 0.5


def test_a_page_without_a_verdict_is_never_decided():
    inf = float("inf")
    found = verdicts([True, True, True, True], [1, -inf, 1, -inf], [True, True, False, False])
    assert coverage(found, 0.995)(*everything(4)) == 0.5


def test_halves_split_the_pages_evenly_and_repeatably():
    assert halves(10, 3).sum() == 5
    assert (halves(10, 3) == halves(10, 3)).all()
