"""Show proposals and record what people decide about them.

A decision is a row first; the agent is only told that there is one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from chohyo.domain import figures
from chohyo.domain.access import Caller, Role
from chohyo.domain.documents import Page
from chohyo.domain.figures import FieldFigures
from chohyo.domain.geometry import Box
from chohyo.domain.proposals import Draft, Proposal, ProposalState
from chohyo.domain.templates import FieldSpec, TableCell
from chohyo.errors import ConflictError, InvalidInputError, NotFoundError
from chohyo.services.runtime import Change, Runtime, change, require
from chohyo.storage import audit, collections, pages, proposals
from chohyo.storage.database import Connection
from chohyo.storage.work import Work, WorkKind

MOST_FIELDS = 1000
LONGEST_LABEL = 500
_NAME = re.compile(r"[a-z][a-z0-9_]{0,79}")
_WHOLE_PAGE = Box(0.0, 0.0, 1.0, 1.0)
# Files round a box's edges.
_SAME_BOX = 0.98


@dataclass(frozen=True, slots=True)
class PlacedField:
    """A field, and its number (from 0) among the fields of a draft."""

    at: int
    spec: FieldSpec


@dataclass(frozen=True, slots=True)
class FieldsSwap:
    """Take the fields named in `out` out of a draft, and put others into it.

    The numbers of `into` are those that the fields have afterwards. One field is changed by taking
    it out and putting another in; adding, removing, merging and splitting are the same.
    """

    out: tuple[str, ...]
    into: tuple[PlacedField, ...]


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal with its member pages."""

    proposal: Proposal
    pages: dict[UUID, Page]

    @property
    def figures(self) -> dict[str, FieldFigures]:
        """Return what the check measured, by the name of the field."""
        draft = self.proposal.draft
        return {each.name: each for each in draft.figures} if draft else {}

    @property
    def overlaps(self) -> Mapping[str, tuple[str, ...]]:
        """Return the fields that lie in one another's boxes, by name."""
        draft = self.proposal.draft
        return figures.overlaps(draft.fields) if draft else {}


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


def revision(draft: Draft) -> str:
    """Return what tells one state of a draft from another; an edit names the one it was made on."""
    return hashlib.sha256(repr(draft).encode()).hexdigest()[:16]


def edit(
    runtime: Runtime,
    caller: Caller,
    proposal_id: UUID,
    *,
    name: str | None = None,
    version_label: str | None = None,
    fields: Sequence[FieldSpec] | None = None,
    based_on: str | None = None,
) -> Proposal:
    """Change a waiting proposal's name, version label or fields.

    Raises:
        ConflictError: it was decided already, or has another revision than `based_on`.
        InvalidInputError: a name is empty, taken or malformed, or a field lies on no page.
    """
    with change(runtime) as doing:
        proposal = _undecided(doing.connection, caller, proposal_id, based_on)
        before = _draft_of(proposal)
        placed = by_hand(fields, before.fields) if fields is not None else None
        draft = _edited(before, name, version_label, placed)
        proposals.set_draft(doing.connection, proposal_id, draft)
        _record(doing, caller, proposal, "proposal.edited", draft)
    return replace(proposal, draft=draft)


def swap_fields(
    runtime: Runtime,
    caller: Caller,
    proposal_id: UUID,
    swap: FieldsSwap,
    based_on: str | None = None,
    action: str = "proposal.edited",
) -> tuple[Proposal, FieldsSwap]:
    """Take fields out and put others in; return the proposal and the swap that undoes this one.

    `action` is what the audit says.

    Raises:
        NotFoundError: there is no field of a name that is to be taken out.
        ConflictError: it was decided already, or has another revision than `based_on`.
        InvalidInputError: a field's name is taken or malformed, or it lies on no page.
    """
    with change(runtime) as doing:
        proposal = _undecided(doing.connection, caller, proposal_id, based_on)
        fields, undo = _swapped(_draft_of(proposal).fields, swap)
        draft = _edited(_draft_of(proposal), None, None, fields)
        proposals.set_draft(doing.connection, proposal_id, draft)
        _record(doing, caller, proposal, action, draft)
    return replace(proposal, draft=draft), undo


def by_hand(fields: Sequence[FieldSpec], before: Sequence[FieldSpec]) -> list[FieldSpec]:
    """Return fields that a person gives; those it moved are where they belong."""
    was = {spec.name: spec.box for spec in before}
    return [
        spec if was.get(spec.name, spec.box).iou(spec.box) > _SAME_BOX else spec.placed()
        for spec in fields
    ]


def approve(
    runtime: Runtime, caller: Caller, proposal_id: UUID, *, based_on: str | None = None
) -> Proposal:
    """Approve a waiting proposal; the agent then publishes it and routes the pool again.

    Raises:
        ConflictError: it was decided already, or has another revision than `based_on`.
    """
    with change(runtime) as doing:
        proposal = _undecided(doing.connection, caller, proposal_id, based_on)
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


