"""Ordering groups into multi-page versions."""

from __future__ import annotations

from chohyo.discovery.copies import Member
from chohyo.discovery.grouping import PageGroup
from chohyo.discovery.sequences import PagePosition, link_sequences
from chohyo.domain.geometry import Transform


def _group(*keys: str, of: str = "") -> PageGroup:
    members = tuple(Member(key, Transform.identity(), 1.0) for key in keys)
    return PageGroup(keys[0], members, of or keys[0])


def _documents(*documents: str) -> dict[str, PagePosition]:
    """Place the pages of each document, given as its keys in order."""
    return {
        key: PagePosition(f"d{i}", number)
        for i, keys in enumerate(documents)
        for number, key in enumerate(keys.split(), start=1)
    }


def test_pages_that_follow_each_other_in_every_document_are_one_version():
    front, back = _group("a1", "a2", "a3"), _group("b1", "b2", "b3")

    chains = link_sequences([back, front], _documents("a1 b1", "a2 b2", "a3 b3"))

    assert chains == [(front, back)]


def test_a_batch_of_copies_in_one_document_is_cut_where_the_form_begins():
    front, back = _group("a1", "a2", "a3"), _group("b1", "b2", "b3")

    chains = link_sequences([back, front], _documents("a1 b1 a2 b2 a3 b3"))

    assert chains == [(front, back)]


def test_copies_of_a_one_page_form_in_a_row_are_no_sequence():
    only = _group("a1", "a2", "a3")

    assert link_sequences([only], _documents("a1 a2 a3")) == [(only,)]


def test_forms_that_happen_to_stand_next_to_each_other_once_are_not_linked():
    one, other = _group("a1", "a2", "a3"), _group("b1", "b2", "b3")

    chains = link_sequences([one, other], _documents("a1 b1", "a2", "a3", "b2", "b3"))

    assert chains == [(one,), (other,)]


def test_a_form_followed_now_by_one_and_now_by_another_is_not_linked():
    cover, one, other = _group("a1", "a2", "a3", "a4"), _group("b1", "b2"), _group("c1", "c2")

    chains = link_sequences([cover, one, other], _documents("a1 b1", "a2 b2", "a3 c1", "a4 c2"))

    assert chains == [(cover,), (one,), (other,)]


def test_a_back_page_that_two_editions_share_is_in_the_versions_of_both():
    old, new = _group("a1", "a2", "a3"), _group("n1", "n2", of="a1")
    back = _group("b1", "b2", "b3", "b4", "b5", "b6")

    chains = link_sequences(
        [old, back, new], _documents("a1 b1", "a2 b2", "a3 b3", "n1 b4", "n2 b5", "b6")
    )

    assert [[group.keys for group in chain] for chain in chains] == [
        [("a1", "a2", "a3"), ("b1", "b2", "b3", "b6")],
        [("n1", "n2"), ("b4", "b5")],
    ]


def test_two_pages_in_a_row_that_editions_share_are_in_the_versions_of_both():
    old, new = _group("a1", "a2"), _group("n1", "n2", of="a1")
    second, third = _group("b1", "b2", "b3", "b4"), _group("c1", "c2", "c3", "c4")

    chains = link_sequences(
        [third, second, old, new], _documents("a1 b1 c1", "a2 b2 c2", "n1 b3 c3", "n2 b4 c4")
    )

    assert sorted([group.keys for group in chain] for chain in chains) == [
        [("a1", "a2"), ("b1", "b2"), ("c1", "c2")],
        [("n1", "n2"), ("b3", "b4"), ("c3", "c4")],
    ]


def test_a_front_page_that_two_editions_share_is_in_the_versions_of_both():
    front = _group("a1", "a2", "a3", "a4")
    old, new = _group("b1", "b2"), _group("n1", "n2", of="b1")

    chains = link_sequences([front, old, new], _documents("a1 b1", "a2 b2", "a3 n1", "a4 n2"))

    assert sorted([group.keys for group in chain] for chain in chains) == [
        [("a1", "a2"), ("b1", "b2")],
        [("a3", "a4"), ("n1", "n2")],
    ]


def test_editions_of_one_form_behind_each_other_are_no_sequence():
    old, new = _group("a1", "a2"), _group("n1", "n2", of="a1")

    chains = link_sequences([old, new], _documents("a1", "n1", "a2", "n2"))

    assert chains == [(old,), (new,)]


def test_pages_of_unknown_position_are_left_alone():
    one, other = _group("a1", "a2"), _group("b1", "b2")

    assert link_sequences([one, other], {}) == [(one,), (other,)]
