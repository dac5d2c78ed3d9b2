"""Show proposals and record what people decide about them.

A decision is a row first; the agent is only told that there is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from chohyo.domain.access import Caller, Role
from chohyo.domain.documents import Page
from chohyo.domain.proposals import Draft, Proposal, ProposalState
from chohyo.domain.templates import FieldSpec
from chohyo.errors import ConflictError, InvalidInputError, NotFoundError
from chohyo.services.runtime import Change, Runtime, change, require
from chohyo.storage import audit, collections, pages, proposals
from chohyo.storage.database import Connection
from chohyo.storage.work import Work, WorkKind


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal with its member pages."""

    proposal: Proposal
    pages: dict[UUID, Page]


def list_proposals(
    runtime: Runtime,
    caller: Caller,
    states: Sequence[ProposalState] = (ProposalState.WAITING,),
    *,
    after: UUID | None = None,
    limit: int = 100,
) -> list[Proposal]:
    """Return proposals in these states, oldest first; `after` is the cursor."""
    with runtime.database.transaction() as connection:
        return proposals.in_states(
            connection, caller.collections(Role.VIEWER), states, after=after, limit=limit
        )


def get_proposal(runtime: Runtime, caller: Caller, proposal_id: UUID) -> ProposalView:
    """Return a proposal with its member pages."""
    with runtime.database.transaction() as connection:
        proposal = _visible(
            proposals.get(connection, proposal_id), caller, proposal_id, Role.VIEWER
        )
        members = pages.some(connection, [member.page_id for member in proposal.members])
    return ProposalView(proposal, {page.id: page for page in members})


def proposed_blank(runtime: Runtime, caller: Caller, proposal_id: UUID, page_no: int) -> bytes:
    """Return the proposed blank form of one template page, as PNG."""
    draft = get_proposal(runtime, caller, proposal_id).proposal.draft
    for page in draft.pages if draft else ():
        if page.page_no == page_no:
            return runtime.blobs.get(page.blank_blob)
    raise NotFoundError(kind="template page", id=str(page_no))


def edit(
    runtime: Runtime,
    caller: Caller,
    proposal_id: UUID,
    *,
    name: str | None = None,
    version_label: str | None = None,
    fields: Sequence[FieldSpec] | None = None,
) -> Proposal:
    """Change a waiting proposal's name, version label or fields.

    Raises:
        ConflictError: it was decided already.
        InvalidInputError: a name is empty, or two fields share one.
    """
    with change(runtime) as doing:
        proposal = _undecided(doing.connection, caller, proposal_id)
        draft = _edited(_draft_of(proposal), name, version_label, fields)
        proposals.set_draft(doing.connection, proposal_id, draft)
        _record(doing, caller, proposal, "proposal.edited", draft)
    return replace(proposal, draft=draft)


def approve(runtime: Runtime, caller: Caller, proposal_id: UUID) -> Proposal:
    """Approve a waiting proposal; the agent then publishes it and routes the pool again.

    Raises:
        ConflictError: it was decided already.
    """
    with change(runtime) as doing:
        proposal = _undecided(doing.connection, caller, proposal_id)
        proposals.set_state(
            doing.connection, proposal_id, ProposalState.APPROVED,
            decided_by=str(caller.principal.id),
        )  # fmt: skip
        doing.request(Work(WorkKind.PROPOSAL, proposal_id, priority=1))
        _record(doing, caller, proposal, "proposal.approved", _draft_of(proposal))
    return replace(proposal, state=ProposalState.APPROVED)


def reject(runtime: Runtime, caller: Caller, proposal_id: UUID, reason: str) -> Proposal:
    """Reject a waiting proposal; its pages stay in the pool, and it is not proposed again.

    Raises:
        ConflictError: it was decided already.
    """
    with change(runtime) as doing:
        proposal = _undecided(doing.connection, caller, proposal_id)
        proposals.set_state(
            doing.connection, proposal_id, ProposalState.REJECTED,
            decided_by=str(caller.principal.id), reason=reason,
        )  # fmt: skip
        doing.request(Work(WorkKind.PROPOSAL, proposal_id, priority=1))
        _record(doing, caller, proposal, "proposal.rejected", _draft_of(proposal))
    return replace(proposal, state=ProposalState.REJECTED)


def _visible(
    proposal: Proposal | None, caller: Caller, proposal_id: UUID, needed: Role
) -> Proposal:
    if proposal is None:
        raise NotFoundError(kind="proposal", id=str(proposal_id))
    require(caller, proposal.collection_id, needed, kind="proposal", object_id=proposal_id)
    return proposal


def _undecided(connection: Connection, caller: Caller, proposal_id: UUID) -> Proposal:
    found = proposals.lock(connection, proposal_id)
    proposal = _visible(found, caller, proposal_id, Role.REVIEWER)
    if proposal.state is not ProposalState.WAITING:
        raise ConflictError(kind="proposal", state=proposal.state.value)
    return proposal


def _draft_of(proposal: Proposal) -> Draft:
    if proposal.draft is None:
        raise ConflictError(kind="proposal", state=proposal.state.value)
    return proposal.draft


def _edited(
    draft: Draft,
    name: str | None,
    version_label: str | None,
    fields: Sequence[FieldSpec] | None,
) -> Draft:
    for label, text in (("name", name), ("version_label", version_label)):
        if text is not None and not text.strip():
            raise InvalidInputError(field=label, reason="must not be empty")
    names = [field.name for field in fields or ()]
    doubled = next((each for each in names if names.count(each) > 1), None)
    if doubled is not None:
        raise InvalidInputError(field="fields", reason=f"the name {doubled} is used twice")
    return replace(
        draft,
        name=name.strip() if name else draft.name,
        version_label=version_label.strip() if version_label else draft.version_label,
        fields=tuple(fields) if fields is not None else draft.fields,
        edited=True,
    )


def _record(doing: Change, caller: Caller, proposal: Proposal, action: str, draft: Draft) -> None:
    key = collections.audit_key(doing.connection, proposal.collection_id)
    before = audit.keyed_hash(key, repr(proposal.draft)) if proposal.draft else None
    audit.append(
        doing.connection, caller.actor, action, "proposal", proposal.id,
        collection_id=proposal.collection_id,
        details={"pages": len(proposal.members), "fields": len(draft.fields)},
        before=before,
        after=audit.keyed_hash(key, repr(draft)),
    )  # fmt: skip
