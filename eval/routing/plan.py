"""Divide a corpus for routing: what is onboarded, what is withheld, what is scored."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from eval.corpus import CorpusPage, by_document, by_kin, by_whole_form

Copy = tuple[CorpusPage, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of the filled copies of a corpus, each with its pages in order.

    Those `onboarded`, by edition, are never scored; forms in `withheld` are unknown: it has kin
    ids, and no edition of such a form is onboarded. `alike` maps each edition to the one of the
    same print under whose name it is onboarded. `unseen` are copies of editions that are not
    onboarded, while other editions of their form are.
    """

    onboarded: Mapping[str, tuple[Copy, ...]]
    documents: tuple[Copy, ...]
    withheld: frozenset[str]
    alike: Mapping[str, str]
    unseen: tuple[Copy, ...] = ()

    @property
    def exemplars(self) -> dict[str, tuple[CorpusPage, ...]]:
        """Return the pages that are onboarded, by layout."""
        found: defaultdict[str, list[CorpusPage]] = defaultdict(list)
        for copies in self.onboarded.values():
            for page in (page for copy in copies for page in copy):
                found[page.layout_id].append(page)
        return {layout_id: tuple(found[layout_id]) for layout_id in sorted(found)}

    @property
    def scored(self) -> tuple[CorpusPage, ...]:
        """Return the pages that are scored, document by document."""
        return tuple(page for document in self.documents for page in document)


def plan_routing(
    pages: Sequence[CorpusPage],
    *,
    copies: int,
    unknown_share: float,
    seed: int,
    unseen_share: float = 0.0,
) -> Plan:
    """Withhold a share of the kin families; of the others, onboard `copies` of each edition.

    Families whose pages are filled together are withheld together. An edition with too few copies
    gives all but one; the only copy of an edition is onboarded, as one more template that the
    others may be mistaken for. A share of the editions that have siblings is not onboarded.
    """
    rng = Random(seed)
    withheld = _withheld(pages, unknown_share, rng)
    documents = by_document(pages)
    known = [copy for copy in documents if copy[0].kin_id not in withheld]
    onboarded: dict[str, tuple[Copy, ...]] = {}
    groups = _by_print(known)
    for alike in groups:
        drawn = rng.sample(alike, len(alike))
        onboarded[alike[0][0].form] = tuple(drawn[: min(copies, max(1, len(alike) - 1))])
    unseen = _unseen(groups, unseen_share, Random(f"{seed} unseen"))
    for alike in unseen:
        del onboarded[alike[0][0].form]
    taken = {copy[0].document for chosen in onboarded.values() for copy in chosen}
    strange = tuple(copy for alike in unseen for copy in alike)
    taken |= {copy[0].document for copy in strange}
    scored = tuple(copy for copy in documents if copy[0].document not in taken)
    names = {copy[0].form: alike[0][0].form for alike in groups for copy in alike}
    return Plan(onboarded, scored, withheld, names, strange)


def _by_print(copies: Sequence[Copy]) -> list[list[Copy]]:
    """Return the copies of each edition, those of editions with the same print together."""
    layouts: defaultdict[str, set[str]] = defaultdict(set)
    for page in (page for copy in copies for page in copy):
        layouts[page.form].add(page.layout_id)
    alike: defaultdict[tuple[str, ...], list[Copy]] = defaultdict(list)
    for copy in copies:
        alike[tuple(sorted(layouts[copy[0].form]))].append(copy)
    return [alike[layout_ids] for layout_ids in sorted(alike)]


def _unseen(groups: Sequence[list[Copy]], share: float, rng: Random) -> list[list[Copy]]:
    """Draw a share of the editions that have siblings, one of a form at most."""
    kin = [frozenset(page.kin_id for page in alike[0]) for alike in groups]
    count = Counter(kin_id for kin_ids in kin for kin_id in kin_ids)
    open_ = [i for i, kin_ids in enumerate(kin) if all(count[kin_id] > 1 for kin_id in kin_ids)]
    wanted, chosen, used = round(share * len(open_)), list[list[Copy]](), set[str]()
    for i in rng.sample(open_, len(open_)):
        if len(chosen) < wanted and used.isdisjoint(kin[i]):
            chosen.append(groups[i])
            used |= kin[i]
    return chosen


def _withheld(pages: Sequence[CorpusPage], share: float, rng: Random) -> frozenset[str]:
    """Draw whole forms up to the share of the kin families: one at least, and never all."""
    if share <= 0:
        return frozenset()
    forms = [frozenset(page.kin_id for page in form) for form in by_whole_form(pages)]
    drawn = rng.sample(forms, len(forms))
    wanted = max(1, round(share * len(by_kin(pages))))
    chosen: frozenset[str] = frozenset()
    for form in drawn[:-1]:
        if len(chosen) + len(form) <= wanted:
            chosen |= form
    return chosen or (min(drawn, key=len) if len(drawn) > 1 else frozenset())
