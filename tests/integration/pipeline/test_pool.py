"""What becomes of the groups that discovery finds."""

from __future__ import annotations

from chohyo.domain.proposals import ProposalState
from chohyo.services import drafting, proposals
from tests.integration.pipeline.conftest import draft_for, group_of, run_over


def test_the_same_group_is_proposed_once(runtime, collection, pooled):
    a, b = pooled("a"), pooled("b")
    assert len(run_over(runtime, collection, group_of(a, b))) == 1
    assert run_over(runtime, collection, group_of(b, a)) == []


def test_a_group_that_grew_stays_the_same_proposal(runtime, collection, pooled):
    a, b, c = pooled("a"), pooled("b"), pooled("c")
    (first,) = run_over(runtime, collection, group_of(a, b))
    draft_for(runtime, first)
    assert run_over(runtime, collection, group_of(a, b, c)) == [first]
    proposal, _ = drafting.load_proposal(runtime, first)
    assert {member.page_id for member in proposal.members} == {a.id, b.id, c.id}
    assert proposal.state is ProposalState.DRAFTING


def test_a_rejected_group_is_not_proposed_again(runtime, collection, pooled, callers):
    a, b = pooled("a"), pooled("b")
    (proposal_id,) = run_over(runtime, collection, group_of(a, b))
    draft_for(runtime, proposal_id)
    proposals.reject(runtime, callers["reviewer"].caller, proposal_id, "not a form")
    assert run_over(runtime, collection, group_of(a, b)) == []


def test_a_lost_broker_message_leaves_the_work_in_its_row(runtime, collection, pooled, queue):
    a, b = pooled("a"), pooled("b")
    queue.reachable = False
    (proposal_id,) = run_over(runtime, collection, group_of(a, b))
    queue.reachable = True
    queue.sent.clear()
    from chohyo.services import working

    working.sweep(runtime, resend_seconds=3600)
    assert ("proposal", proposal_id, 5) in queue.sent


def test_a_page_is_in_one_open_proposal_at_a_time(runtime, collection, pooled):
    a, b, c, d, e = (pooled(name) for name in "abcde")
    small, large = run_over(runtime, collection, group_of(a, b), group_of(c, d, e))
    assert run_over(runtime, collection, group_of(a, b, c, d, e)) == [large]
    superseded, _ = drafting.load_proposal(runtime, small)
    assert superseded.state is ProposalState.SUPERSEDED


def test_a_superseded_group_found_again_is_proposed_again(runtime, collection, pooled):
    a, b, c, d, e = (pooled(name) for name in "abcde")
    small, large = run_over(runtime, collection, group_of(a, b), group_of(c, d, e))
    run_over(runtime, collection, group_of(a, b, c, d, e))
    assert sorted(run_over(runtime, collection, group_of(a, b), group_of(c, d, e))) == [
        small,
        large,
    ]
    revived, _ = drafting.load_proposal(runtime, small)
    assert revived.state is ProposalState.DRAFTING
