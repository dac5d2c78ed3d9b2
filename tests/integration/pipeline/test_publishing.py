"""From an approved proposal to a published version."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chohyo.domain.documents import PageState
from chohyo.domain.ids import new_id
from chohyo.domain.matches import Candidate, Outcome
from chohyo.domain.proposals import ProposalState
from chohyo.errors import ConflictError
from chohyo.services import (
    assembling,
    drafting,
    processing,
    proposals,
    publishing,
    templates,
    values,
)
from chohyo.storage import matches, pages
from tests.integration.pipeline.conftest import draft_for, group_of, run_over


@pytest.fixture
def approved(runtime, collection, pooled, callers):
    pages = [pooled("a"), pooled("b")]
    (proposal_id,) = run_over(runtime, collection, group_of(*pages))
    draft_for(runtime, proposal_id)
    proposals.approve(runtime, callers["reviewer"].caller, proposal_id)
    return proposal_id, pages


def test_publishing_twice_gives_one_version(runtime, approved, callers):
    proposal_id, _ = approved
    first = publishing.publish(runtime, proposal_id)
    assert publishing.publish(runtime, proposal_id) == first
    (family,) = templates.list_families(runtime, callers["viewer"].caller)
    assert [version.id for version in family.versions] == [first]


def test_the_members_of_an_approved_proposal_are_routed_by_the_person(runtime, approved, callers):
    proposal_id, pages = approved
    version_id = publishing.publish(runtime, proposal_id)
    for page in pages:
        view = values.get_page(runtime, callers["operator"].caller, page.id)
        assert view.page.state is PageState.ROUTED
        assert view.match.outcome is Outcome.ROUTED
        assert view.match.version_id == version_id
        assert view.match.decided_by == "person"


def test_a_waiting_proposal_is_not_published(runtime, collection, pooled):
    (proposal_id,) = run_over(runtime, collection, group_of(pooled("a"), pooled("b")))
    draft_for(runtime, proposal_id)
    with pytest.raises(ConflictError):
        publishing.publish(runtime, proposal_id)


def test_approving_one_leaves_the_others_waiting(runtime, collection, pooled, callers):
    first, second = run_over(
        runtime, collection,
        group_of(pooled("a"), pooled("b")), group_of(pooled("c"), pooled("d")),
    )  # fmt: skip
    draft_for(runtime, first)
    draft_for(runtime, second)
    proposals.approve(runtime, callers["reviewer"].caller, first)
    publishing.publish(runtime, first)
    proposal, _ = drafting.load_proposal(runtime, second)
    assert proposal.state is ProposalState.WAITING


def test_a_proposal_is_decided_once(runtime, approved, callers):
    proposal_id, _ = approved
    with pytest.raises(ConflictError):
        proposals.reject(runtime, callers["reviewer"].caller, proposal_id, "too late")


def test_rerouting_takes_the_unknown_pages_of_finished_documents(
    runtime, collection, approved, pooled, queue
):
    proposal_id, _ = approved
    left = pooled("left over")
    publishing.publish(runtime, proposal_id)
    queue.sent.clear()
    publishing.reroute_pool(runtime, collection.id)
    assert [(kind, object_id) for kind, object_id, _ in queue.sent] == [
        ("document", left.document_id)
    ]


def test_a_page_that_only_looks_like_a_form_has_its_place_in_an_instance_and_waits(
    runtime, approved, pooled, callers
):
    proposal_id, _ = approved
    version = processing.version(runtime, publishing.publish(runtime, proposal_id))
    page = pooled("worn")
    nearest = Candidate(version.pages[0].id, version.id, version.family_id, 0.9, score=0.0)
    (known,) = processing.matches_of(runtime, [page.id]).values()
    looks = replace(
        known, id=new_id(), outcome=Outcome.REVIEW, reason="looks-alike",
        family_id=version.family_id, candidates=(nearest,),
    )  # fmt: skip
    with runtime.database.transaction() as connection:
        matches.put(connection, looks)
        pages.set_state(connection, page.id, PageState.REVIEW)
    document, _ = processing.load_document(runtime, page.document_id)

    (instance,) = assembling.assemble(runtime, document)

    assert (instance.version_id, instance.page_ids) == (version.id, (page.id,))
    assert [finding.code for finding in instance.findings] == ["page-awaits-review"]
