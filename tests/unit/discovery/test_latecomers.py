"""Pages that no single copy takes in, and pages that a worse group took."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from chohyo.discovery.copies import CopyGroup, GroupingRules, Member, PoolPage, _settled
from chohyo.discovery.grouping import group_pages
from chohyo.discovery.latecomers import find_latecomers, settle_members
from chohyo.domain.geometry import Transform
from chohyo.matching.features import extract_features
from chohyo.matching.registration import register
from chohyo.profiles import cpu_models
from eval.forms.filling import filled_copies

_EMBEDDER = cpu_models().embedders.own


def _page(type_id: str, edition: str, seed: int, kind: str) -> PoolPage:
    (copy,) = filled_copies(type_id, edition, [seed], kind, dpi=100)
    features = extract_features(copy.image)
    return PoolPage(
        f"{type_id}@{edition}/{seed}", _EMBEDDER.embed([copy.image])[0], lambda: features
    )


@pytest.fixture(scope="module")
def known() -> tuple[list[CopyGroup], dict[str, PoolPage]]:
    """Return two editions of a form, found in four copies of each."""
    kinds = ("scan", "light", "scan", "scan")
    pages = [
        _page("travel-expense", edition, seed, kind)
        for edition in ("2021", "2024")
        for seed, kind in enumerate(kinds)
    ]
    groups = group_pages(pages)
    return [CopyGroup(g.reference, g.members) for g in groups], {page.key: page for page in pages}


def _joined(known, *late: PoolPage) -> dict[str, str]:
    """Return for each late page the form and edition of the group it joins."""
    groups, pages = known
    found = find_latecomers(
        groups, {**pages, **{page.key: page for page in late}}, [page.key for page in late]
    )
    return {
        member.key: group.reference.split("/")[0]
        for group, members in zip(groups, found, strict=True)
        for member in members
    }


def test_a_fax_joins_the_edition_whose_common_print_it_shows_or_waits(known):
    faxes = [_page("travel-expense", *which, "fax") for which in (("2021", 11), ("2024", 11))]
    assert _joined(known, *faxes) == {page.key: page.key.split("/")[0] for page in faxes}
    told_by_nothing = _page("travel-expense", "2024", 12, "fax")
    assert _joined(known, told_by_nothing) == {}


def test_pages_near_none_but_groups_that_asked_before_are_not_asked_again(known):
    groups, pages = known
    fax = _page("travel-expense", "2021", 11, "fax")
    everything = {**pages, fax.key: fax}

    again, anew = (find_latecomers(groups, everything, [fax.key], asked) for asked in (2, 1))

    assert [len(members) for members in again] == [0, 0]
    assert sorted(len(members) for members in anew) == [0, 1]


def test_a_page_of_another_form_joins_none(known):
    assert _joined(known, _page("receipt", "2023", 1, "fax")) == {}


def test_an_edition_that_no_group_has_waits(known):
    groups, pages = known
    old = [group for group in groups if "2021" in group.reference]
    assert len(old) == 1
    assert _joined((old, pages), _page("travel-expense", "2024", 13, "scan")) == {}


def _taken_in(known, page: PoolPage, edition: str) -> tuple[list[CopyGroup], dict[str, PoolPage]]:
    """Return the groups with a page among the copies of an edition, as if it agreed so far."""
    groups, pages = known
    found = []
    for group in groups:
        laid = register(page.features(), pages[group.reference].features())
        new = (
            [Member(page.key, laid.transform, 0.82)] if edition in group.reference and laid else []
        )
        found.append(CopyGroup(group.reference, (*group.members, *new)))
    return found, {**pages, page.key: page}


@pytest.mark.parametrize("taken_by", ["2021", "2024"])
def test_a_doubtful_member_goes_to_the_edition_whose_print_it_shows(known, taken_by):
    page = _page("travel-expense", "2021", 11, "fax")
    groups, pages = _taken_in(known, page, taken_by)

    settled = settle_members(groups, pages)

    home = {
        m.key: g.reference.split("/")[0]
        for g, ms in zip(groups, settled.members, strict=True)
        for m in ms
    }
    assert home == {key: key.split("/")[0] for key in pages}
    assert settled.released == {}


def test_a_member_that_shows_the_print_of_no_group_is_released():
    pages = [_page("expenses", "2021", seed, "scan") for seed in range(4)]
    (old,) = [CopyGroup(g.reference, g.members) for g in group_pages(pages)]
    stranger = _page("expenses", "2023", 13, "scan")
    groups, by_key = _taken_in(([old], {page.key: page for page in pages}), stranger, "2021")

    settled = settle_members(groups, by_key)

    assert settled.released == {stranger.key: 0}
    assert [m.key for m in settled.members[0]] == [m.key for m in old.members]


def test_faxes_that_lay_among_copies_of_another_edition_are_grouped_anew():
    kinds = ("scan", "light", "scan", "scan")
    pages = [_page("expenses", "2021", seed, kind) for seed, kind in enumerate(kinds)]
    faxes = [_page("expenses", "2023", seed, "fax") for seed in (21, 22, 23)]

    groups = group_pages([*pages, *faxes])

    assert [group.keys for group in groups] == [
        tuple(page.key for page in pages),
        tuple(page.key for page in faxes),
    ]
    assert groups[0].family == groups[1].family


class _Table:
    """A pool whose pages agree as a table says; its order of likeness is that of the table."""

    def __init__(self, agreements: dict[int, dict[int, float]]) -> None:
        self.pages = list(range(1 + max(agreements)))
        self.rules = GroupingRules()
        self._agreements = agreements

    def has_print(self, page: int) -> bool:
        return True

    def nearest(self, page: int, among: Iterable[int]) -> list[int]:
        return [other for other in self._agreements[page] if other in set(among)]

    def compare_all(self, pairs: Iterable[tuple[int, int]]) -> None:
        pass

    def compare(self, page: int, reference: int) -> Member | None:
        agreement = self._agreements[page].get(reference, 0.0)
        return Member(str(page), Transform.identity(), agreement) if agreement >= 0.8 else None


def test_a_page_moves_to_the_reference_it_agrees_with_best():
    pool = _Table({0: {}, 1: {0: 0.9}, 2: {3: 0.97, 0: 0.82}, 3: {}, 4: {3: 0.95}})
    assert _settled(pool, {0: [1, 2], 3: [4]}) == {0: [1], 3: [2, 4]}


def test_a_page_that_agrees_less_than_others_is_compared_with_less_similar_references_too():
    stars = {0: [1, 5, 2], 3: [4]}
    likeness = {0: {}, 1: {0: 0.95}, 3: {}, 4: {3: 0.95}, 5: {0: 0.96}}

    doubtful = _settled(_Table(likeness | {2: {0: 0.82, 3: 0.97}}), stars)
    usual = _settled(_Table(likeness | {2: {0: 0.93, 3: 0.97}}), stars)

    assert doubtful == {0: [1, 5], 3: [2, 4]}
    assert usual == {0: [1, 5, 2], 3: [4]}


def test_a_page_left_over_joins_the_star_it_agrees_with():
    pool = _Table({0: {}, 1: {0: 0.9}, 2: {0: 0.85}, 3: {0: 0.7}})
    assert _settled(pool, {0: [1]}) == {0: [1, 2]}


def test_the_reference_of_a_star_that_all_have_left_is_a_page_like_others():
    pool = _Table({0: {3: 0.88}, 1: {3: 0.97, 0: 0.9}, 2: {}, 3: {}, 4: {3: 0.95}})
    assert _settled(pool, {0: [1], 3: [4]}) == {3: [1, 4, 0]}
