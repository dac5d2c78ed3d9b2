"""The main job in one process: a pile in, form types out, pages routed, values read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import psycopg

from chohyo.domain.documents import DocumentState, PageState
from chohyo.domain.matches import Outcome
from chohyo.domain.proposals import Proposal, ProposalKind, ProposalState
from chohyo.services import carrying, documents, drafting, proposals, review, templates, values
from tests.integration.agent.conftest import Bench, scan


def test_a_pile_nobody_described_becomes_proposals(discovered: Bench) -> None:
    found = discovered.waiting()
    assert sorted(len(each.members) for each in found) == [4, 4]
    for each in found:
        assert each.draft is not None
        assert each.draft.name
        assert each.draft.fields
        # The check has tried every field on three copies, and its figures stand beside it.
        assert [f.name for f in each.draft.figures] == [s.name for s in each.draft.fields]
        assert {f.read for f in each.draft.figures} == {3}
        assert any(f.filled and f.confidence for f in each.draft.figures)
        members = {member.page_id for member in each.members}
        assert all(members >= set(f.at_fault) for f in each.draft.figures)


def test_an_approved_type_routes_new_pages_and_reads_them(
    discovered: Bench, tmp_path: Path
) -> None:
    for each in discovered.waiting():
        discovered.approve(each)
    discovered.work()
    assert len(templates.list_families(discovered.runtime, discovered.admin)) == 2

    fresh = discovered.add(scan(tmp_path, "receipt", 10)).document
    discovered.work()
    view = documents.get_document(discovered.runtime, discovered.admin, fresh.id)
    assert view.document.state is DocumentState.DONE
    (match,) = view.matches.values()
    assert match.outcome is Outcome.ROUTED
    (instance,) = values.list_instances(discovered.runtime, discovered.admin, fresh.id)
    filled = [each for each in instance.values if not each.value.reading.empty]
    assert len(filled) >= 3

    stranger = discovered.add(scan(tmp_path, "leave", 2)).document
    discovered.work()
    view = documents.get_document(discovered.runtime, discovered.admin, stranger.id)
    assert [page.state for page in view.pages] == [PageState.UNKNOWN]


def _other_edition(discovered: Bench, folder: Path) -> documents.DocumentView:
    """Approve what was discovered, and send a page of an edition that was not."""
    for each in discovered.waiting():
        discovered.approve(each)
    discovered.work()
    other = discovered.add(scan(folder, "expenses", 14, edition=0)).document
    discovered.work()
    return documents.get_document(discovered.runtime, discovered.admin, other.id)


def test_an_edition_never_onboarded_is_not_routed_to_another(
    discovered: Bench, tmp_path: Path
) -> None:
    view = _other_edition(discovered, tmp_path)
    (match,) = view.matches.values()
    assert (match.outcome, match.reason) == (Outcome.REVIEW, "edition-unknown")
    assert match.family_id is not None


def test_a_page_for_review_lies_in_a_form_that_counts_once_a_person_has_decided(
    discovered: Bench, tmp_path: Path
) -> None:
    view = _other_edition(discovered, tmp_path)
    (waits,) = view.instances
    (match,) = view.matches.values()
    assert waits.awaiting_page_ids == waits.page_ids == (match.page_id,)
    assert [f.code for f in waits.findings] == ["page-awaits-review"]
    assert values.list_instances(discovered.runtime, discovered.admin, view.document.id) == []

    chosen = match.candidates[0].template_page_id
    review.decide(discovered.runtime, discovered.admin, match.page_id, chosen)
    discovered.work()
    view = documents.get_document(discovered.runtime, discovered.admin, view.document.id)
    (form,) = view.instances
    assert (form.id, form.awaiting_page_ids, form.findings) == (waits.id, (), ())
    (read,) = values.list_instances(discovered.runtime, discovered.admin, view.document.id)
    assert any(not each.value.reading.empty for each in read.values)


def _renamed(discovered: Bench, each: Proposal) -> None:
    """Have a person give the first field another name."""
    assert each.draft is not None
    first, *others = each.draft.fields
    fields = [replace(first, name="named_by_a_person"), *others]
    proposals.edit(discovered.runtime, discovered.admin, each.id, fields=fields)


def test_copies_of_an_edition_never_onboarded_become_a_new_version(
    discovered: Bench, tmp_path: Path
) -> None:
    for each in discovered.waiting():
        _renamed(discovered, each)
        discovered.approve(each)
    discovered.work()
    for seed in range(20, 23):
        discovered.add(scan(tmp_path, "expenses", seed, edition=0))
    discovered.work()
    discovered.discover()
    (proposed,) = discovered.waiting()
    assert proposed.kind is ProposalKind.NEW_VERSION
    assert proposed.draft is not None
    told = carrying.differing_fields(discovered.runtime, discovered.admin, proposed.id)
    assert told is not None
    kept = {f.spec.name for f in told.version.fields} & {f.name for f in proposed.draft.fields}
    assert "named_by_a_person" in kept
    assert len(kept) >= 0.8 * len(proposed.draft.fields)
    discovered.approve(proposed)
    discovered.work()
    families = templates.list_families(discovered.runtime, discovered.admin)
    assert sorted(len(family.versions) for family in families) == [1, 2]


def test_approving_one_proposal_leaves_the_other_waiting(discovered: Bench) -> None:
    first, second = discovered.waiting()
    discovered.approve(first)
    discovered.work()
    assert [each.id for each in discovered.waiting()] == [second.id]
    assert state_of(discovered, first.id) is ProposalState.PUBLISHED


def test_a_decision_is_carried_out_by_another_process(discovered: Bench) -> None:
    first, _ = discovered.waiting()
    discovered.approve(first)
    discovered.restarted().work()
    assert state_of(discovered, first.id) is ProposalState.PUBLISHED


def test_a_decision_is_carried_out_though_the_checkpoint_is_lost(discovered: Bench) -> None:
    first, _ = discovered.waiting()
    with psycopg.connect(discovered.urls.superuser) as connection:
        connection.execute(
            "TRUNCATE langgraph.checkpoints, langgraph.checkpoint_blobs,"
            " langgraph.checkpoint_writes"
        )
    discovered.approve(first)
    discovered.work()
    assert state_of(discovered, first.id) is ProposalState.PUBLISHED


def test_running_discovery_again_adds_nothing(discovered: Bench) -> None:
    before = [(each.id, len(each.members)) for each in discovered.waiting()]
    discovered.discover()
    assert [(each.id, len(each.members)) for each in discovered.waiting()] == before


def test_a_group_that_grows_keeps_all_its_members(discovered: Bench, tmp_path: Path) -> None:
    before = {each.id for each in discovered.waiting()}
    for seed in (17, 18):
        discovered.add(scan(tmp_path, "receipt", seed))
    discovered.work()
    discovered.discover()
    after = discovered.waiting()
    assert {each.id for each in after} == before
    assert sorted(len(each.members) for each in after) == [4, 6]


def state_of(bench: Bench, proposal_id: object) -> ProposalState:
    proposal, _ = drafting.load_proposal(bench.runtime, proposal_id)
    return proposal.state
