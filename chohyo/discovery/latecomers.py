"""Find the groups of pages that no single copy took in, and of those that were taken in wrongly.

Copies are gathered around one of them, and clear ones define editions. Where a rough copy is given
to an edition, or lies among others by the frame and the rows that two forms share, it is looked at
again: by the print that the clear copies of each group have in common.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from chohyo.discovery.copies import CopyGroup, Member, PoolPage
from chohyo.discovery.cores import on_cores
from chohyo.discovery.homes import Home, Homes

_SURE = 0.5  # that it is that very edition
_TOLD = 0.15  # advantage over the next edition
_IMPROBABLE = 0.02
# Log odds of the form on the common print: of 74 copies (en, orca) one has less.
_UNLIKELY = 4.5
_LESS = 0.03  # of agreement, than half of a group's members have
_RIVALS = 2  # of a member's group: the most similar ones
_ENOUGH = 3  # copies whose common print can refute: what two share may be an entry


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of members looked at again: by group who stays and who came, and who is free."""

    members: list[list[Member]]
    released: dict[str, int]


def find_latecomers(
    groups: Sequence[CopyGroup], pages: Mapping[str, PoolPage], left: Sequence[str], known: int = 0
) -> list[list[Member]]:
    """Return for each group those of the pages `left` over that are copies of it after all.

    The same for any order: groups are judged by the pages they have. Pages that are near none but
    the first `known` groups are not asked: they were before.
    """
    found: list[list[Member]] = [[] for _ in groups]
    if not groups:
        return found
    homes = Homes(groups, pages)
    # Pages near one group follow each other, so that its print is kept until they are judged.
    near = {key: close for key in left if max(close := homes.near(key), default=-1) >= known}
    ordered = sorted(near, key=lambda key: (near[key][:1], key))
    for best in on_cores(lambda key: next(iter(homes.among(key, near[key])), None), ordered):
        if best is not None and _is_sure(best):
            found[best.group].append(best.member)
    return found


def settle_members(groups: Sequence[CopyGroup], pages: Mapping[str, PoolPage]) -> Settled:
    """Move doubtful members to the group whose print they show; release those that show none's.

    The same for any order: all are judged by the members that are not in doubt. A member is
    released with the position of the group it was in.
    """
    doubtful = [_doubtful(group) for group in groups]
    kept = [
        CopyGroup(group.reference, tuple(m for m in group.members if m.key not in keys))
        for group, keys in zip(groups, doubtful, strict=True)
    ]
    settled = Settled([list(group.members) for group in kept], {})
    asked = [(own, m) for own, g in enumerate(groups) for m in g.members if m.key in doubtful[own]]
    if not asked:
        return settled
    homes = Homes(kept, pages)
    found = on_cores(lambda each: _home_of(each[1].key, each[0], homes), asked)
    for (own, member), home in zip(asked, found, strict=True):
        if home is not None and home.group != own:
            settled.members[home.group].append(home.member)
        elif home is None and len(kept[own].members) >= _ENOUGH:
            settled.released[member.key] = own
        else:
            settled.members[own].append(member)
    return settled


def _home_of(key: str, own: int, homes: Homes) -> Home | None:
    """Return where a member of a group belongs: its own group, unless that is improbable."""
    others = [group for group in homes.near(key) if group != own]
    found = homes.among(key, [own, *others[:_RIVALS]])
    if found and found[0].group != own and _is_sure(found[0]):
        return found[0]
    mine = next((home for home in found if home.group == own), None)
    if mine is None or (mine.probability < _IMPROBABLE and mine.log_odds < _UNLIKELY):
        return None
    return mine


def _is_sure(home: Home) -> bool:
    told = home.advantage is None or home.advantage >= _TOLD
    return home.probability >= _SURE and told


def _doubtful(group: CopyGroup) -> set[str]:
    """Return the members that agree less with the reference than others do."""
    others = [member for member in group.members if member.key != group.reference]
    if len(others) < 2:
        return set()
    usual = float(np.median([member.agreement for member in others]))
    return {member.key for member in others if member.agreement < usual - _LESS}
