"""Forget a document: its file, images, text, vectors, values, exemplars and drafts, and its blobs.

What was derived from it together with other pages is rebuilt without it: drafts of proposals by the
agent, blank forms of published versions by work of their own. Projections fitted on it are marked:
their weights, one matrix for all pages, stay until they are dropped. A tombstone stays in audit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from chohyo.domain.access import Actor, Caller, Role
from chohyo.domain.documents import Document, Page
from chohyo.domain.proposals import (
    Proposal,
    ProposalState,
    are_copies,
    arranged_fingerprint,
    fingerprint,
)
from chohyo.errors import ConflictError, NotFoundError
from chohyo.services.documents import visible_document
from chohyo.services.runtime import Change, Runtime, change
from chohyo.storage import (
    arrangements,
    audit,
    documents,
    edition_advice,
    forgetting,
    idempotency,
    pages,
    proposals,
    training,
)
from chohyo.storage.forgetting import PageTrace
from chohyo.storage.work import Work, WorkKind

# A blob that was put again after its removal was asked for belongs to a change that is still under
# way: an hour later that is over, and its row refers to the blob or nothing does.
_UNDER_WAY = timedelta(hours=1)
# Blobs without a row that are older than this were left by a process that died in between.
_ORPHANED = timedelta(days=1)
_UNDECIDED = (
    ProposalState.DRAFTING,
    ProposalState.WAITING,
    ProposalState.APPROVED,
    ProposalState.FAILED,
)


class OnHoldError(ConflictError):
    """The document must be kept."""

    code = "on-hold"
    message = "The document is on hold and must be kept. End the hold first."


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What went with a document, and what is rebuilt without it."""

    document_id: UUID
    pages: int
    proposals: int
    versions: int


def forget(runtime: Runtime, caller: Caller, document_id: UUID) -> Forgotten:
    """Forget a document for good; nobody can bring it back.

    Raises:
        NotFoundError: there is none, or the caller may not see it.
        ForbiddenError: the caller does not administer the collection.
        OnHoldError: it is on hold.
    """
    with change(runtime) as doing:
        visible_document(doing.connection, caller, document_id, Role.ADMIN)
        forgotten = forget_in(doing, caller.actor, document_id, "request")
    remove_blobs(runtime)
    return forgotten


def forget_in(doing: Change, actor: Actor, document_id: UUID, cause: str) -> Forgotten:
    """Forget a document in a change; `remove_blobs` follows once that is committed."""
    connection = doing.connection
    document = documents.lock(connection, document_id)
    if document is None:
        raise NotFoundError(kind="document", id=str(document_id))
    if document.hold_reason is not None:
        raise OnHoldError
    traces = forgetting.pages_of(connection, document_id)
    page_ids = [page.id for page in traces]
    versions = forgetting.mark_stale(connection, page_ids)
    trained = training.mark_forgotten(connection, document_id)
    affected = forgetting.proposals_with(connection, page_ids)
    forgetting.request_removal(connection, _blobs(document, traces), datetime.now(UTC))
    for page in traces:
        forgetting.replace_kin_key(connection, document.collection_id, page.content_key)
    forgetting.delete_document(connection, document_id, page_ids)
    idempotency.delete_about(connection, [document_id, *page_ids])
    for proposal_id in affected:
        _without_pages(doing, proposal_id)
    for version_id in versions:
        doing.request(Work(WorkKind.BLANK, version_id, priority=1))
    audit.append(
        connection, actor, "document.forgotten", "document", document_id,
        collection_id=document.collection_id,
        details={"pages": len(traces), "proposals": len(affected), "versions": len(versions),
                 "projections": len(trained), "cause": cause},
    )  # fmt: skip
    return Forgotten(document_id, len(traces), len(affected), len(versions))


