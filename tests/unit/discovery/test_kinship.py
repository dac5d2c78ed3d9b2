"""Linking groups that are editions of one form."""

from __future__ import annotations

from functools import lru_cache, partial

import pytest

from chohyo.discovery.copies import CopyGroup, Member, PoolPage
from chohyo.discovery.kinship import families
from chohyo.domain.geometry import Transform
from chohyo.matching.features import PageFeatures, extract_features
from chohyo.profiles import cpu_models
from eval.forms.filling import filled_copies

_EMBEDDER = cpu_models().embedders.own


@lru_cache(maxsize=8)
def _seen(edition: str) -> tuple[object, PageFeatures]:
    (copy,) = filled_copies("travel-expense", edition, [1], "clean", dpi=100)
    return _EMBEDDER.embed([copy.image])[0], extract_features(copy.image)


def _groups(documents: dict[str, list[str]]) -> tuple[list[CopyGroup], dict[str, PoolPage]]:
    """Return a group for each edition, with a page for each document it is said to be in."""
    groups, pages = [], {}
    for edition, names in documents.items():
        vector, features = _seen(edition)
        keys = [f"{edition}/{number}" for number in range(len(names))]
        for key, name in zip(keys, names, strict=True):
            pages[key] = PoolPage(key, vector, partial(_as_is, features), document=name)
        members = tuple(Member(key, Transform.identity(), 1.0) for key in keys)
        groups.append(CopyGroup(keys[0], members))
    return groups, pages


def _as_is(features: PageFeatures) -> PageFeatures:
    return features


@pytest.mark.parametrize(
    ("documents", "linked"),
    [
        pytest.param({"2021": ["a", "b", "c"], "2024": ["d", "e", "f"]}, True, id="apart"),
        pytest.param({"2021": ["a", "b", "c"], "2024": ["a", "b", "c"]}, False, id="side by side"),
        pytest.param({"2021": ["a", "b", "c"], "2024": ["a", "b", "d"]}, False, id="mostly"),
        pytest.param({"2021": ["a", "b", "c"], "2024": ["a", "d", "e"]}, True, id="once"),
        pytest.param({"2021": ["a"] * 3, "2024": ["a"] * 3}, True, id="in one batch"),
        pytest.param({"2021": [""] * 3, "2024": [""] * 3}, True, id="documents not known"),
    ],
)
def test_groups_that_look_alike_are_editions_unless_documents_hold_a_page_of_each(
    documents, linked
):
    groups, pages = _groups(documents)

    found = families(groups, pages)

    assert (found[0] == found[1]) is linked
    assert found[0] == "2021/0"


def test_no_third_group_links_two_that_stand_side_by_side():
    groups, pages = _groups({"2021": ["a", "b"], "2024": ["c", "d"]})
    third = [Member(f"page 2/{n}", Transform.identity(), 1.0) for n in range(2)]
    pages |= {
        member.key: PoolPage(member.key, pages["2024/0"].vector, pages["2024/0"].features,
                             document=document)
        for member, document in zip(third, ("c", "d"), strict=True)
    }  # fmt: skip

    found = families([*groups, CopyGroup("page 2/0", tuple(third))], pages)

    assert found[1] != found[2]
    assert found[0] in found[1:]
