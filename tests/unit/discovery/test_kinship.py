"""Linking groups that are editions of one form."""

from __future__ import annotations

import random
from functools import lru_cache, partial

import cv2
import numpy as np
import pytest

from chohyo.discovery.copies import CopyGroup, Member, PoolPage
from chohyo.discovery.heads import Head
from chohyo.discovery.kinship import families
from chohyo.discovery.moved_words import shared_words
from chohyo.domain.geometry import Transform
from chohyo.domain.kinship import Kinship, Tie
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


def _set_anew(words: list[str], seed: int) -> PageFeatures:
    """Draw lines of words, each moved up or down and across by its own few millimetres."""
    rng = random.Random(seed)
    image = np.full((1000, 707), 255, np.uint8)
    for line, text in enumerate(words):
        place = (40 + rng.randint(-8, 8), 60 + 44 * line + rng.randint(-8, 8))
        cv2.putText(image, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.6, 0, 1)
    return extract_features(image)


def _words(seed: int) -> list[str]:
    rng = random.Random(seed)
    return ["".join(rng.choices("abcdefghijklmnop qrstuvwxyz", k=44)) for _ in range(21)]


def test_a_form_set_anew_is_known_by_its_words():
    before, after = _set_anew(_words(1), 1), _set_anew(_words(1), 2)

    assert shared_words(before, after) > 0.6


def test_other_words_set_alike_are_another_form():
    assert shared_words(_set_anew(_words(1), 1), _set_anew(_words(2), 1)) < 0.2


def test_a_few_words_tell_nothing():
    assert shared_words(_set_anew(_words(1)[:4], 1), _set_anew(_words(1)[:4], 1)) == 0


def _groups_set_anew(sheets: dict[str, tuple[int, int]]):
    """Return a group of one page for each key, with the words and the places of these seeds."""
    groups, pages = [], {}
    for key, (words, places) in sheets.items():
        features = _set_anew(_words(words), places)
        vector = np.ones(4, np.float32) / 2
        pages[key] = PoolPage(key, vector, partial(_as_is, features))
        groups.append(CopyGroup(key, (Member(key, Transform.identity(), 1.0),)))
    return groups, pages


@pytest.mark.parametrize(
    ("heads", "linked"),
    [
        pytest.param(
            {"a": Head(("休暇届",), ""), "b": Head(("休暇届",), "")}, True, id="one title"
        ),
        pytest.param({"a": Head(("注文書",), ""), "b": Head(("請求書",), "")}, False, id="two"),
        pytest.param({"a": Head((), ""), "b": Head((), "")}, False, id="not read"),
        pytest.param(None, False, id="nobody reads"),
    ],
)
def test_editions_set_anew_are_linked_by_their_words_under_one_title(heads, linked):
    groups, pages = _groups_set_anew({"a": (1, 1), "b": (1, 2)})

    found = families(groups, pages, None if heads is None else heads.__getitem__)

    assert (found[0] == found[1]) is linked


@pytest.mark.parametrize(
    ("title", "linked"),
    [
        pytest.param(("休暇届",), False, id="a short title"),
        pytest.param(("年次有給休暇取得申請書",), True, id="a long title"),
    ],
)
def test_few_words_in_common_link_under_a_long_title_alone(title, linked):
    groups, pages = _groups_set_anew({"a": (1, 1), "b": (2, 1)})
    assert 0.1 < shared_words(pages["a"].features(), pages["b"].features()) < 0.3

    found = families(groups, pages, lambda key: Head(title, ""))

    assert (found[0] == found[1]) is linked


def test_one_title_over_a_page_without_words_links_nothing_and_is_not_even_read():
    groups, pages = _groups_set_anew({"a": (1, 1), "b": (2, 1)})
    pages["b"] = PoolPage("b", pages["b"].vector, partial(_as_is, _set_anew(_words(2)[:3], 1)))
    asked: list[str] = []

    def head(key: str) -> Head:
        asked.append(key)
        return Head(("年次有給休暇取得申請書",), "")

    assert families(groups, pages, head) == ["a", "b"]
    assert asked == []