def set_hold(runtime: Runtime, caller: Caller, document_id: UUID, reason: str | None) -> Document:
    """Put a document on hold, so that neither people nor retention remove it; None ends it."""
    with change(runtime) as doing:
        visible_document(doing.connection, caller, document_id, Role.ADMIN)
        document = documents.lock(doing.connection, document_id)
        if document is None:
            raise NotFoundError(kind="document", id=str(document_id))
        forgetting.set_hold(doing.connection, document_id, reason)
        key = documents.audit_key(doing.connection, document_id)
        audit.append(
            doing.connection, caller.actor,
            "document.held" if reason else "document.released", "document", document_id,
            collection_id=document.collection_id,
            after=audit.keyed_hash(key, reason) if reason else None,
        )  # fmt: skip
    return replace(document, hold_reason=reason)


def remove_blobs(runtime: Runtime) -> int:
    """Remove the bytes of blobs whose removal is due; return how many were removed.

    Can be repeated and interrupted: a removal is crossed off after the bytes are gone.
    """
    with runtime.database.transaction() as connection:
        wanted = forgetting.removals(connection)
        free = set(forgetting.unreferenced(connection, [name for name, _ in wanted]))
    removed = 0
    for name, at in wanted:
        put_at = runtime.blobs.stored_at(name)
        if put_at is not None and name in free:
            if put_at > at and datetime.now(UTC) < put_at + _UNDER_WAY:
                continue
            runtime.blobs.delete(name)
            removed += 1
        with runtime.database.transaction() as connection:
            forgetting.end_removal(connection, name, at)
    return removed


def remove_orphans(runtime: Runtime) -> int:
    """Remove blobs that no row refers to and that are older than a day; return how many."""
    before = datetime.now(UTC) - _ORPHANED
    names = [name for name in runtime.blobs.names() if _older(runtime, name, before)]
    with runtime.database.transaction() as connection:
        orphans = forgetting.unreferenced(connection, names)
    removed = 0
    for name in orphans:
        if _older(runtime, name, before):  # still: nobody put it again meanwhile
            runtime.blobs.delete(name)
            removed += 1
    return removed


def _older(runtime: Runtime, name: str, before: datetime) -> bool:
    put_at = runtime.blobs.stored_at(name)
    return put_at is not None and put_at < before


def _blobs(document: Document, traces: list[PageTrace]) -> list[str]:
    return [document.blob, *(name for page in traces for name in page.blobs)]


def _without_pages(doing: Change, proposal_id: UUID) -> None:
    """Have a proposal whose pages were forgotten drafted again, or end it when too few are left."""
    proposal = proposals.lock(doing.connection, proposal_id)
    assert proposal is not None
    edition_advice.forget(doing.connection, proposal_id)
    keys = [page.content_key for page in _member_pages(doing, proposal)]
    own = arrangements.arranged(doing.connection, [proposal_id])
    key = arranged_fingerprint(proposal_id, keys) if own else fingerprint(keys)
    twin = proposals.by_fingerprint(doing.connection, proposal.collection_id, key)
    if proposal.state not in _UNDECIDED or not are_copies(proposal.members) or twin is not None:
        _drop_draft_blobs(doing, proposal)
        forgetting.erase_proposal(doing.connection, proposal_id)
        if proposal.state in _UNDECIDED:
            proposals.set_state(doing.connection, proposal_id, ProposalState.SUPERSEDED)
        return
    edited = proposal.draft is not None and proposal.draft.edited
    if edited:
        assert proposal.draft is not None
        there = {member.page_id for member in proposal.members}
        figures = tuple(each.of_pages(there) for each in proposal.draft.figures)
        stale = replace(proposal.draft, stale=True, figures=figures)
        proposals.set_draft(doing.connection, proposal_id, stale)
    else:
        _drop_draft_blobs(doing, proposal)
    proposals.regroup(doing.connection, proposal_id, key, proposal.kin_key)
    doing.request(Work(WorkKind.PROPOSAL, proposal_id, priority=2))


def _drop_draft_blobs(doing: Change, proposal: Proposal) -> None:
    if proposal.draft is not None:
        forgetting.request_removal(doing.connection, proposal.draft.blobs(), datetime.now(UTC))


def _member_pages(doing: Change, proposal: Proposal) -> list[Page]:
    return pages.some(doing.connection, [member.page_id for member in proposal.members])
