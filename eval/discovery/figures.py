"""Figures about the groups that discovery found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from eval.corpus import CorpusPage
from eval.metrics.clustering import (
    adjusted_rand,
    as_labels,
    pair_precision,
    pair_recall,
    v_measure,
)
from eval.metrics.intervals import Figure, mean_of, measure
from eval.trips import Trip

# A layout with fewer copies in the run is no loss when it stays in the pool.
COPIES_TO_EXPECT = 3


@dataclass(frozen=True, slots=True)
class Grouped:
    """A page of the corpus with the group it was put into; None for a page left alone.

    `group` names a template page of one proposal (strict), `kin` a template page of all proposals
    that are editions of one family (loose).
    """

    trip: Trip
    group: str | None
    kin: str | None

    @property
    def truth(self) -> CorpusPage:
        """Return the truth about the page."""
        return self.trip.truth


def grouping_figures(grouped: Sequence[Grouped], seed: int) -> dict[str, Figure]:
    """Return the figures about groups; a page left alone is a group of one in each of them."""
    kinds = [each.truth.kind for each in grouped]
    layouts = as_labels([each.truth.layout_id for each in grouped])
    kin = as_labels([each.truth.kin_id for each in grouped])
    found = as_labels([each.group for each in grouped])
    found_kin = as_labels([each.kin for each in grouped])
    statistics = {
        "layout_ari": adjusted_rand(layouts, found),
        "kin_ari": adjusted_rand(kin, found_kin),
        "pair_precision": pair_precision(layouts, found),
        "pair_recall": pair_recall(layouts, found),
        "v_measure": v_measure(layouts, found),
    }
    figures = {name: measure(statistic, kinds, seed) for name, statistic in statistics.items()}
    expected = expected_in_groups(grouped)
    figures["unassigned_share"] = measure(
        mean_of([each.group is None for each in expected]),
        [each.truth.kind for each in expected], seed,
    )  # fmt: skip
    return figures


def expected_in_groups(grouped: Sequence[Grouped]) -> list[Grouped]:
    """Return the pages whose layout has copies enough to be found."""
    copies = Counter(each.truth.layout_id for each in grouped)
    return [each for each in grouped if copies[each.truth.layout_id] >= COPIES_TO_EXPECT]
