"""Tell from vectors alone whether a page looks like one form, and like no other.

A fax that lost its thin rules, or a form that is all stripes, lies on nothing though it is known.
That print could not be laid says little then; that the nearest form leads far before the next says
much. A page of an unknown form looks a little like many.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chohyo.domain.matches import Candidate

_FEWEST_OTHERS = 4  # families: among few, a stranger is nearest to one of them by far, by chance


def lead(candidates: Sequence[Candidate]) -> float:
    """Return how far the nearest family leads before the next one, in 0..1.

    It is the share of the way from the next one's similarity to identity, and so means the same in
    spaces in which all pages look alike. 0 where there are too few families to tell.
    """
    nearest: dict[UUID, float] = {}
    for candidate in candidates:
        known = nearest.get(candidate.family_id, -1.0)
        nearest[candidate.family_id] = max(known, candidate.similarity)
    if len(nearest) <= _FEWEST_OTHERS:
        return 0.0
    first, second, *_ = sorted(nearest.values(), reverse=True)
    return max(0.0, (first - second) / max(1.0 - second, 1e-6))
