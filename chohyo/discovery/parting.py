"""Part the copies of a group whose print plainly differs, however few they are.

Cells divide editions that differ in a year, when four copies are clear (`editions`). A single copy
of another form that lies among others by their frame and rows is no matter of statistics: two
copies that are alike say what is print, and where the third has other print instead, in many
places, it is no copy of them. A fax loses print and bends it everywhere; that is excused by the
page's own noise, as in routing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from chohyo.discovery.common_print import COPIES, best_copies, common_features, common_model
from chohyo.discovery.copies import CopyGroup, Member, PoolPage
from chohyo.domain.geometry import Box, Transform
from chohyo.matching.calibration import Calibration
from chohyo.matching.evidence import Contradictions, contradictions, seen_print
from chohyo.matching.features import PageFeatures
from chohyo.matching.fine_alignment import halved, lay_finely
from chohyo.matching.likeness import Likeness
from chohyo.matching.print_comparison import compare_print
from chohyo.matching.print_model import Outline, PrintModel, strokes
from chohyo.matching.print_windows import other_print, told_windows
from chohyo.matching.registration import register

_ENOUGH = 3  # exemplars; what two share may be an entry
_PARTNERS = 6  # of a member, by likeness of vectors, to find the one it is most like
# Of 202 pages judged by three or four copies of one form or by two (en, orca), copies have 1.0 of
# displaced print at most and log odds of -4, other forms that lie well 2.8 and more, and -6.5 at
# most. Two copies that share entries have copies at 11 and -11.
_DISPLACED = 2.0
_LOG_ODDS = -6.0
_FAINT, _OF_FAINT = 20, 0.2  # places that a fax shows badly, of which it bends so many
# Log odds of the form on the common print: of these 74 copies one has less. Entries that some
# copies share, in a font that others have not, displace print as well, but the page lies well.
_UNLIKELY = 4.5
_LIKELY = 5.0  # the same on the reference: a group of such members is not looked at
_OTHER = 0.2  # of a window's print that is gone, and as much that is new …
_FEW_WINDOWS = 0.006  # … in so many of them, before a page is looked at closely


def find_strangers(group: CopyGroup, pages: Mapping[str, PoolPage]) -> dict[str, tuple[Box, ...]]:
    """Return the keys of members that are no copies of the others, and where they differ.

    The places lie on the group's reference. Of two members nothing is said.
    """
    if len(group.members) < _ENOUGH:
        return {}
    sheaf = _Sheaf(group, pages)
    others = {} if sheaf.is_alike() else sheaf.others()
    return {group.members[member].key: boxes for member, boxes in others.items()}


@dataclass(slots=True)
class _Sheaf:
    """Copies in the frame of their group's reference."""

    group: CopyGroup
    pages: Mapping[str, PoolPage]
    calibration: Calibration = field(default_factory=Calibration)
    odds: list[float] = field(init=False)

    def __post_init__(self) -> None:
        """Say of each member how likely it is the form of the reference, in log odds."""
        reference = self.pages[self.group.reference].features()
        self.odds = [
            self._laid(n, reference)[1] if member.key != self.group.reference else inf
            for n, member in enumerate(self.group.members)
        ]

    def is_alike(self) -> bool:
        """Say whether all members lie as copies do, on the reference or on what most show."""
        if min(self.odds) > _LIKELY:
            return True
        others = [m for m in self.group.members if m.key != self.group.reference]
        blank = common_features(best_copies(others, _ENOUGH), self.group.reference, self.pages)
        # The reference may be the only stranger.
        doubtful = [n for n, odds in enumerate(self.odds) if odds <= _LIKELY or odds == inf]
        return all(self._laid(member, blank)[1] > _UNLIKELY for member in doubtful)

    def others(self) -> dict[int, tuple[Box, ...]]:
        """Return the members that show other print than the rest, and where."""
        members = list(range(len(self.group.members)))
        found: dict[int, tuple[Box, ...]] = {}
        while more := self._seen_among(members):
            found |= more
            members = [member for member in members if member not in more]
        return found

    def _seen_among(self, members: Sequence[int]) -> dict[int, tuple[Box, ...]]:
        """Return the members that show other print than two that are alike, and where."""
        if len(members) < _ENOUGH:
            return {}
        for pole in self._poles(members):
            suspects = sorted(self._contradicting(pole, [m for m in members if m not in pole]))
            kept = [member for member in members if member not in suspects]
            seen = self._seen_from(kept, suspects)
            # What two share may be an entry: then the others must say the same.
            if seen and (len(kept) >= _ENOUGH or len(self._seen_from(sorted(seen), kept)) > 1):
                return {
                    member: tuple(region.box for region in each.regions)
                    for member, each in seen.items()
                }
        return {}

    def _seen_from(
        self, members: Sequence[int], others: Sequence[int]
    ) -> dict[int, Contradictions]:
        """Return which others plainly show other print than members, laid on the best of them.

        On the print of others members lie anyhow.
        """
        if len(members) < 2 or not others:
            return {}
        best = sorted(members, key=self._rank)[:COPIES]
        onto = self._page(best[0]).features()
        laid = tuple(
            Member(self.group.members[member].key, self._laid(member, onto)[0], 1.0)
            for member in (*best, *others)
        )
        around = _Sheaf(CopyGroup(laid[0].key, laid), self.pages)
        found = around._contradicting(range(len(best)), range(len(best), len(laid)))
        return {others[number - len(best)]: seen for number, seen in found.items()}

    def _poles(self, members: Sequence[int]) -> list[tuple[int, int]]:
        """Return two pairs of members that are alike: the best, and the one it is least like."""
        first = min(members, key=self._rank)
        last = min(members, key=lambda member: (self.odds[member], member))
        poles = [(member, self._partner(member, members)) for member in (first, last)]
        return poles if sorted(poles[0]) != sorted(poles[1]) else poles[:1]

    def _rank(self, member: int) -> tuple[bool, float, str]:
        """Order members by how well they agree with the reference, which comes first."""
        each = self.group.members[member]
        return each.key != self.group.reference, -each.agreement, each.key

    def _partner(self, member: int, members: Sequence[int]) -> int:
        """Return the member that another one is most like."""
        vector = self._page(member).vector
        others = [other for other in members if other != member]
        likeness = {other: float(self._page(other).vector @ vector) for other in others}
        near = sorted(others, key=lambda other: (-likeness[other], other))[:_PARTNERS]
        return max(near, key=lambda other: (self._agreement(member, other), -other))

    def _agreement(self, one: int, other: int) -> float:
        first, second = self.group.members[one], self.group.members[other]
        transform = second.transform.inverse().after(first.transform)
        mine, theirs = self._page(one).features(), self._page(other).features()
        return compare_print(mine, theirs, transform, pair=True).score

    def _contradicting(
        self, exemplars: Sequence[int], members: Sequence[int]
    ) -> dict[int, Contradictions]:
        """Return which members plainly show other print than some exemplars have in common."""
        copies = [self.group.members[exemplar] for exemplar in exemplars]
        model = common_model(copies, self.group.reference, self.pages)
        outline = Outline(halved(model.middle), model.shape)
        blank: PageFeatures | None = None
        found: dict[int, Contradictions] = {}
        for member in members:
            transform = self.group.members[member].transform
            seen = self._contradictions(member, transform, model, outline)
            if seen is None or not self._is_other(seen):
                continue
            blank = blank or common_features(copies, self.group.reference, self.pages)
            laid, odds = self._laid(member, blank)
            if odds > _UNLIKELY:
                continue
            # A copy that lies badly on the reference shows its print elsewhere.
            again = self._contradictions(member, laid, model, outline)
            if again is not None and self._is_other(again):
                found[member] = again
        return found

    def _laid(self, member: int, onto: PageFeatures) -> tuple[Transform, float]:
        """Lay a member on a page, and return how likely they are one form, in log odds."""
        page = self._page(member).features()
        laid = register(page, onto)
        if laid is None:
            return self.group.members[member].transform, -inf
        agreement = compare_print(page, onto, laid.transform, pair=True).score
        return laid.transform, Likeness().log_odds(agreement, laid)

    def _contradictions(
        self, member: int, transform: Transform, model: PrintModel, outline: Outline
    ) -> Contradictions | None:
        laid = lay_finely(self._page(member).ink(), transform, outline.half, outline.shape)
        seen = seen_print(strokes(laid), model, transform)
        told, amount = told_windows(model)
        if not told.any():
            return None
        other = other_print(seen, model, amount)[told] > _OTHER
        return contradictions(seen, model) if other.mean() >= _FEW_WINDOWS else None

    def _is_other(self, seen: Contradictions) -> bool:
        bent = _OF_FAINT * (seen.faint - _FAINT)
        odds = self.calibration.edition_logit(seen.lacking, seen.displaced, seen.noise, seen.faint)
        return seen.displaced >= max(_DISPLACED, bent) and odds <= _LOG_ODDS

    def _page(self, member: int) -> PoolPage:
        return self.pages[self.group.members[member].key]
