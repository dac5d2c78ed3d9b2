"""Link groups that are editions of one form though their print is not the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from itertools import compress

import numpy as np

from chohyo.discovery.copies import CopyGroup, PoolPage
from chohyo.discovery.cores import on_cores
from chohyo.matching.print_comparison import compare_print
from chohyo.matching.registration import register

# Among the nearest pairs of references of 84 groups, editions of one form that could be laid on
# each other agree by 0.72 to 0.97 with 50 to 82 % of the print in place; other forms that share a
# frame agree by up to 0.80, but with 26 to 48 % in place.
_AGREEMENT = 0.65
_SUPPORT = 0.49
_TRIED = 6
_MIN_TOGETHER = 2  # documents


def families(groups: Sequence[CopyGroup], pages: Mapping[str, PoolPage]) -> list[str]:
    """Return for each group the name of its family: the first key among the groups in it.

    Each group's reference is laid on the few that are most like it, so that the work grows with the
    groups.
    """
    order = sorted(range(len(groups)), key=lambda i: groups[i].members[0].key)
    family = {i: [i] for i in order}
    references = [pages[group.reference] for group in groups]
    vectors = np.array([page.vector for page in references], np.float32)
    documents = [_documents(group, pages) for group in groups]
    for i in order:
        likeness = (vectors @ vectors[i]).tolist()
        nearest = sorted((j for j in order if j != i), key=lambda j: (-likeness[j], j))[:_TRIED]
        apart = [j for j in nearest if family[i] is not family[j]]
        kin = on_cores(partial(_are_kin, references[i]), [references[j] for j in apart])
        for j in compress(apart, kin):
            if family[i] is family[j] or any(
                _side_by_side(documents[a], documents[b]) for a in family[i] for b in family[j]
            ):
                continue
            joined = family[i] + family[j]
            family.update(dict.fromkeys(joined, joined))
    return [min(groups[j].members[0].key for j in family[i]) for i in range(len(groups))]


def _documents(group: CopyGroup, pages: Mapping[str, PoolPage]) -> set[str]:
    """Return the documents that hold one page of a group; a scan batch holds several."""
    held = Counter(pages[member.key].document for member in group.members)
    return {document for document, times in held.items() if times == 1 and document}


def _side_by_side(one: AbstractSet[str], other: AbstractSet[str]) -> bool:
    """Say whether most documents of a group hold a page of the other: no editions of one page."""
    together = len(one & other)
    return together >= _MIN_TOGETHER and 2 * together > min(len(one), len(other))


def _are_kin(one: PoolPage, other: PoolPage) -> bool:
    page, reference = one.features(), other.features()
    laid = register(page, reference)
    if laid is None or laid.support < _SUPPORT:
        return False
    return compare_print(page, reference, laid.transform, pair=True).score >= _AGREEMENT
