"""Say which group a page belongs to, by the print that the copies of each have in common.

A fax agrees badly with any single filled copy. The print that several copies share has neither
their entries nor their noise: there a fax shows which form it is, and lies to a fraction of a pixel
where a page of another form is displaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.copies import CopyGroup, Member, PoolPage
from chohyo.domain.matches import Candidate
from chohyo.matching.edition import Distinction, tell_apart
from chohyo.matching.edition_judge import EditionJudge
from chohyo.matching.features import PageFeatures, extract_features
from chohyo.matching.fine_alignment import halved
from chohyo.matching.likeness import Likeness
from chohyo.matching.print_comparison import compare_print
from chohyo.matching.print_model import Outline, PrintModel, frame_of, learn_print
from chohyo.matching.refinement import warp
from chohyo.matching.registration import as_matrix, register

_TRIED = 3  # groups, the most similar ones
_COPIES = 5  # of which a group's common print is made
_MIN_COSINE = 0.25
_LIKELY = 0.0  # log odds
_KEPT = 24  # groups whose print is kept, 9 MB each


@dataclass(frozen=True, slots=True)
class Home:
    """A page as a member of the group at this position, with the probability that it is a copy.

    `log_odds` are those that it is the form at all, in whatever edition. `advantage` over the next
    edition is about 1 where the page shows the print of this one, None where no other was to be
    told from it; it is that of the best home alone.
    """

    group: int
    member: Member
    probability: float
    log_odds: float
    advantage: float | None = None


@dataclass(frozen=True, slots=True)
class _Lying:
    """How a page lies on the common print of the group at this position, and how it agrees."""

    group: int
    member: Member
    log_odds: float


class Homes:
    """Groups to which pages may belong, known by their positions."""

    def __init__(self, groups: Sequence[CopyGroup], pages: Mapping[str, PoolPage]) -> None:
        self._pages = pages
        self._blanks = _Blanks(groups, pages)
        self._middles = np.stack([_middle(group, pages) for group in groups])

    def near(self, key: str) -> list[int]:
        """Return the few groups that are most similar to a page, the most similar first."""
        likeness = self._middles @ self._pages[key].vector
        nearest = np.lexsort((np.arange(len(likeness)), -likeness))[:_TRIED]
        return [int(group) for group in nearest if likeness[group] > _MIN_COSINE]

    def among(self, key: str, groups: Iterable[int]) -> list[Home]:
        """Return those of some groups on whose print a page lies, the most probable first."""
        page = self._pages[key]
        laid = {g: found for g in groups if (found := _laid(page, g, self._blanks)) is not None}
        if not laid:
            return []
        by_agreement = sorted(laid.values(), key=lambda each: (-each.log_odds, each.group))
        judge = EditionJudge(page.ink, self._blanks)
        judged = judge.judge([_candidate(each) for each in by_agreement])
        ranked = sorted(judged, key=lambda each: -(each.probability or 0.0))
        return [_home(laid[each.template_page_id.int], each) for each in ranked]


class _Blanks:
    """The common print of groups, worked out when it is asked for; knows them by position."""

    def __init__(self, groups: Sequence[CopyGroup], pages: Mapping[str, PoolPage]) -> None:
        self._groups = groups
        self._pages = pages
        self.features = lru_cache(_KEPT)(self._features)
        self._model = lru_cache(_KEPT)(self._learned)

    def model(self, template_page_id: UUID) -> PrintModel:
        """Return the print that a group's copies share."""
        return self._model(template_page_id.int)

    def outline(self, template_page_id: UUID) -> Outline:
        """Return the print at half the size of the frame."""
        model = self.model(template_page_id)
        return Outline(halved(model.middle), model.shape)

    def distinction(self, one: UUID, other: UUID) -> Distinction | None:
        """Return where two groups differ, in the first's frame."""
        laid = register(self.features(other.int), self.features(one.int))
        return tell_apart(self.model(one), self.model(other), laid.transform) if laid else None

    def _features(self, group: int) -> PageFeatures:
        return extract_features(_common_print(self._groups[group], self._pages))

    def _learned(self, group: int) -> PrintModel:
        reference = self._pages[self._groups[group].reference].features()
        copies = [
            (self._pages[member.key].ink(), member.transform)
            for member in _some(self._groups[group])
        ]
        return learn_print(copies, reference.ink, frame_of(reference.width, reference.height))


def _laid(page: PoolPage, group: int, blanks: _Blanks) -> _Lying | None:
    mine, blank = page.features(), blanks.features(group)
    laid = register(mine, blank)
    if laid is None:
        return None
    score = compare_print(mine, blank, laid.transform, pair=True).score
    log_odds = Likeness().log_odds(score, laid)
    if log_odds < _LIKELY:
        return None
    return _Lying(group, Member(page.key, laid.transform, score), log_odds)


def _home(lying: _Lying, judged: Candidate) -> Home:
    advantage = judged.signs.advantage if judged.signs else None
    return Home(lying.group, lying.member, judged.probability or 0.0, lying.log_odds, advantage)


def _candidate(lying: _Lying) -> Candidate:
    name = UUID(int=lying.group)
    return Candidate(
        name, name, name, 1.0, score=lying.member.agreement, agreement=lying.member.agreement,
        probability=1 / (1 + float(np.exp(-lying.log_odds))), transform=lying.member.transform,
    )  # fmt: skip


def _common_print(group: CopyGroup, pages: Mapping[str, PoolPage]) -> NDArray[np.uint8]:
    """Return the median of a group's copies as a grey page in the frame of its reference."""
    onto = pages[group.reference].features()
    laid = []
    for member in _some(group):
        page = pages[member.key].features()
        laid.append(warp(page.ink, as_matrix(member.transform, page, onto), onto.ink.shape))
    middle = np.sort(np.stack(laid), axis=0)[(len(laid) - 1) // 2]
    return np.asarray(np.subtract(255, middle, dtype=np.uint8), np.uint8)


def _some(group: CopyGroup) -> list[Member]:
    """Return the members that agree best with the reference, which is one of them."""
    return sorted(group.members, key=lambda m: (-m.agreement, m.key))[:_COPIES]


def _middle(group: CopyGroup, pages: Mapping[str, PoolPage]) -> NDArray[np.float32]:
    vectors = np.stack([pages[member.key].vector for member in group.members])
    return np.asarray(vectors.mean(axis=0), np.float32)
