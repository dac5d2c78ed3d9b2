"""Members of a group that are no copies of the others."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pytest

from chohyo.discovery.copies import CopyGroup, GroupingRules, Member, PoolPage, gather_copies
from chohyo.discovery.grouping import _regrouped
from chohyo.discovery.parting import find_strangers
from chohyo.domain.geometry import Transform
from chohyo.matching.features import extract_features
from chohyo.matching.registration import register
from chohyo.profiles import cpu_models
from eval.forms.filling import filled_copies

_EMBEDDER = cpu_models().embedders.own
_LINE = 22  # px that a line more takes


@lru_cache(maxsize=32)
def _page(name: str) -> PoolPage:
    """Return a page by `kind/seed`; with `/longer` its form has a line more, half way down."""
    kind, seed, *longer = name.split("/")
    (copy,) = filled_copies("order", "2020", [int(seed)], kind, dpi=100)
    image = copy.image
    if longer:
        middle = image.shape[0] // 3
        blank = np.full((_LINE, image.shape[1]), 250, np.uint8)
        image = np.vstack([image[:middle], blank, image[middle:-_LINE]])
    features = extract_features(image)
    return PoolPage(name, _EMBEDDER.embed([image])[0], lambda: features)


def _group(*names: str) -> tuple[CopyGroup, dict[str, PoolPage]]:
    """Return a group of the pages, laid on the first, whatever their print."""
    pages = {name: _page(name) for name in names}
    reference = pages[names[0]].features()
    members = [Member(names[0], Transform.identity(), 1.0)]
    for number, name in enumerate(names[1:], 1):
        laid = register(pages[name].features(), reference)
        assert laid is not None
        members.append(Member(name, laid.transform, 0.95 - 0.01 * number))
    return CopyGroup(names[0], tuple(sorted(members, key=lambda m: m.key))), pages


def _strangers(*names: str) -> set[str]:
    return set(find_strangers(*_group(*names)))


def test_a_single_page_of_other_print_is_a_stranger_and_shows_where():
    group, pages = _group("scan/0", "light/1", "scan/2", "scan/3/longer")

    ((key, places),) = find_strangers(group, pages).items()

    assert key == "scan/3/longer"
    assert places
    assert all(0 <= place.y0 < place.y1 <= 1 for place in places)


def test_the_reference_itself_may_be_the_stranger():
    assert _strangers("scan/3/longer", "scan/0", "light/1", "scan/2") == {"scan/3/longer"}


def test_of_two_and_two_one_pair_is_released():
    found = _strangers("scan/0", "light/1", "scan/2/longer", "scan/3/longer")

    assert found in ({"scan/0", "light/1"}, {"scan/2/longer", "scan/3/longer"})


@pytest.mark.parametrize("late", ["fax/4", "photo/4"])
def test_a_poor_copy_is_no_stranger(late):
    assert _strangers("scan/0", "light/1", "scan/2", late) == set()


def test_of_two_members_nothing_is_said():
    assert _strangers("scan/0", "scan/3/longer") == set()


def test_pages_that_are_hardly_one_form_are_no_copies():
    pages = [_page(name) for name in ("scan/0", "light/1")]

    assert len(gather_copies(pages)) == 1
    assert gather_copies(pages, GroupingRules(likely=99.0)) == []


def _regroup(released: Sequence[str], left: Sequence[str]) -> list[tuple[tuple[str, ...], str]]:
    pages = {name: _page(name) for name in (*released, *left)}
    found = _regrouped([], dict.fromkeys(released, "order"), pages, None, None)
    return [(group.keys, group.family) for group in found]


def test_released_pages_come_together_as_kin_with_copies_that_were_left_over():
    assert _regroup(["scan/0", "light/1"], ["scan/2"]) == [
        (("light/1", "scan/0", "scan/2"), "order")
    ]


def test_pages_left_over_make_no_group_without_a_released_one():
    assert _regroup([], ["scan/0", "light/1"]) == []
