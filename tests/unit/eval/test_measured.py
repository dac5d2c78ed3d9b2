"""Several draws as one result."""

from __future__ import annotations

import pytest

from eval.measured import Baseline, Measured, over_seeds
from eval.metrics.intervals import mean_of, measure


def _measured(seed: int, right: list[bool], corpus: str = "/corpus") -> Measured:
    kinds = ["fax" if number % 2 else "scan" for number in range(len(right))]
    figures = {"kin_top1": measure(mean_of(right), kinds, seed)}
    if seed:
        figures["speedup"] = measure(mean_of([float(seed)] * 4), ["scan"] * 4, seed)
    return Measured(
        seed, corpus,
        {"evaluation": "routing", "limit": 5},
        {
            "pages": len(right), "reasons": {"clear": sum(right)}, "wrong_cuts": [seed],
            "failed": {"count": 1, "reasons": {"file-damaged": 1}, "files": [f"{seed}.png"]},
        },
        figures,
        {"counts": {"left-alone": 2}, "worst": [{"file": f"{n}.png"} for n in range(2)]},
        {"hdbscan": Baseline(len(right), figures)},
    )  # fmt: skip


DRAWS = {0: [True] * 30 + [False] * 10, 1: [True] * 20 + [False] * 20}


def test_the_figures_of_several_seeds_are_the_means_and_the_counts_add_up():
    found = over_seeds(lambda seed: _measured(seed, DRAWS[seed]), [0, 1])

    assert found["seeds"] == [0, 1]
    assert found["kin_top1"] == pytest.approx(0.625)
    assert found["pages"] == 80
    assert found["reasons"] == {"clear": 50}
    assert found["wrong_cuts"] == [0, 1]
    assert found["failed"] == {
        "count": 2, "reasons": {"file-damaged": 2}, "files": ["0.png", "1.png"],
    }  # fmt: skip
    assert found["mistakes"]["counts"] == {"left-alone": 4}
    assert found["baselines"]["hdbscan"]["pages"] == 80
    assert [each["kin_top1"] for each in found["by_seed"]] == [0.75, 0.5]
    assert found["by_kind"]["kin_top1"]["fax"]["pages"] == 40


def test_several_seeds_are_surer_than_one():
    one, other = (_measured(seed, DRAWS[seed]).as_json() for seed in (0, 1))
    both = over_seeds(lambda seed: _measured(seed, DRAWS[seed]), [0, 1])

    def width(result):
        span = result["intervals"]["kin_top1"]
        return span["high"] - span["low"]

    assert 0 < width(both) < min(width(one), width(other))
    assert both["intervals"]["kin_top1"]["low"] < 0.625 < both["intervals"]["kin_top1"]["high"]


def test_a_figure_that_one_draw_lacks_is_that_of_the_others():
    found = over_seeds(lambda seed: _measured(seed, DRAWS[seed]), [0, 1])
    assert found["speedup"] == 1.0


def test_the_worst_mistakes_of_all_draws_come_in_turn_and_tell_where_they_lie():
    found = over_seeds(lambda seed: _measured(seed, DRAWS[seed], f"/forms/{seed}"), [0, 1])
    worst = found["mistakes"]["worst"]
    assert [(each["seed"], each["file"]) for each in worst] == [
        (0, "0.png"), (1, "0.png"), (0, "1.png"), (1, "1.png"),
    ]  # fmt: skip
    assert worst[1]["corpus"] == "/forms/1"
    assert found["corpus"] == "own forms"


def test_one_seed_gives_its_own_result():
    found = over_seeds(lambda seed: _measured(seed, DRAWS[seed]), [1])
    assert found["seed"] == 1
    assert "by_seed" not in found
