"""Gather the pages of a pool that look like copies of one form.

Vectors say which pages to try, registration and print say whether they are the same. A group is a
star: every member agrees with the group's reference itself, so that no chain of half-agreements can
join two forms, and the work grows with the pages, not with their pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log

import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.cores import batched, on_cores, usable_cores
from chohyo.discovery.moved_words import words_in_place
from chohyo.discovery.print_cells import ruled_share, unlikeness
from chohyo.domain.geometry import Transform
from chohyo.matching.features import PageFeatures
from chohyo.matching.junctions import Frame, Points, junctions, lay_frame
from chohyo.matching.likeness import Likeness
from chohyo.matching.print_comparison import compare_print
from chohyo.matching.refinement import warp
from chohyo.matching.registration import Registration, as_matrix, register
from chohyo.matching.surroundings import MOST_BESIDE, print_beside

_DENSITY_NEIGHBOURS = 5
_CERTAIN = log(99)  # odds
_LESS = 0.05  # of agreement, than half of a star's pages have


@dataclass(frozen=True, slots=True)
class PoolPage:
    """A page of the pool. `key` depends on its content alone; the rest may be loaded late.

    `print_` is the page's ink fine enough to tell editions by (see `print_stack.fine_ink`); without
    it the ink of the features is taken. `document` names the file that the page came in.
    """

    key: str
    vector: NDArray[np.float32]
    features: Callable[[], PageFeatures]
    print_: Callable[[], NDArray[np.uint8]] | None = None
    document: str = ""

    def ink(self) -> NDArray[np.uint8]:
        """Return the finest ink there is."""
        return self.print_() if self.print_ else self.features().ink


@dataclass(frozen=True, slots=True)
class Member:
    """A page in a group, how it lies on the reference, and how far its print agrees with it."""

    key: str
    transform: Transform
    agreement: float


@dataclass(frozen=True, slots=True)
class CopyGroup:
    """Pages of like print. `members` are ordered by key and include the reference."""

    reference: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class GroupingRules:
    """When pages count as copies, and how much is tried.

    On 400 pairs each of a page with the most similar pages: copies agree by 0.85 to 1.0. Of other
    forms 56 % do not register; the 95th percentile of all is 0.82, reached by pages of one form
    that differ in single words. At 0.75 the pool's families began to mix.
    """

    same_print: float = 0.80
    # Dense lines of words agree by 0.95 tile by tile, whatever the words: letters are no copies.
    most_unlike: float = 1.0
    ruled: float = 0.1  # share of ink in lines from which a page is not looked at like that
    min_blocks: int = 10
    misses: int = 6  # neighbours in a row that may fail before the search for copies stops
    min_cosine: float = 0.25
    min_ink: float = 0.004  # mean darkness below which a page is blank
    min_keypoints: int = 40
    # Pages of one frame whose print does not agree: of 14 pairs of copies (en, ja, orca, own) 10
    # have 65 to 74 places in common, 0.84 to 1.0 of all, off by 0.3 to 0.6 px, and 4 to 16 words,
    # where chance gives 0 or 1; 9 of two pages of one form have 20 places, off by 1 px or more.
    min_places: int = 30
    frame_share: float = 0.8
    frame_residual: float = 0.7
    min_words: int = 4

    def are_one_frame(self, frame: Frame) -> bool:
        """Say whether two pages' rules meet at the same places."""
        enough = frame.met >= self.min_places and frame.share >= self.frame_share
        return enough and frame.residual <= self.frame_residual


