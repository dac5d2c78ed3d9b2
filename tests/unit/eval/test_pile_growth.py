"""The work of grouping made-up piles."""

from __future__ import annotations

from chohyo.profiles import cpu_models
from eval.discovery.pile import measure_piles


def test_each_stage_of_grouping_a_pile_is_measured():
    found = measure_piles(
        [12], embedder=cpu_models().embedders.own, seed=2, track=lambda items, description: items
    )
    (pile,) = found["piles"]
    assert pile["pages"] == 12
    assert [*pile["cpu_seconds"]] == [
        "make", "embed", "gather", "families", "editions", "latecomers",
    ]  # fmt: skip
    assert 0 < pile["pairs"] <= 12 * 11
    assert pile["features_extracted"] <= 12
    assert pile["grouping_cpu_seconds"] > 0
    assert pile["peak_memory_mib"] > 50
    assert pile["pair_precision"] is None or pile["pair_precision"] > 0.5
