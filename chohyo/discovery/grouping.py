"""Group the pages of a pool: copies of one edition together, editions of one form linked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from chohyo.discovery.copies import (
    CopyGroup,
    GroupingRules,
    Member,
    PoolPage,
    gather_copies,
    has_print,
)
from chohyo.discovery.cores import on_cores
from chohyo.discovery.editions import Edition, EditionRules, split_editions
from chohyo.discovery.heads import Head
from chohyo.discovery.kin_evidence import divided
from chohyo.discovery.kinship import Told, families
from chohyo.discovery.latecomers import find_latecomers, settle_members
from chohyo.discovery.print_stack import LaidPrints
from chohyo.domain.geometry import Box
from chohyo.matching.features import PageFeatures
from chohyo.matching.print_comparison import compare_print
from chohyo.matching.registration import realign

_NEAR = 10  # pages in no group that may be copies of a released one


@dataclass(frozen=True, slots=True)
class PageGroup:
    """Copies of one edition of one form page.

    `members` are ordered by key, include the reference, and lie on it by their transforms. Groups
    with the same `family` are editions of one form; `differs` are the places, on the reference, by
    which this group was told from the others.
    """

    reference: str
    members: tuple[Member, ...]
    family: str
    differs: tuple[Box, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the members' keys, in order."""
        return tuple(member.key for member in self.members)

    @property
    def agreement(self) -> float:
        """Return the mean agreement of the members' print with the reference's."""
        return float(np.mean([member.agreement for member in self.members]))


def _quietly(stage: str, things: int) -> None:
    """Tell nobody."""


def group_pages(
    pages: Sequence[PoolPage],
    rules: GroupingRules | None = None,
    edition_rules: EditionRules | None = None,
    head: Callable[[str], Head] | None = None,
    told: Callable[[str, int], None] = _quietly,
    kin: Told | None = None,
) -> list[PageGroup]:
    """Return groups of at least two pages each, the same for any order of `pages`.

    Pages with too little print, and pages without a copy, are in no group: they wait. `head` reads
    title and page number of the page with a key, for the few where that decides. `told` hears of
    each stage when it is over, and how many pairs or groups that were; `kin` hears what ties the
    pages with two keys, for which their groups are of one family.
    """
    by_key = {page.key: page for page in pages}
    gathered = gather_copies(pages, rules, lambda pairs: told("gather", pairs))
    linked = families(gathered, by_key, head, kin)
    told("families", len(gathered))
    found = on_cores(
        lambda form: _editions_of(gathered[form], linked[form], by_key, edition_rules),
        range(len(gathered)),
    )
    told("editions", sum(len(groups) for groups in found))
    if kin is not None:
        _tell_divided(found, by_key, kin)
    groups, released = _settled([g for groups in found for g in groups], by_key)
    groups = _with_latecomers(groups, by_key, rules)
    told("latecomers", len(groups))
    again = _regrouped(groups, released, by_key, rules, edition_rules)
    if kin is not None:
        _tell_divided([_kin_of(each, groups) for each in again], by_key, kin)
    if again:
        groups = _with_latecomers([*groups, *again], by_key, rules, known=len(groups))
    return sorted(groups, key=lambda group: group.keys)


def _settled(
    groups: Sequence[PageGroup], pages: Mapping[str, PoolPage]
) -> tuple[list[PageGroup], dict[str, str]]:
    """Give doubtful members to the group they are copies of; return who is free, and of whom."""
    settled = settle_members([CopyGroup(g.reference, g.members) for g in groups], pages)
    kept = [_with(group, ms) for group, ms in zip(groups, settled.members, strict=True)]
    released = {key: groups[own].family for key, own in settled.released.items()}
    return [group for group in kept if len(group.members) > 1], released


def _with(group: PageGroup, members: Sequence[Member]) -> PageGroup:
    return replace(group, members=tuple(sorted(members, key=lambda m: m.key)))


