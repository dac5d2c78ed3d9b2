"""Publish an approved proposal: version, fields, exemplars and audit in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from chohyo.domain.access import Actor
from chohyo.domain.documents import DocumentState, PageState
from chohyo.domain.ids import new_id
from chohyo.domain.matches import Candidate, Match, Outcome
from chohyo.domain.proposals import Draft, MemberPage, Proposal, ProposalState
from chohyo.domain.templates import Field, TemplatePage, free_label
from chohyo.errors import ConflictError, NotFoundError
from chohyo.services import exemplars, notices
from chohyo.services.runtime import Change, Runtime, change
from chohyo.storage import audit, documents, matches, pages, proposals, templates
from chohyo.storage.database import Connection
from chohyo.storage.work import Work, WorkKind


def publish(runtime: Runtime, proposal_id: UUID) -> UUID:
    """Publish an approved proposal once, route its members, and return its version.

    Raises:
        ConflictError: the proposal is neither approved nor published.
    """
    with change(runtime) as doing:
        proposal = proposals.lock(doing.connection, proposal_id)
        if proposal is None:
            raise NotFoundError(kind="proposal", id=str(proposal_id))
        if proposal.version_id is not None:
            return proposal.version_id
        if proposal.state is not ProposalState.APPROVED or proposal.draft is None:
            raise ConflictError(kind="proposal", state=proposal.state.value)
        family_id = _family(doing.connection, proposal, proposal.draft)
        version_id = _version(doing.connection, proposal, proposal.draft, family_id)
        page_ids = _pages(doing.connection, proposal.draft, version_id)
        _fields(doing.connection, proposal.draft, version_id, page_ids)
        _exemplars(doing.connection, proposal, page_ids)
        _route_members(doing, proposal, family_id, version_id, page_ids)
        proposals.set_state(
            doing.connection, proposal_id, ProposalState.PUBLISHED, version_id=version_id
        )
        audit.append(
            doing.connection, Actor.agent("publish"), "version.published", "template_version",
            version_id, collection_id=proposal.collection_id,
            details={
                "proposal": str(proposal_id),
                "family": str(family_id),
                "pages": len(page_ids),
                "fields": len(proposal.draft.fields),
                "members": len(proposal.members),
            },
        )  # fmt: skip
    return version_id


def reroute_pool(runtime: Runtime, collection_id: UUID) -> int:
    """Route the pages in review and in the pool again; return how many documents have some.

    A document still under way is gone through once more when it is done.
    """
    with change(runtime) as doing:
        waiting = reroute_in(doing, collection_id)
        audit.append(
            doing.connection, Actor.agent("reroute"), "pool.rerouted", "collection",
            collection_id, collection_id=collection_id, details={"documents": waiting},
        )  # fmt: skip
    return waiting


def reroute_in(doing: Change, collection_id: UUID) -> int:
    """Ask, within a change, for waiting pages to be routed again; return how many documents."""
    waiting = documents.with_resting_pages(doing.connection, collection_id)
    for document_id in waiting:
        pages.reset_for_routing(doing.connection, document_id)
        documents.set_state(doing.connection, document_id, DocumentState.SPLIT)
        doing.request(Work(WorkKind.DOCUMENT, document_id, priority=7))
    return len(waiting)


def _family(connection: Connection, proposal: Proposal, draft: Draft) -> UUID:
    known = proposal.family_id or proposals.published_kin(
        connection, proposal.collection_id, proposal.kin_key
    )
    if known is not None:
        return known
    family_id = new_id()
    templates.insert_family(connection, family_id, proposal.collection_id, draft.name)
    return family_id


def _version(connection: Connection, proposal: Proposal, draft: Draft, family_id: UUID) -> UUID:
    version_id = new_id()
    taken = {each.label for each in templates.versions_of_family(connection, family_id)}
    label = free_label(draft.version_label, taken)
    templates.insert_version(connection, version_id, family_id, proposal.collection_id, label)
    return version_id


def _pages(connection: Connection, draft: Draft, version_id: UUID) -> dict[int, UUID]:
    ids: dict[int, UUID] = {}
    for page in draft.pages:
        ids[page.page_no] = new_id()
        templates.insert_page(
            connection,
            TemplatePage(
                ids[page.page_no], version_id, page.page_no, page.width, page.height,
                page.blank_blob, page.reference_blob,
            ),
        )  # fmt: skip
    return ids


def _fields(
    connection: Connection, draft: Draft, version_id: UUID, page_ids: dict[int, UUID]
) -> None:
    # Pieces of a field that was split share its order; they come as the draft lists them.
    for order, spec in enumerate(sorted(draft.fields, key=lambda each: each.order)):
        numbered = replace(spec, order=order)
        templates.insert_field(
            connection, Field(new_id(), version_id, page_ids[spec.page_no], numbered)
        )


def _exemplars(connection: Connection, proposal: Proposal, page_ids: dict[int, UUID]) -> None:
    for page_no, template_page_id in page_ids.items():
        copies = [m.page_id for m in proposal.members if m.template_page_no == page_no]
        for page_id in exemplars.unlike(connection, copies, exemplars.PER_PAGE):
            templates.insert_exemplar(connection, template_page_id, page_id)


def _route_members(
    doing: Change,
    proposal: Proposal,
    family_id: UUID,
    version_id: UUID,
    page_ids: dict[int, UUID],
) -> None:
    stored = pages.some(doing.connection, [member.page_id for member in proposal.members])
    document_of = {page.id: page.document_id for page in stored}
    for member in proposal.members:
        if member.transform is None:  # nothing can be read there: it is routed like any other page
            continue
        match = _approved_match(
            proposal, member, family_id, version_id, page_ids[member.template_page_no]
        )
        pages.set_state(doing.connection, member.page_id, PageState.ROUTED)
        matches.put(doing.connection, match)
        notices.tell_of_match(doing, match, document_of[member.page_id])
    for document_id in sorted(set(document_of.values())):
        documents.set_state(doing.connection, document_id, DocumentState.SPLIT)
        doing.request(Work(WorkKind.DOCUMENT, document_id, priority=4))


def _approved_match(
    proposal: Proposal,
    member: MemberPage,
    family_id: UUID,
    version_id: UUID,
    template_page_id: UUID,
) -> Match:
    candidate = Candidate(
        template_page_id, version_id, family_id,
        similarity=1.0, score=1.0, probability=1.0, transform=member.transform,
    )  # fmt: skip
    return Match(
        id=new_id(),
        page_id=member.page_id,
        collection_id=proposal.collection_id,
        outcome=Outcome.ROUTED,
        template_page_id=template_page_id,
        version_id=version_id,
        family_id=family_id,
        probability=1.0,
        margin=1.0,
        reason="approved-with-proposal",
        transform=member.transform,
        candidates=(candidate,),
        decided_by="person",
        created_at=datetime.now(UTC),
    )
