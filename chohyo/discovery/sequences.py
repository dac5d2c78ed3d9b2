"""Order page groups into multi-page versions by how their pages follow each other in documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chohyo.discovery.copies import Member
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
    first again: such a circle is cut where it is made least often. A page whose print two editions
    share is in the chains of both, with the copies that stand beside each.
    """
    parted = _parted(groups, positions)
    while len(parted) > len(groups):  # parts may part those beside them in turn
        groups, parted = parted, _parted(parted, positions)
    followers: dict[int, int] = {}
    for link in _links(groups, positions):
        taken = link.first in followers or link.second in followers.values()
        if not taken and not _leads(followers, link.second, link.first):
            followers[link.first] = link.second
    starts = [i for i in range(len(groups)) if i not in followers.values()]
    return [tuple(groups[i] for i in _chain(followers, start)) for start in starts]


def _parted(groups: Sequence[PageGroup], positions: Mapping[str, PagePosition]) -> list[PageGroup]:
    """Part each group that stands beside several editions of one form, by the edition."""
    at = {(p.document, p.page_no): key for key, p in positions.items()}
    group_of = {key: group for group in groups for key in group.keys}
    parted: list[PageGroup] = []
    for group in groups:
        for step in (-1, 1):
            beside = _beside(group, positions, at, group_of, step)
            parts = _by_neighbour(group, beside)
            if len(parts) > 1:
                parted += parts
                break
        else:
            parted.append(group)
    return parted


def _beside(
    group: PageGroup,
    positions: Mapping[str, PagePosition],
    at: Mapping[tuple[str, int], str],
    group_of: Mapping[str, PageGroup],
    step: int,
) -> dict[str, PageGroup]:
    """Return the group of the page before (-1) or behind (1) each member that has one."""
    found: dict[str, PageGroup] = {}
    for key in group.keys:
        place = positions.get(key)
        neighbour = at.get((place.document, place.page_no + step)) if place else None
        if neighbour is not None and neighbour in group_of:
            found[key] = group_of[neighbour]
    return found


def _by_neighbour(group: PageGroup, beside: Mapping[str, PageGroup]) -> list[PageGroup]:
    """Return a part for each edition of the one form that stands beside; else nothing.

    Members that stand alone go with the most.
    """
    families = Counter(neighbour.family for neighbour in beside.values())
    if not families or _stands_beside_itself(group, beside):
        return []
    family, times = families.most_common(1)[0]
    editions = Counter(n.reference for n in beside.values() if n.family == family)
    often = [edition for edition, count in editions.most_common() if count >= _MIN_TIMES]
    if len(often) < 2 or times < _CONSISTENT * len(beside):
        return []
    parts: dict[str, list[Member]] = {edition: [] for edition in often}
    for member in group.members:
        neighbour = beside.get(member.key)
        edition = neighbour.reference if neighbour and neighbour.reference in parts else often[0]
        parts[edition].append(member)
    return [_part(group, members) for members in parts.values()]


def _stands_beside_itself(group: PageGroup, beside: Mapping[str, PageGroup]) -> bool:
    """Say whether copies of the group stand beside each other, or beside its own editions."""
    return any(neighbour.family == group.family for neighbour in beside.values())


def _part(group: PageGroup, members: Sequence[Member]) -> PageGroup:
    """Lay some members onto the one that agrees best."""
    best = max(members, key=lambda member: (member.agreement, member.key))
    back = best.transform.inverse()
    moved = tuple(replace(m, transform=back.after(m.transform)) for m in members)
    return PageGroup(best.key, moved, group.family, tuple(back.box(box) for box in group.differs))


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
