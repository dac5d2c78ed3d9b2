"""The worker of a run or proposal is killed after each step; the result is that of no fault."""

from __future__ import annotations

import signal

import pytest

from chohyo.services import discovery, proposals
from chohyo.storage.work import WorkKind
from tests.integration.faults.conftest import Shift, opened

GRAPH = "agent.discovery.graph"
SERVICES = "chohyo.services"

ROWS = {
    "runs": "SELECT state, pool_pages, grouped_pages, proposal_count FROM discovery_run",
    "proposals": "SELECT kind, state, fingerprint, draft->>'name' AS name,"
    " jsonb_array_length(draft->'pages') AS pages, jsonb_array_length(draft->'fields') AS fields,"
    " draft->'pages'->0->>'blank_blob' AS blank, version_id IS NOT NULL AS published"
    " FROM proposal ORDER BY fingerprint",
    "members": "SELECT p.content_key, pp.template_page_no, pp.transform FROM proposal_page pp"
    " JOIN page p ON p.id = pp.page_id ORDER BY p.content_key",
    "families": "SELECT name FROM template_family ORDER BY name",
    "versions": "SELECT label FROM template_version ORDER BY label",
    "template pages": "SELECT page_no, width, height, blank_blob FROM template_page ORDER BY"
    " blank_blob",
    "fields": "SELECT name, spec FROM field ORDER BY name",
    "exemplars": "SELECT p.content_key FROM exemplar x JOIN page p ON p.id = x.page_id ORDER BY 1",
    "pages": "SELECT content_key, state FROM page ORDER BY content_key",
    "in force": "SELECT p.content_key, m.outcome, m.reason FROM match m"
    " JOIN page p ON p.id = m.page_id WHERE NOT m.superseded ORDER BY p.content_key",
    "values": "SELECT count(*) FROM value",
    "documents": "SELECT state, count(*) FROM document GROUP BY state",
    "work": "SELECT * FROM work WHERE kind <> 'index'",
}


def _rows(shift: Shift) -> dict[str, list[dict[str, object]]]:
    return {name: shift.sql(query) for name, query in ROWS.items()}


def _run(shift: Shift, after: str) -> None:
    run = discovery.start_run(shift.runtime, shift.admin, shift.collection.id)
    assert not after or shift.die(WorkKind.RUN, run.id, after) == -signal.SIGKILL
    shift.sweep()


def _draft(shift: Shift, after: str) -> None:
    discovery.start_run(shift.runtime, shift.admin, shift.collection.id)
    kind, object_id, _ = shift.queue.sent.pop(0)
    assert shift.die(WorkKind(kind), object_id, f"{GRAPH}:group") == -signal.SIGKILL
    (row,) = shift.sql("SELECT id FROM proposal WHERE state = 'drafting'")
    assert shift.die(WorkKind.PROPOSAL, row["id"], after) == -signal.SIGKILL
    shift.sweep()


def _approve(shift: Shift, after: str) -> None:
    (proposal,) = proposals.list_proposals(shift.runtime, shift.admin)
    proposals.approve(shift.runtime, shift.admin, proposal.id)
    assert not after or shift.die(WorkKind.PROPOSAL, proposal.id, after) == -signal.SIGKILL
    shift.sweep()


@pytest.fixture(scope="module")
def undisturbed_proposal(seed, postgres):
    with opened(seed, postgres) as shift:
        _run(shift, "")
        return _rows(shift)


@pytest.fixture(scope="module")
def undisturbed_publication(seed, postgres):
    with opened(seed, postgres) as shift:
        _run(shift, "")
        _approve(shift, "")
        return _rows(shift)


@pytest.mark.parametrize("after", [f"{SERVICES}.pool:gather", f"{GRAPH}:group"])
def test_another_worker_finishes_a_killed_run(shift, undisturbed_proposal, after):
    _run(shift, after)
    assert _rows(shift) == undisturbed_proposal


@pytest.mark.parametrize(
    "after",
    [f"{GRAPH}:{n}" for n in ("open_thread", "verify", "compare", "propose", "check", "present")],
)
def test_another_worker_finishes_a_killed_draft(shift, undisturbed_proposal, after):
    _draft(shift, after)
    assert _rows(shift) == undisturbed_proposal
    # In the order of their content.
    states = sorted(str(row["state"]) for row in undisturbed_proposal["proposals"])
    assert states == ["published", "waiting"]


@pytest.mark.parametrize(
    "after",
    [
        *(f"{GRAPH}:{node}" for node in ("review", "publish", "reroute")),
        f"{SERVICES}.publishing:publish", f"{SERVICES}.publishing:reroute_pool",
    ],
)  # fmt: skip
def test_another_worker_carries_out_a_decision(shift, undisturbed_publication, after):
    _run(shift, "")
    _approve(shift, after)
    assert _rows(shift) == undisturbed_publication
    assert {row["state"] for row in undisturbed_publication["proposals"]} == {"published"}
