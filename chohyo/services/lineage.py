"""Change which family a version belongs to, and which pages a published version has; undo it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from chohyo.domain.access import Caller, Role
from chohyo.domain.arrangements import Arrangement, ArrangementKind, PageMove, VersionMove
from chohyo.domain.documents import DocumentState, PageState
from chohyo.domain.ids import new_id
from chohyo.domain.matches import Match, Outcome
from chohyo.domain.proposals import MemberPage, Proposal, ProposalKind, ProposalState
from chohyo.domain.templates import TemplateFamily, TemplateVersion, free_label
from chohyo.errors import ConflictError, InvalidInputError
from chohyo.services.arranging import record, visible
from chohyo.services.runtime import Change, Runtime, change
from chohyo.services.templates import visible_family, visible_version
from chohyo.storage import (
    arrangements,
    audit,
    documents,
    matches,
    pages,
    proposals,
    templates,
)
from chohyo.storage.work import Work, WorkKind


def merge_families(
    runtime: Runtime, caller: Caller, source_id: UUID, target_id: UUID
) -> Arrangement:
    """Put all versions of one family into another; the empty one is no longer listed.

    Raises:
        NotFoundError: there is no such family.
        ConflictError: they are one family, or of two collections.
    """
    with change(runtime) as doing:
        source = visible_family(doing.connection, caller, source_id, Role.REVIEWER)
        target = visible_family(doing.connection, caller, target_id, Role.REVIEWER)
        if source == target or source.collection_id != target.collection_id:
            raise ConflictError(kind="template family", state="of another collection")
        versions = templates.versions_of_family(doing.connection, source_id)
        return _move(doing, caller, ArrangementKind.FAMILIES_MERGED, versions, target)


def move_version(
    runtime: Runtime, caller: Caller, version_id: UUID, family_id: UUID | None, name: str = ""
) -> Arrangement:
    """Put a version into another family, or into a new one of that name.

    Raises:
        NotFoundError: there is no such version or family.
        InvalidInputError: the new family has no name.
        ConflictError: the version is in that family already, or it is of another collection.
    """
    with change(runtime) as doing:
        version = visible_version(doing.connection, caller, version_id, Role.REVIEWER)
        if family_id is None:
            family_id = _new_family(doing, version.collection_id, name)
        target = visible_family(doing.connection, caller, family_id, Role.REVIEWER)
        if target.id == version.family_id or target.collection_id != version.collection_id:
            raise ConflictError(kind="template version", state="of that family")
        return _move(doing, caller, ArrangementKind.VERSION_MOVED, [version], target)


def split_version(
    runtime: Runtime, caller: Caller, version_id: UUID, page_ids: Sequence[UUID]
) -> tuple[Arrangement, UUID]:
    """Take pages out of a published version; they become a proposal for another version.

    The version's blank forms are rebuilt without them. Return the change and the proposal's id.

    Raises:
        InvalidInputError: no page is named.
        ConflictError: a page is not routed to the version.
    """
    with change(runtime) as doing:
        version = visible_version(doing.connection, caller, version_id, Role.REVIEWER)
        routed = _routed(doing, version, page_ids)
        proposal = _proposal_of(doing, version, routed)
        moves = tuple(
            PageMove(m.page_id, None, proposal.id, m.template_page_no, m.transform, routed[i].id)
            for i, m in enumerate(proposal.members)
        )
        for match in routed:
            _take_out(doing, match)
        templates.remove_exemplars(doing.connection, version_id, [m.page_id for m in routed])
        _rebuild(doing, version_id)
        doing.request(Work(WorkKind.PROPOSAL, proposal.id, priority=2))
        made = record(doing, caller, ArrangementKind.VERSION_SPLIT, version.collection_id, moves)
        arrangements.set_arranged(doing.connection, [proposal.id])
    return made, proposal.id


def undo(runtime: Runtime, caller: Caller, arrangement_id: UUID) -> Arrangement:
    """Bring versions back to their families, or pages back to their version.

    Raises:
        ConflictError: it was undone already, or what moved is somewhere else by now.
    """
    with change(runtime) as doing:
        made = visible(doing.connection, caller, arrangement_id)
        for version in made.versions:
            _move_back(doing, version)
        if made.pages:
            _bring_back(doing, made)
        arrangements.set_undone(doing.connection, arrangement_id)
        audit.append(
            doing.connection, caller.actor, "arrangement.undone", "arrangement", arrangement_id,
            collection_id=made.collection_id,
            details={"pages": len(made.pages), "versions": len(made.versions)},
        )  # fmt: skip
    return replace(made, undone_at=datetime.now(UTC))


def _new_family(doing: Change, collection_id: UUID, name: str) -> UUID:
    if not name.strip():
        raise InvalidInputError(field="name", reason="must not be empty")
    family_id = new_id()
    templates.insert_family(doing.connection, family_id, collection_id, name.strip())
    return family_id


def _move(
    doing: Change,
    caller: Caller,
    kind: ArrangementKind,
    versions: Sequence[TemplateVersion],
    target: TemplateFamily,
) -> Arrangement:
    moves = []
    for version in versions:
        label = free_label(
            version.label,
            {v.label for v in templates.versions_of_family(doing.connection, target.id)},
        )
        _put(doing, version.id, target.id, label)
        moves.append(VersionMove(version.id, version.family_id, version.label, target.id, label))
    return record(doing, caller, kind, target.collection_id, (), tuple(moves))


def _put(doing: Change, version_id: UUID, family_id: UUID, label: str) -> None:
    templates.move_version(doing.connection, version_id, family_id, label)
    matches.set_family(doing.connection, version_id, family_id)


def _move_back(doing: Change, move: VersionMove) -> None:
    version = templates.version(doing.connection, move.version_id)
    if version is None or version.family_id != move.target_id:
        raise ConflictError(kind="template version", state="somewhere else")
    taken = {v.label for v in templates.versions_of_family(doing.connection, move.source_id)}
    _put(doing, move.version_id, move.source_id, free_label(move.source_label, taken))


def _routed(doing: Change, version: TemplateVersion, page_ids: Sequence[UUID]) -> list[Match]:
    if not page_ids:
        raise InvalidInputError(field="page_ids", reason="must not be empty")
    found = matches.in_force(doing.connection, page_ids)
    wanted = [found.get(page_id) for page_id in dict.fromkeys(page_ids)]
    if any(match is None or match.version_id != version.id for match in wanted):
        raise ConflictError(kind="page", state="somewhere else")
    return [match for match in wanted if match is not None]


def _proposal_of(doing: Change, version: TemplateVersion, routed: Sequence[Match]) -> Proposal:
    numbers = {page.id: page.page_no for page in version.pages}
    run_id = templates.discovery_run(doing.connection, version.collection_id, version.id)
    if run_id is None:
        raise ConflictError(kind="template version", state="without a discovery run")
    proposal = Proposal(
        id=new_id(),
        run_id=run_id,
        collection_id=version.collection_id,
        kind=ProposalKind.NEW_VERSION,
        state=ProposalState.DRAFTING,
        family_id=version.family_id,
        kin_key="",
        fingerprint=f"split {new_id()}",
        draft=None,
        members=tuple(
            MemberPage(m.page_id, numbers[m.template_page_id], m.transform)
            for m in routed
            if m.template_page_id is not None
        ),
        decided_by=None,
        reason=None,
        version_id=None,
        created_at=datetime.now(UTC),
    )
    assert proposals.insert(doing.connection, proposal)
    return proposal


def _take_out(doing: Change, match: Match) -> None:
    decided = replace(
        match, id=new_id(), outcome=Outcome.UNKNOWN, template_page_id=None, version_id=None,
        reason="taken-out-by-person", transform=None, decided_by="person",
    )  # fmt: skip
    _decide(doing, decided, PageState.UNKNOWN)


def _bring_back(doing: Change, made: Arrangement) -> None:
    for move in made.pages:
        if proposals.open_with_page(doing.connection, move.page_id) != move.target_id:
            raise ConflictError(kind="page", state="somewhere else")
        was = matches.get(doing.connection, move.match_id) if move.match_id else None
        assert was is not None, "a decision goes with its page"
        back = replace(was, id=new_id(), reason="decided-by-person", decided_by="person")
        _decide(doing, back, PageState.ROUTED)
        if was.version_id is not None:
            _rebuild(doing, was.version_id)
    for proposal_id in {m.target_id for m in made.pages if m.target_id is not None}:
        members = [m.page_id for m in made.pages if m.target_id == proposal_id]
        proposals.remove_members(doing.connection, proposal_id, members)
        left = proposals.get(doing.connection, proposal_id)
        if left is not None and not left.members:
            proposals.set_state(doing.connection, proposal_id, ProposalState.SUPERSEDED)
        else:
            doing.request(Work(WorkKind.PROPOSAL, proposal_id, priority=2))


def _rebuild(doing: Change, version_id: UUID) -> None:
    templates.mark_stale(doing.connection, version_id)
    doing.request(Work(WorkKind.BLANK, version_id, priority=3))


def _decide(doing: Change, match: Match, state: PageState) -> None:
    page = pages.lock(doing.connection, match.page_id)
    assert page is not None, "a decision goes with its page"
    pages.set_state(doing.connection, page.id, state)
    matches.put(doing.connection, match)
    documents.set_state(doing.connection, page.document_id, DocumentState.SPLIT)
    doing.request(Work(WorkKind.DOCUMENT, page.document_id, priority=3))
