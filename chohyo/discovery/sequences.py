"""Order page groups into multi-page versions by how their pages follow each other in documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chohyo.discovery.grouping import PageGroup

_CONSISTENT = 0.7  # of the followed pages of one group, and of the preceded pages of the next
_MIN_TIMES = 2


@dataclass(frozen=True, slots=True)
class PagePosition:
    """Where a page stands: its document, and its number in it from 1."""

    document: str
    page_no: int


@dataclass(frozen=True, slots=True)
class _Link:
    first: int
    second: int
    times: int
    share: float


def link_sequences(
    groups: Sequence[PageGroup], positions: Mapping[str, PagePosition]
) -> list[tuple[PageGroup, ...]]:
    """Return chains of groups whose pages follow each other; most chains have one group.

    `positions` may lack pages. In a batch of copies of one form the last page is followed by the
    first again: such a circle is cut where it is made least often.
    """
    followers: dict[int, int] = {}
    for link in _links(groups, positions):
        taken = link.first in followers or link.second in followers.values()
        if not taken and not _leads(followers, link.second, link.first):
            followers[link.first] = link.second
    starts = [i for i in range(len(groups)) if i not in followers.values()]
    return [tuple(groups[i] for i in _chain(followers, start)) for start in starts]


def _links(groups: Sequence[PageGroup], positions: Mapping[str, PagePosition]) -> list[_Link]:
    """Return the consistent successions, the most consistent first."""
    group_at = {
        (positions[key].document, positions[key].page_no): i
        for i, group in enumerate(groups)
        for key in group.keys
        if key in positions
    }
    pairs: Counter[tuple[int, int]] = Counter()
    for (document, page_no), first in group_at.items():
        second = group_at.get((document, page_no + 1))
        if second is not None:
            pairs[first, second] += 1
    links = [
        _Link(
            first,
            second,
            times,
            times / max(_placed(groups[g], positions) for g in (first, second)),
        )
        for (first, second), times in pairs.items()
        if first != second and times >= _MIN_TIMES
    ]
    consistent = [
        link
        for link in links
        if _dominates(link, {p: n for p, n in pairs.items() if link.first == p[0]})
        and _dominates(link, {p: n for p, n in pairs.items() if link.second == p[1]})
    ]
    return sorted(consistent, key=lambda link: (-link.share, link.first, link.second))


def _placed(group: PageGroup, positions: Mapping[str, PagePosition]) -> int:
    return sum(key in positions for key in group.keys)


def _dominates(link: _Link, among: Mapping[tuple[int, int], int]) -> bool:
    return link.times >= _CONSISTENT * sum(among.values())


def _leads(followers: Mapping[int, int], start: int, end: int) -> bool:
    """Say whether following the links from `start` arrives at `end`."""
    return end in _chain(followers, start)


def _chain(followers: Mapping[int, int], start: int) -> list[int]:
    chain = [start]
    while chain[-1] in followers:
        chain.append(followers[chain[-1]])
    return chain
