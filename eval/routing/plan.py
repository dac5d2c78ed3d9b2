"""Divide a corpus for routing: what is onboarded, what is withheld, what is scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from eval.corpus import CorpusPage, by_kin, by_layout


@dataclass(frozen=True, slots=True)
class Plan:
    """`exemplars` by layout are onboarded and never scored; forms in `withheld` are unknown.

    `withheld` has kin ids: no edition of such a form is onboarded.
    """

    exemplars: Mapping[str, tuple[CorpusPage, ...]]
    scored: tuple[CorpusPage, ...]
    withheld: frozenset[str]


def plan_routing(
    pages: Sequence[CorpusPage], *, copies: int, unknown_share: float, seed: int
) -> Plan:
    """Withhold a share of the kin families; of the others, onboard `copies` of each layout.

    A layout with too few copies gives all but one; the only copy of a layout is onboarded, as
    one more template that the others may be mistaken for.
    """
    rng = Random(seed)
    withheld = _withheld(sorted(by_kin(pages)), unknown_share, rng)
    known = [page for page in pages if page.kin_id not in withheld]
    exemplars: dict[str, tuple[CorpusPage, ...]] = {}
    for layout_id, alike in sorted(by_layout(known).items()):
        drawn = rng.sample(alike, len(alike))
        exemplars[layout_id] = tuple(drawn[: min(copies, max(1, len(alike) - 1))])
    onboarded = {page.file for chosen in exemplars.values() for page in chosen}
    scored = tuple(page for page in pages if page.file not in onboarded)
    return Plan(exemplars, scored, withheld)


def _withheld(families: Sequence[str], share: float, rng: Random) -> frozenset[str]:
    """Draw at least one family when any share is wanted, and never all."""
    wanted = round(share * len(families)) if share > 0 else 0
    least = 1 if share > 0 else 0
    return frozenset(rng.sample(families, min(max(wanted, least), len(families) - 1)))