def _regrouped(
    groups: Sequence[PageGroup],
    released: Mapping[str, str],
    pages: Mapping[str, PoolPage],
    rules: GroupingRules | None,
    edition_rules: EditionRules | None,
) -> list[PageGroup]:
    """Return groups of pages that were released, and of pages like them that are in no group.

    They are kin of those that the released ones were taken for.
    """
    held = {key for group in groups for key in group.keys}
    left = {key: page for key, page in pages.items() if key not in held}
    free = [key for key in released if key in left]
    near = {key for each in free for key in _nearest(left[each], left)}
    found = []
    for copies in gather_copies([left[key] for key in near.union(free)], rules):
        family = next((released[m.key] for m in copies.members if m.key in released), None)
        if family is not None:
            found += _editions_of(copies, family, pages, edition_rules)
    return found


def _nearest(page: PoolPage, among: Mapping[str, PoolPage]) -> list[str]:
    """Return the keys of the few pages that are most similar."""
    likeness = {key: float(other.vector @ page.vector) for key, other in among.items()}
    return sorted(likeness, key=lambda key: (-likeness[key], key))[:_NEAR]


def _kin_of(group: PageGroup, groups: Sequence[PageGroup]) -> list[PageGroup]:
    """Return the first group of the same family, and the group itself."""
    return [*[each for each in groups if each.family == group.family][:1], group]


def _tell_divided(
    found: Sequence[Sequence[PageGroup]], pages: Mapping[str, PoolPage], kin: Told
) -> None:
    """Tell what ties the editions of which each lot of like pages consisted."""
    for first, *others in (groups for groups in found if groups):
        for each in others:
            sides = pages[first.reference].features(), pages[each.reference].features()
            kin(first.reference, each.reference, divided(*sides, (first.differs, each.differs)))


def _with_latecomers(
    groups: Sequence[PageGroup],
    pages: Mapping[str, PoolPage],
    rules: GroupingRules | None,
    known: int = 0,
) -> list[PageGroup]:
    """Add the pages that agree with no single copy, but with what a group's copies share.

    The first `known` groups had their latecomers before.
    """
    held = {key for group in groups for key in group.keys}
    rules = rules or GroupingRules()
    left = [
        key for key in pages if key not in held and has_print(pages[key].features(), rules)
    ]  # fmt: skip
    copies = [CopyGroup(g.reference, g.members) for g in groups]
    found = find_latecomers(copies, pages, left, known)
    return [_with(group, [*group.members, *new]) for group, new in zip(groups, found, strict=True)]


def _editions_of(
    copies: CopyGroup, family: str, pages: Mapping[str, PoolPage], rules: EditionRules | None
) -> list[PageGroup]:
    """Split like pages into editions, each on a reference of its own."""
    keys = [member.key for member in copies.members]
    stack = LaidPrints(
        [pages[key].ink for key in keys],
        [member.transform for member in copies.members],
        keys.index(copies.reference),
    )
    editions = split_editions(stack, rules)
    return [
        _as_group(copies, family, edition, pages) for edition in editions if len(edition.copies) > 1
    ]


def _as_group(
    copies: CopyGroup, family: str, edition: Edition, pages: Mapping[str, PoolPage]
) -> PageGroup:
    members = [copies.members[copy] for copy in edition.copies]
    best = max(members, key=lambda m: (m.key == copies.reference, m.agreement, m.key))
    if best.key == copies.reference:
        return PageGroup(best.key, tuple(members), family, edition.differs)
    reference = pages[best.key].features()
    to_best = best.transform.inverse()
    moved = tuple(
        _moved(member, pages[member.key].features(), best, reference) for member in members
    )
    differs = tuple(to_best.box(box).grown(0, 0) for box in edition.differs)
    return PageGroup(best.key, moved, family, differs)


def _moved(member: Member, page: PageFeatures, best: Member, reference: PageFeatures) -> Member:
    """Lay a member onto the new reference, by way of the old one."""
    if member.key == best.key:
        return replace(member, transform=best.transform.inverse().after(best.transform))
    guess = best.transform.inverse().after(member.transform)
    transform = realign(page, reference, guess) or guess
    score = compare_print(page, reference, transform, pair=True).score
    return Member(member.key, transform, score)