def retry(runtime: Runtime, caller: Caller, proposal_id: UUID) -> Proposal:
    """Have the agent try again what it failed at: drafting, publishing, or routing the pool again.

    Raises:
        ConflictError: it has not failed.
    """
    with change(runtime) as doing:
        found = proposals.lock(doing.connection, proposal_id)
        proposal = _visible(found, caller, proposal_id, Role.OPERATOR)
        if proposal.failure is None:
            raise ConflictError(kind="proposal", state=proposal.state.value)
        state = proposal.state
        if state is ProposalState.FAILED:
            state = ProposalState.APPROVED if proposal.decided_by else ProposalState.DRAFTING
        proposals.set_state(doing.connection, proposal_id, state)
        doing.request(Work(WorkKind.PROPOSAL, proposal_id, priority=2))
        audit.append(
            doing.connection, caller.actor, "proposal.retried", "proposal", proposal_id,
            collection_id=proposal.collection_id, details={"code": proposal.failure.code},
        )  # fmt: skip
    return replace(proposal, state=state, failure=None)


def _visible(
    proposal: Proposal | None, caller: Caller, proposal_id: UUID, needed: Role
) -> Proposal:
    if proposal is None:
        raise NotFoundError(kind="proposal", id=str(proposal_id))
    require(caller, proposal.collection_id, needed, kind="proposal", object_id=proposal_id)
    return proposal


def _undecided(
    connection: Connection, caller: Caller, proposal_id: UUID, based_on: str | None = None
) -> Proposal:
    found = proposals.lock(connection, proposal_id)
    proposal = _visible(found, caller, proposal_id, Role.REVIEWER)
    if proposal.state is not ProposalState.WAITING:
        raise ConflictError(kind="proposal", state=proposal.state.value)
    if based_on is not None and revision(_draft_of(proposal)) != based_on:
        raise ConflictError(kind="proposal", state="changed by somebody else")
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
    _check_fields(draft, fields or ())
    return replace(
        draft,
        name=name.strip() if name else draft.name,
        version_label=version_label.strip() if version_label else draft.version_label,
        fields=tuple(fields) if fields is not None else draft.fields,
        edited=True,
        figures=draft.figures
        if fields is None
        else figures.carried(draft.figures, draft.fields, fields),
    )


def _check_fields(draft: Draft, fields: Sequence[FieldSpec]) -> None:
    if len(fields) > MOST_FIELDS:
        raise InvalidInputError(field="fields", reason="are too many for one form")
    _check_tables(draft, fields)
    names: set[str] = set()
    known = set(draft.fields)
    pages_there = {page.page_no for page in draft.pages}
    for spec in fields:
        if spec.name in names:
            raise InvalidInputError(field=spec.name, reason="is used twice")
        names.add(spec.name)
        if spec in known:  # as the agent drew it, or checked when it was edited
            continue
        if not _NAME.fullmatch(spec.name):
            raise InvalidInputError(
                field=spec.name or "name",
                reason="must be lower-case letters, digits and underscores, with a letter first",
            )
        if len(spec.label) > LONGEST_LABEL or "\x00" in spec.label + spec.section:
            raise InvalidInputError(field=spec.name, reason="has a label that is not acceptable")
        if spec.page_no not in pages_there:
            raise InvalidInputError(field=spec.name, reason="lies on no page of this proposal")
        if not all(_lies_on_page(box) for box in _boxes(spec)):
            raise InvalidInputError(field=spec.name, reason="must have its place on the page")


def _check_tables(draft: Draft, fields: Sequence[FieldSpec]) -> None:
    """Refuse new fields by which a value would have no place of its own in the schema."""
    tables = {spec.cell.table for spec in fields if spec.cell}
    cells: set[TableCell] = set()
    for spec in fields:
        if spec.cell is None:
            if spec.name in tables and spec not in draft.fields:
                raise InvalidInputError(field=spec.name, reason="is the name of a table, too")
            continue
        if spec.cell in cells and spec not in draft.fields:
            raise InvalidInputError(field=spec.name, reason="stands in a cell of another field")
        cells.add(spec.cell)


def _boxes(spec: FieldSpec) -> Iterator[Box]:
    yield spec.box
    for option in spec.options:
        yield option.box


def _lies_on_page(box: Box) -> bool:
    inside = _WHOLE_PAGE.contains(box.x0, box.y0) and _WHOLE_PAGE.contains(box.x1, box.y1)
    return inside and box.width > 0 and box.height > 0


def _swapped(fields: tuple[FieldSpec, ...], swap: FieldsSwap) -> tuple[list[FieldSpec], FieldsSwap]:
    places = {spec.name: place for place, spec in enumerate(fields)}
    for name in swap.out:
        if name not in places:
            raise NotFoundError(kind="field", id=name)
    changed = [spec for spec in fields if spec.name not in swap.out]
    for each in sorted(swap.into, key=lambda placed: placed.at):
        changed.insert(min(max(each.at, 0), len(changed)), each.spec)
    back = sorted(places[name] for name in set(swap.out))
    undo = tuple(PlacedField(place, fields[place]) for place in back)
    return changed, FieldsSwap(tuple(each.spec.name for each in swap.into), undo)


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
