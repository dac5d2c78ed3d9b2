"""Link groups that are editions of one form though their print is not the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from chohyo.discovery.copies import CopyGroup, PoolPage
from chohyo.discovery.cores import on_cores
from chohyo.discovery.heads import Head, Relation, relation
from chohyo.discovery.kin_evidence import kinship_of
from chohyo.discovery.moved_words import shared_words
from chohyo.domain.kinship import Kinship, Tie
from chohyo.matching.print_comparison import compare_print
from chohyo.matching.registration import register

# Among the nearest pairs of references of 84 groups, editions of one form that could be laid on
# each other agree by 0.72 to 0.97 with 50 to 82 % of the print in place; other forms that share a
# frame agree by up to 0.80, but with 26 to 48 % in place.
_AGREEMENT = 0.65
_SUPPORT = 0.49
# An edition that was set anew keeps its title, and words wherever they moved. Of 275 pairs of
# editions (en, ja, orca, one scan each) 71 % share so many words, of 763 pairs of other forms that
# look most alike 18: pages of one form, which their numbers tell apart, and forms of one office.
_SHARED_WORDS = 0.35
# Of 23 pairs of groups (en, ja, orca, own) that print does not tie and that have one title, 16 are
# editions of a form: 9 of them, all of long titles, share 0.11 to 0.29; the 7 others 0.03 at most.
_FEW_WORDS = 0.10
_TRIED = 6
_MIN_TOGETHER = 2  # documents

# Hears of a link: the keys of the two pages that were looked at, and what ties them.
Told = Callable[[str, str, Kinship], None]


def families(
    groups: Sequence[CopyGroup],
    pages: Mapping[str, PoolPage],
    head: Callable[[str], Head] | None = None,
    told: Told | None = None,
) -> list[str]:
    """Return for each group the name of its family: the first key among the groups in it.

    Each group's reference is laid on the few that are most like it, so that the work grows with the
    groups. `head` reads the title and the page number of a reference, asked for once each and only
    for pairs that may be kin; without it print alone decides. `told` hears of each link: the two
    references' keys, and what ties them.
    """
    order = sorted(range(len(groups)), key=lambda i: groups[i].members[0].key)
    family = {i: [i] for i in order}
    references = [pages[group.reference] for group in groups]
    vectors = np.array([page.vector for page in references], np.float32)
    documents = [_documents(group, pages) for group in groups]
    heads = _Heads([group.reference for group in groups], head)
    for i in order:
        likeness = (vectors @ vectors[i]).tolist()
        nearest = sorted((j for j in order if j != i), key=lambda j: (-likeness[j], j))[:_TRIED]
        apart = [j for j in nearest if family[i] is not family[j]]
        tie_to = partial(_tie, references[i], anew=head is not None)
        ties = on_cores(tie_to, [references[j] for j in apart])
        for j, tie in zip(apart, ties, strict=True):
            if tie is None or family[i] is family[j] or not heads.allow(i, j, tie):
                continue
            if any(
                _side_by_side(documents[a], documents[b]) or heads.at_odds(a, b)
                for a in family[i]
                for b in family[j]
            ):
                continue
            joined = family[i] + family[j]
            family.update(dict.fromkeys(joined, joined))
            if told is not None:
                sides = references[i].features(), references[j].features()
                found = kinship_of(*sides, *tie, (heads.known(i), heads.known(j)))
                told(groups[i].reference, groups[j].reference, found)
    return [min(groups[j].members[0].key for j in family[i]) for i in range(len(groups))]


@dataclass(slots=True)
class _Heads:
    """The heads of groups' references, each read once."""

    references: Sequence[str]
    read: Callable[[str], Head] | None
    _known: dict[int, Head] = field(default_factory=dict)

    def allow(self, one: int, other: int, tie: tuple[Tie, float]) -> bool:
        """Say whether two groups with a tie may be editions of one form, by what they say.

        Print in place makes them so unless they are two pages of it; words that moved only under
        one title, and few of them only under a long one.
        """
        kind, amount = tie
        if self.read is None:
            return kind is Tie.PRINT
        heads = self._of(one), self._of(other)
        found = relation(*heads)
        if kind is Tie.PRINT or found is not Relation.SAME:
            return kind is Tie.PRINT and found is not Relation.OTHER
        return amount >= _SHARED_WORDS or all(head.is_telling for head in heads)

    def at_odds(self, one: int, other: int) -> bool:
        """Say whether the heads of two groups, as far as they were read, are of two pages."""
        heads = [self._known[group] for group in (one, other) if group in self._known]
        return len(heads) == 2 and relation(*heads) is Relation.OTHER

    def known(self, group: int) -> Head | None:
        """Return the head of a group, None when nobody had to read it."""
        return self._known.get(group)

    def _of(self, group: int) -> Head:
        if group not in self._known:
            assert self.read is not None
            self._known[group] = self.read(self.references[group])
        return self._known[group]


def _documents(group: CopyGroup, pages: Mapping[str, PoolPage]) -> set[str]:
    """Return the documents that hold one page of a group; a scan batch holds several."""
    held = Counter(pages[member.key].document for member in group.members)
    return {document for document, times in held.items() if times == 1 and document}


def _side_by_side(one: AbstractSet[str], other: AbstractSet[str]) -> bool:
    """Say whether most documents of a group hold a page of the other: no editions of one page."""
    together = len(one & other)
    return together >= _MIN_TOGETHER and 2 * together > min(len(one), len(other))


def _tie(one: PoolPage, other: PoolPage, *, anew: bool) -> tuple[Tie, float] | None:
    """Return what ties two references, and how much of it; words that moved where that is asked."""
    page, reference = one.features(), other.features()
    laid = register(page, reference)
    if laid is not None and laid.support >= _SUPPORT:
        score = compare_print(page, reference, laid.transform, pair=True).score
        if score >= _AGREEMENT:
            return Tie.PRINT, score
    shared = shared_words(page, reference) if anew else 0.0
    return (Tie.WORDS, shared) if shared >= _FEW_WORDS else None