def test_two_pages_of_one_form_are_no_editions_however_alike():
    groups, pages = _groups({"2021": ["a", "b"], "2024": ["c", "d"]})
    title = ("travel", "expenses")
    apart = {"2021/0": Head(title, "2"), "2024/0": Head(title, "3")}
    alike = {"2021/0": Head(title, "2"), "2024/0": Head(title, "2")}

    assert len(set(families(groups, pages, apart.__getitem__))) == 2
    assert len(set(families(groups, pages, alike.__getitem__))) == 1


def test_no_page_without_number_links_two_that_have_one():
    groups, pages = _groups({"2021": ["a", "b"], "2024": ["c", "d"]})
    third = [Member(f"page/{n}", Transform.identity(), 1.0) for n in range(2)]
    for member in third:
        copy = pages["2024/0"]
        pages[member.key] = PoolPage(member.key, copy.vector, copy.features)
    title = ("travel", "expenses")
    heads = {"2021/0": Head(title, "2"), "2024/0": Head(title, "3"), "page/0": Head(title, "")}

    found = families([*groups, CopyGroup("page/0", tuple(third))], pages, heads.__getitem__)

    assert found[0] != found[1]


def _told(groups, pages, heads) -> tuple[str, str, Kinship]:
    """Return the one link that is found between two groups."""
    links: list[tuple[str, str, Kinship]] = []
    families(
        groups,
        pages,
        None if heads is None else heads.__getitem__,
        lambda *each: links.append(each),
    )
    (link,) = links
    return link


def test_words_that_tie_two_editions_are_told_with_where_they_stand_on_both():
    words = [*_words(1)[:16], *_words(2)[16:]]
    groups, pages = _groups_set_anew({"a": (1, 1), "b": (1, 2)})
    anew = _set_anew(words, 2)
    pages["b"] = PoolPage("b", pages["b"].vector, partial(_as_is, anew))
    heads = {"a": Head(("休暇届",), "1", "休暇届"), "b": Head(("休暇届",), "1", "休 暇 届")}

    one, other, kinship = _told(groups, pages, heads)

    assert (one, other, kinship.tie) == ("a", "b", Tie.WORDS)
    assert 0.5 < kinship.share < 0.9
    assert (kinship.here.title, kinship.there.title) == ("休暇届", "休 暇 届")
    assert (kinship.here.page_mark, kinship.there.page_mark) == ("1", "1")
    assert len(kinship.here.alike) == len(kinship.there.alike) > 10
    # Moved as they were drawn: by a few millimetres, each line its own way.
    moves = [b.y0 - a.y0 for a, b in zip(kinship.here.alike, kinship.there.alike, strict=True)]
    assert np.quantile(np.abs(moves), 0.9) < 0.02
    assert np.ptp(moves) > 0.004
    # What follows the sixteenth line is other words on either.
    below = (60 + 44 * 15.5) / 1000
    for side in (kinship.here, kinship.there):
        assert np.mean([box.y0 > below - 0.02 for box in side.alone]) > 0.5
        assert np.mean([box.y0 > below - 0.02 for box in side.alike]) < 0.1


def test_print_that_ties_two_editions_is_told_by_its_anchors():
    groups, pages = _groups({"2021": ["a", "b"], "2024": ["c", "d"]})

    one, other, kinship = _told(groups, pages, None)

    assert (one, other, kinship.tie) == ("2021/0", "2024/0", Tie.PRINT)
    assert kinship.share > 0.65
    assert kinship.here.title == ""
    assert len(kinship.here.alike) == len(kinship.there.alike) > 2
    assert len(kinship.here.alone) == len(kinship.there.alone)
    assert kinship.turned().here == kinship.there


def test_groups_that_are_no_kin_have_nothing_told_of_them():
    groups, pages = _groups_set_anew({"a": (1, 1), "b": (2, 1)})

    families(groups, pages, lambda _: Head(("休暇届",), ""), lambda *_: pytest.fail("no link"))