@dataclass(slots=True)
class _Pool:
    """The pool's pages in the order of their keys; each pair is compared once at most."""

    pages: list[PoolPage]
    rules: GroupingRules
    vectors: NDArray[np.float32]
    compared: dict[tuple[int, int], Member | None] = field(default_factory=dict)
    printed: dict[int, bool] = field(default_factory=dict)
    frames: dict[int, Points] = field(default_factory=dict)

    def has_print(self, page: int) -> bool:
        """Say whether a page has print enough; looked at when its turn comes."""
        if page not in self.printed:
            self.printed[page] = has_print(self.pages[page].features(), self.rules)
        return self.printed[page]

    def compare_all(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Compare several pages, each with a reference, for `compare` to know the results."""
        new = [pair for pair in pairs if pair not in self.compared]
        found = on_cores(lambda pair: self._compared(*pair), new)
        self.compared.update(zip(new, found, strict=True))

    def compare(self, page: int, reference: int) -> Member | None:
        """Return the page as a member of the reference's group, or None when it is another form."""
        pair = (page, reference)
        if pair not in self.compared:
            self.compared[pair] = self._compared(page, reference)
        return self.compared[pair]

    def _compared(self, page: int, reference: int) -> Member | None:
        if not (self.has_print(page) and self.has_print(reference)):
            return None
        member = self._of_one_print(page, reference) or self._of_one_frame(page, reference)
        if member is None:
            return None
        mine, other = self.pages[page].features(), self.pages[reference].features()
        there, back = member.transform, member.transform.inverse()
        # A photo of two forms is a copy of neither.
        apart = max(print_beside(mine, there), print_beside(other, back)) > MOST_BESIDE
        return None if apart else member

    def _of_one_print(self, page: int, reference: int) -> Member | None:
        mine, other = self.pages[page].features(), self.pages[reference].features()
        laid = register(mine, other)
        if laid is None or laid.blocks < self.rules.min_blocks:
            return None
        score = compare_print(mine, other, laid.transform, pair=True).score
        if score < self.rules.same_print or self._are_letters(mine, other, laid, score):
            return None
        return Member(self.pages[page].key, laid.transform, score)

    def _of_one_frame(self, page: int, reference: int) -> Member | None:
        """Return a page as a copy whose rules and some words lie on the reference's.

        Where a list is filled to its last row, entries are most of what both pages show.
        """
        mine, other = self.pages[page].features(), self.pages[reference].features()
        frame = lay_frame(mine, self._frame(page), other, self._frame(reference))
        if frame is None or not self.rules.are_one_frame(frame):
            return None
        if words_in_place(mine, other, frame.transform) < self.rules.min_words:
            return None
        score = compare_print(mine, other, frame.transform, pair=True).score
        return Member(self.pages[page].key, frame.transform, score)

    def _frame(self, page: int) -> Points:
        if page not in self.frames:
            self.frames[page] = junctions(self.pages[page].features().ink)
        return self.frames[page]

    def _are_letters(
        self, mine: PageFeatures, other: PageFeatures, laid: Registration, agreement: float
    ) -> bool:
        """Say whether lines of other words lie on each other, where rules cannot tell a form."""
        unruled = [ruled_share(page.ink) <= self.rules.ruled for page in (mine, other)]
        if not any(unruled):
            return False
        # A fax may have lost its rules: it lies where a copy lies, a letter on a notice does not.
        if not all(unruled) and Likeness().log_odds(agreement, laid) > _CERTAIN:
            return False
        moved = warp(mine.ink, as_matrix(laid.transform, mine, other), other.ink.shape)
        return unlikeness(moved, other.ink) > self.rules.most_unlike

    def nearest(self, page: int, among: Iterable[int]) -> list[int]:
        """Return the others from the most to the least similar; ties go by key."""
        others = np.fromiter(among, np.intp)
        others = others[others != page]
        cosine = self.vectors[others] @ self.vectors[page]
        near = cosine > self.rules.min_cosine
        order = np.lexsort((others[near], -cosine[near]))
        return [int(i) for i in others[near][order]]

    def by_density(self) -> list[int]:
        """Return all pages, those first that have the most like them."""
        count = min(len(self.pages), _DENSITY_NEIGHBOURS + 1)
        density = [
            float(np.sort(np.partition(self.vectors @ row, -count)[-count:]).sum().round(4))
            for row in self.vectors
        ]
        return sorted(range(len(self.pages)), key=lambda i: (-density[i], i))


def gather_copies(
    pages: Sequence[PoolPage],
    rules: GroupingRules | None = None,
    told: Callable[[int], None] | None = None,
) -> list[CopyGroup]:
    """Return groups of at least two pages each, the same for any order of `pages`.

    Pages with too little print to be told apart, and pages without a copy, are in no group. `told`
    hears how many pairs were compared.
    """
    rules = rules or GroupingRules()
    ordered = sorted(pages, key=lambda page: page.key)
    if len(ordered) < 2:
        return []
    vectors = np.stack([page.vector for page in ordered]).astype(np.float32)
    pool = _Pool(ordered, rules, vectors)
    stars = _settled(pool, _merged(pool, _stars(pool)))
    if told is not None:
        told(len(pool.compared))
    return sorted(
        (_as_group(pool, *star) for star in stars.items()), key=lambda g: g.members[0].key
    )


def has_print(page: PageFeatures, rules: GroupingRules) -> bool:
    """Say whether the page carries enough print to be told from another."""
    return bool(page.half.mean() >= 255 * rules.min_ink) and len(page.points) >= rules.min_keypoints


def _stars(pool: _Pool) -> dict[int, list[int]]:
    """Return for each reference the pages that agree with it, taking dense places first."""
    free = set(range(len(pool.pages)))
    stars: dict[int, list[int]] = {}
    for reference in pool.by_density():
        if reference not in free or not pool.has_print(reference):
            continue
        agreeing = _agreeing(pool, reference, pool.nearest(reference, free))
        if agreeing:
            stars[reference] = agreeing
            free -= {reference, *agreeing}
    return stars


def _agreeing(pool: _Pool, reference: int, nearest: Iterable[int]) -> list[int]:
    """Return the pages that agree, stopping after several neighbours in a row that do not."""
    agreeing: list[int] = []
    misses = 0
    for ahead in batched(nearest, usable_cores()):
        pool.compare_all([(page, reference) for page in ahead])
        for page in ahead:
            if pool.compare(page, reference) is not None:
                misses = 0
                agreeing.append(page)
                continue
            misses += pool.has_print(page)
            if misses >= pool.rules.misses:
                return agreeing
    return agreeing


def _merged(pool: _Pool, stars: dict[int, list[int]]) -> dict[int, list[int]]:
    """Join stars whose references agree: one form that fell apart around a poor first reference."""
    merged: dict[int, list[int]] = {}
    for reference in sorted(stars, key=lambda r: (-len(stars[r]), r)):
        near = pool.nearest(reference, merged)[: pool.rules.misses]
        home = next((r for r in near if pool.compare(reference, r) is not None), None)
        if home is None:
            merged[reference] = stars[reference]
        else:
            moving = [reference, *stars[reference]]
            merged[home] += [page for page in moving if pool.compare(page, home) is not None]
    return merged


def _settled(pool: _Pool, stars: dict[int, list[int]]) -> dict[int, list[int]]:
    """Give each page to the star it agrees with best, and take in pages that were left over.

    A star takes every page that agrees, before the page was compared with a better one. A fax is
    far from its copies: their search stops before it, and its own finds none of them free.
    """
    home = {page: reference for reference, pages in stars.items() for page in pages}
    left = [page for page in range(len(pool.pages)) if page not in home and page not in stars]
    home |= _better_homes(pool, [*home, *left], list(stars), home)
    settled: dict[int, list[int]] = {reference: [] for reference in sorted({*home.values()})}
    # The reference of a star that all have left is a page like others.
    deserted = [page for page in stars if page not in settled]
    home |= _better_homes(pool, deserted, list(settled), {})
    for page, reference in home.items():
        settled[reference].append(page)
    return settled


def _better_homes(
    pool: _Pool, pages: Iterable[int], stars: Sequence[int], home: Mapping[int, int]
) -> dict[int, int]:
    """Return the pages that agree better with another star's reference than with their own.

    Only references that are more similar than their own are asked, for most pages none; for pages
    that agree less with their own than its other pages do, all that are near.
    """
    usual = _usual_agreement(pool, home)
    asked: dict[int, list[int]] = {}
    for page in pages:
        near = pool.nearest(page, stars)[: pool.rules.misses]
        own = home.get(page)
        if own is not None and own in near:
            member = pool.compare(page, own)
            is_usual = member is not None and member.agreement >= usual[own] - _LESS
            near = near[: near.index(own)] if is_usual else [each for each in near if each != own]
        asked[page] = near
    pool.compare_all([(page, reference) for page, near in asked.items() for reference in near])
    found: dict[int, int] = {}
    for page, near in asked.items():
        known = [home[page], *near] if page in home else near
        agreed = {r: member.agreement for r in known if (member := pool.compare(page, r))}
        if agreed:
            found[page] = max(agreed, key=lambda r: (agreed[r], -r))
    return found


def _usual_agreement(pool: _Pool, home: Mapping[int, int]) -> dict[int, float]:
    """Return for each star how far half of its pages agree with its reference."""
    found: dict[int, list[float]] = {}
    for page, reference in home.items():
        member = pool.compare(page, reference)
        if member is not None:
            found.setdefault(reference, []).append(member.agreement)
    return {reference: float(np.median(agreed)) for reference, agreed in found.items()}


def _as_group(pool: _Pool, reference: int, agreeing: list[int]) -> CopyGroup:
    itself = Member(pool.pages[reference].key, Transform.identity(), 1.0)
    others = [member for page in agreeing if (member := pool.compare(page, reference))]
    return CopyGroup(itself.key, tuple(sorted([itself, *others], key=lambda m: m.key)))
