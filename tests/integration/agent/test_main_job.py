"""The main job in one process: a pile in, form types out, pages routed, values read."""

from __future__ import annotations

from pathlib import Path

import pytest

from chohyo.domain.documents import DocumentState, PageState
from chohyo.domain.matches import Outcome
from chohyo.domain.proposals import ProposalState
from chohyo.services import discovery, documents, drafting, proposals, templates, values
from eval.forms import filled_copies
from tests.integration.agent.conftest import Bench, make_workshop, write_image


def scan(folder: Path, type_id: str, seed: int) -> Path:
    """Draw one filled scan of a form type's newest edition."""
    from eval.forms import form_type

    (page,) = filled_copies(type_id, form_type(type_id).editions[-1], [seed], kind="light")
    return write_image(folder / f"{type_id}-{seed}.png", page.image)


@pytest.fixture
def discovered(bench: Bench, callers, collection, tmp_path):
    """Bring two form types of three copies each, and one stranger, as far as proposals."""
    for type_id in ("receipt", "vehicle"):
        for seed in range(3):
            bench.add(scan(tmp_path, type_id, seed))
    bench.add(scan(tmp_path, "leave", 1))
    bench.work()
    discovery.start_run(bench.runtime, callers["operator"].caller, collection.id)
    bench.work()
    return bench


def waiting(bench: Bench, callers):
    return proposals.list_proposals(bench.runtime, callers["reviewer"].caller)


def test_a_pile_nobody_described_becomes_proposals(discovered, callers):
    found = waiting(discovered, callers)
    assert sorted(len(each.members) for each in found) == [3, 3]
    assert all(each.draft.fields and each.draft.name for each in found)


def test_an_approved_type_routes_new_pages_and_reads_them(discovered, callers, tmp_path):
    reviewer = callers["reviewer"].caller
    for each in waiting(discovered, callers):
        proposals.approve(discovered.runtime, reviewer, each.id)
    discovered.work()
    families = templates.list_families(discovered.runtime, reviewer)
    assert len(families) == 2

    fresh = discovered.add(scan(tmp_path, "receipt", 9)).document
    discovered.work()
    view = documents.get_document(discovered.runtime, reviewer, fresh.id)
    assert view.document.state is DocumentState.DONE
    (match,) = view.matches.values()
    assert match.outcome is Outcome.ROUTED
    (instance,) = values.list_instances(discovered.runtime, reviewer, fresh.id)
    filled = [each for each in instance.values if not each.value.reading.empty]
    assert len(filled) >= 3

    stranger = discovered.add(scan(tmp_path, "leave", 2)).document
    discovered.work()
    view = documents.get_document(discovered.runtime, reviewer, stranger.id)
    assert [page.state for page in view.pages] == [PageState.UNKNOWN]


def test_approving_one_proposal_leaves_the_other_waiting(discovered, callers):
    first, second = waiting(discovered, callers)
    proposals.approve(discovered.runtime, callers["reviewer"].caller, first.id)
    discovered.work()
    assert [each.id for each in waiting(discovered, callers)] == [second.id]
    decided, _ = drafting.load_proposal(discovered.runtime, first.id)
    assert decided.state is ProposalState.PUBLISHED


def test_a_decision_is_carried_out_by_another_process(discovered, callers):
    first, _ = waiting(discovered, callers)
    proposals.approve(discovered.runtime, callers["reviewer"].caller, first.id)
    restarted = Bench(make_workshop(discovered.runtime), discovered.queue, discovered.add)
    restarted.work()
    decided, _ = drafting.load_proposal(discovered.runtime, first.id)
    assert decided.state is ProposalState.PUBLISHED


def test_a_decision_is_carried_out_though_the_checkpoint_is_lost(
    discovered, callers, database_urls
):
    import psycopg

    first, _ = waiting(discovered, callers)
    with psycopg.connect(database_urls.superuser) as connection:
        connection.execute(
            "TRUNCATE langgraph.checkpoints, langgraph.checkpoint_blobs,"
            " langgraph.checkpoint_writes"
        )
    proposals.approve(discovered.runtime, callers["reviewer"].caller, first.id)
    discovered.work()
    decided, _ = drafting.load_proposal(discovered.runtime, first.id)
    assert decided.state is ProposalState.PUBLISHED


def test_running_discovery_again_adds_nothing(discovered, callers, collection):
    before = [each.id for each in waiting(discovered, callers)]
    discovery.start_run(discovered.runtime, callers["operator"].caller, collection.id)
    discovered.work()
    assert [each.id for each in waiting(discovered, callers)] == before
