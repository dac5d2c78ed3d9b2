"""Which of the groups just found continues which proposal, so that proposals keep their ids."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Continuity:
    """Positions of groups and proposals: `continues` maps a group to its proposal.

    `stale` are the proposals that no group continues though some of their pages are in one: a page
    belongs to one proposal at a time.
    """

    continues: dict[int, int]
    stale: tuple[int, ...]


def trace(
    groups: Sequence[AbstractSet[UUID]], proposals: Sequence[AbstractSet[UUID]]
) -> Continuity:
    """Pair groups with proposals, each once at most, those that share most pages first.

    A pair must share more than half of the smaller one's pages.
    """
    shared = [
        (len(group & proposal), i, j)
        for i, group in enumerate(groups)
        for j, proposal in enumerate(proposals)
        if 2 * len(group & proposal) > min(len(group), len(proposal))
    ]
    continues: dict[int, int] = {}
    for _, i, j in sorted(shared, key=lambda s: (-s[0], s[1], s[2])):
        if i not in continues and j not in continues.values():
            continues[i] = j
    grouped = frozenset[UUID]().union(*groups)
    stale = tuple(
        j
        for j, proposal in enumerate(proposals)
        if j not in continues.values() and proposal & grouped
    )
    return Continuity(continues, stale)
