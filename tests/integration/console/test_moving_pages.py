"""Pages are moved between groups in two steps: what moves is shown first."""

from __future__ import annotations

import re

import pytest
from console_seeds import Seeds
from console_visitor import Visit

from chohyo.domain.documents import PageState
from chohyo.domain.proposals import Proposal, ProposalState
from chohyo.services.runtime import Runtime
from chohyo.storage import proposals


@pytest.fixture
def proposal(seeds: Seeds) -> Proposal:
    document = seeds.document(page_count=2)
    return seeds.proposal([seeds.page(document, PageState.UNKNOWN, number=n) for n in (1, 2)])


def _members(runtime: Runtime, proposal: Proposal) -> int:
    with runtime.database.transaction() as connection:
        found = proposals.get(connection, proposal.id)
    assert found is not None
    return len(found.members)


def test_what_moves_is_shown_then_moved_then_undone(
    visit: Visit, runtime: Runtime, proposal: Proposal
) -> None:
    reviewer = visit("reviewer")
    page_id = str(proposal.members[0].page_id)
    path = f"/proposals/{proposal.id}/move"

    shown = reviewer.post(path, page=page_id, target="new")
    assert 'name="confirmed" value="true"' in shown.text
    assert _members(runtime, proposal) == 2

    moved = reviewer.post(path, page=page_id, target="new", confirmed="true")
    assert _members(runtime, proposal) == 1
    (undo,) = re.findall(r'action="(/arrangements/[^"]+/undo)"', moved.text)

    reviewer.post(undo)
    assert _members(runtime, proposal) == 2


@pytest.mark.parametrize("target", ["", "nowhere"])
def test_a_target_that_is_none_is_refused(visit: Visit, proposal: Proposal, target: str) -> None:
    page_id = str(proposal.members[0].page_id)
    answer = visit("reviewer").post(f"/proposals/{proposal.id}/move", page=page_id, target=target)
    assert answer.status_code == 422


def test_moving_no_page_is_refused(visit: Visit, proposal: Proposal) -> None:
    answer = visit("reviewer").post(f"/proposals/{proposal.id}/move", target="pool")
    assert answer.status_code == 422


def test_a_decided_proposals_pages_are_not_offered(
    visit: Visit, runtime: Runtime, proposal: Proposal
) -> None:
    with runtime.database.transaction() as connection:
        proposals.set_state(connection, proposal.id, ProposalState.REJECTED)
    assert "move-pages" not in visit("reviewer").get(f"/proposals/{proposal.id}").text
