"""Proposals keep their ids when the pool changes, and a page is in one of them at a time."""

from __future__ import annotations

from uuid import UUID

from chohyo.discovery.continuity import trace


def ids(*numbers: int) -> frozenset[UUID]:
    return frozenset(UUID(int=number) for number in numbers)


def test_a_group_that_grew_continues_its_proposal():
    found = trace([ids(1, 2, 3)], [ids(1, 2)])
    assert found.continues == {0: 0}
    assert found.stale == ()


def test_a_group_of_other_pages_is_new():
    assert trace([ids(3, 4)], [ids(1, 2)]).continues == {}


def test_a_proposal_that_fell_apart_goes_on_as_its_larger_part():
    found = trace([ids(1, 2), ids(3, 4, 5)], [ids(1, 2, 3, 4, 5)])
    assert found.continues == {1: 0}


def test_of_two_proposals_that_turned_out_to_be_one_the_smaller_is_stale():
    found = trace([ids(1, 2, 3, 4, 5)], [ids(1, 2), ids(3, 4, 5)])
    assert found.continues == {0: 1}
    assert found.stale == (0,)


def test_a_proposal_whose_pages_are_in_no_group_is_left_alone():
    assert trace([ids(3, 4)], [ids(1, 2)]).stale == ()


def test_nothing_found_changes_nothing():
    assert trace([], [ids(1, 2)]).stale == ()
