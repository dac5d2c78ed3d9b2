"""Move pages between proposals: take some out, split a group, merge two; show it first, undo it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from chohyo.domain.access import Caller, Role
from chohyo.domain.arrangements import Arrangement, ArrangementKind, PageMove, VersionMove
from chohyo.domain.ids import new_id
from chohyo.domain.proposals import MemberPage, Proposal, ProposalState, arranged_fingerprint
from chohyo.errors import ConflictError, InvalidInputError, NotFoundError
from chohyo.services.runtime import Change, Runtime, change, require
from chohyo.storage import arrangements, audit, forgetting, pages, proposals
from chohyo.storage.database import Connection
from chohyo.storage.work import Work, WorkKind

_OPEN = (ProposalState.DRAFTING, ProposalState.WAITING, ProposalState.FAILED)
# One that lost its last page comes back when the change is undone.
_REVIVABLE = (*_OPEN, ProposalState.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does to one proposal: the copies it has and would have."""

    proposal_id: UUID
    name: str
    before: int
    after: int

    @property
    def ends(self) -> bool:
        """Say whether the proposal would have no page left."""
        return self.after == 0


@dataclass(frozen=True, slots=True)
class Preview:
    """What would move: the effect on each proposal, and how many pages go back to the pool."""

    effects: tuple[Effect, ...]
    to_pool: int
    new_groups: int


def preview(
    runtime: Runtime, caller: Caller, page_ids: Sequence[UUID], target_id: UUID | None, *,
    to_new: bool = False,
) -> Preview:  # fmt: skip
    """Return what moving the pages would do, without doing it; arguments as for `move`."""
    with runtime.database.transaction() as connection:
        sources = _sources(connection, caller, page_ids)
        target = _open(connection, caller, target_id) if target_id else None
    leaving = Counter(source.id for source, _ in sources if target is None or source != target)
    known = {source.id: source for source, _ in sources}
    effects = [
        Effect(each.id, _name(each), len(each.members), len(each.members) - leaving[each.id])
        for each in sorted(known.values(), key=lambda p: p.id)
        if each != target
    ]
    if target is not None:
        total = len(target.members) + leaving.total()
        effects.append(Effect(target.id, _name(target), len(target.members), total))
    pooled = 0 if target or to_new else len(sources)
    return Preview(tuple(effects), pooled, int(to_new))


def move(
    runtime: Runtime, caller: Caller, page_ids: Sequence[UUID], target_id: UUID | None, *,
    to_new: bool = False,
) -> Arrangement:  # fmt: skip
    """Move pages of undecided proposals to another one, to a new one, or (neither) to the pool.

    The proposals are drafted again; discovery leaves the pages where the person put them.

    Raises:
        InvalidInputError: no page, or none that would move.
        NotFoundError: a page is in no open proposal, or there is no such target.
        ConflictError: the target was decided already, or is of another collection.
    """
    with change(runtime) as doing:
        sources = _sources(doing.connection, caller, page_ids)
        target = _open(doing.connection, caller, target_id) if target_id else None
        first = sources[0][0]
        if target is not None and any(s.collection_id != target.collection_id for s, _ in sources):
            raise ConflictError(kind="proposal", state="of another collection")
        if to_new:
            target = _new_group(doing, first)
        moving = [(source, member) for source, member in sources if source != target]
        if not moving:
            raise InvalidInputError(field="page_ids", reason="are all in that group already")
        kind = _kind(moving, target, to_new=to_new)
        moves = tuple(
            PageMove(
                member.page_id, source.id, target.id if target else None, member.template_page_no,
                member.transform,
            )
            for source, member in moving
        )  # fmt: skip
        return _apply(doing, caller, first.collection_id, kind, moves)


def merge(runtime: Runtime, caller: Caller, source_id: UUID, target_id: UUID) -> Arrangement:
    """Move all pages of one undecided proposal to another."""
    with runtime.database.transaction() as connection:
        source = _open(connection, caller, source_id)
    return move(runtime, caller, [m.page_id for m in source.members], target_id)


def undo(runtime: Runtime, caller: Caller, arrangement_id: UUID) -> Arrangement:
    """Bring the pages of a change back to where they were.

    Raises:
        ConflictError: it was undone already, or a page went elsewhere or was decided since.
    """
    with change(runtime) as doing:
        made = visible(doing.connection, caller, arrangement_id)
        back = [
            PageMove(m.page_id, m.target_id, m.source_id, m.template_page_no, m.transform)
            for m in made.pages
        ]
        for each in back:
            if each.source_id is not None:
                _require_there(doing.connection, each.source_id, each.page_id)
            if each.target_id is None or _locked(doing, each.target_id).state not in _REVIVABLE:
                raise ConflictError(kind="proposal", state="decided")
        if any(m.target_id is None for m in made.pages):
            _require_free(doing.connection, [m.page_id for m in made.pages])
        arrangements.set_undone(doing.connection, arrangement_id)
        _carry_out(doing, back, lay_again=False)
        audit.append(
            doing.connection, caller.actor, "arrangement.undone", "arrangement", arrangement_id,
            collection_id=made.collection_id, details={"pages": len(back)},
        )  # fmt: skip
    return replace(made, undone_at=datetime.now(UTC))


def list_arrangements(
    runtime: Runtime, caller: Caller, *, before: UUID | None = None, limit: int = 50
) -> list[Arrangement]:
    """Return what people changed about groups and families, newest first."""
    with runtime.database.transaction() as connection:
        return arrangements.newest(
            connection, caller.collections(Role.REVIEWER), before=before, limit=limit
        )


def visible(connection: Connection, caller: Caller, arrangement_id: UUID) -> Arrangement:
    """Return a change that can be undone, locked, or refuse a caller who may not undo it."""
    made = arrangements.lock(connection, arrangement_id)
    if made is None:
        raise NotFoundError(kind="arrangement", id=str(arrangement_id))
    require(caller, made.collection_id, Role.REVIEWER, kind="arrangement", object_id=arrangement_id)
    if made.undone_at is not None:
        raise ConflictError(kind="arrangement", state="undone")
    return made


def _sources(
    connection: Connection, caller: Caller, page_ids: Sequence[UUID]
) -> list[tuple[Proposal, MemberPage]]:
    if not page_ids:
        raise InvalidInputError(field="page_ids", reason="must not be empty")
    found: list[tuple[Proposal, MemberPage]] = []
    known: dict[UUID, Proposal] = {}
    for page_id in dict.fromkeys(page_ids):
        proposal_id = proposals.open_with_page(connection, page_id)
        if proposal_id is None:
            raise NotFoundError(kind="page", id=str(page_id))
        if proposal_id not in known:
            known[proposal_id] = _open(connection, caller, proposal_id)
        proposal = known[proposal_id]
        found.append((proposal, next(m for m in proposal.members if m.page_id == page_id)))
    return found


def _open(connection: Connection, caller: Caller, proposal_id: UUID) -> Proposal:
    proposal = proposals.lock(connection, proposal_id)
    if proposal is None:
        raise NotFoundError(kind="proposal", id=str(proposal_id))
    require(caller, proposal.collection_id, Role.REVIEWER, kind="proposal", object_id=proposal_id)
    if proposal.state not in _OPEN:
        raise ConflictError(kind="proposal", state=proposal.state.value)
    return proposal


def _locked(doing: Change, proposal_id: UUID) -> Proposal:
    proposal = proposals.lock(doing.connection, proposal_id)
    assert proposal is not None, "a proposal is never deleted"
    return proposal


def _new_group(doing: Change, like: Proposal) -> Proposal:
    """Open a proposal without pages, found by the run that found `like`."""
    made = replace(
        like, id=new_id(), state=ProposalState.DRAFTING, fingerprint=f"no page {new_id()}",
        draft=None, members=(), decided_by=None, reason=None, version_id=None, failure=None,
    )  # fmt: skip
    assert proposals.insert(doing.connection, made)
    return made


def _kind(
    moving: Sequence[tuple[Proposal, MemberPage]], target: Proposal | None, *, to_new: bool
) -> ArrangementKind:
    if to_new:
        return ArrangementKind.GROUP_SPLIT
    if target is None:
        return ArrangementKind.PAGES_REMOVED
    leaving = Counter(source.id for source, _ in moving)
    whole = all(leaving[source.id] == len(source.members) for source, _ in moving)
    return ArrangementKind.GROUPS_MERGED if whole else ArrangementKind.PAGES_MOVED


def _apply(
    doing: Change,
    caller: Caller,
    collection_id: UUID,
    kind: ArrangementKind,
    moves: tuple[PageMove, ...],
) -> Arrangement:
    made = record(doing, caller, kind, collection_id, moves)
    _carry_out(doing, moves, lay_again=kind is not ArrangementKind.GROUP_SPLIT)
    return made


def record(
    doing: Change,
    caller: Caller,
    kind: ArrangementKind,
    collection_id: UUID,
    moved: tuple[PageMove, ...] = (),
    versions: tuple[VersionMove, ...] = (),
) -> Arrangement:
    """Keep what a person moves, so that it can be undone, and audit it."""
    made = Arrangement(
        new_id(), collection_id, kind, caller.principal.id, datetime.now(UTC), None, moved, versions
    )
    arrangements.insert(doing.connection, made)
    audit.append(
        doing.connection, caller.actor, f"arrangement.{kind.value}", "arrangement", made.id,
        collection_id=collection_id, details={"pages": len(moved), "versions": len(versions)},
    )  # fmt: skip
    return made


def _carry_out(doing: Change, moves: Sequence[PageMove], *, lay_again: bool) -> None:
    """Change who has the pages, and have the proposals drafted again.

    With `lay_again` a page is laid on its new group anew: it lay on another one's frame.
    """
    touched = sorted({i for m in moves for i in (m.source_id, m.target_id) if i is not None})
    for proposal_id in touched:
        gone = [m.page_id for m in moves if m.source_id == proposal_id]
        proposals.remove_members(doing.connection, proposal_id, gone)
    for proposal_id in touched:
        there = {m.template_page_no for m in _locked(doing, proposal_id).members}
        come = [
            MemberPage(
                m.page_id,
                m.template_page_no if m.template_page_no in there or not there else min(there),
                None if lay_again else m.transform,
            )
            for m in moves
            if m.target_id == proposal_id
        ]
        proposals.put_members(doing.connection, proposal_id, come)
    arrangements.set_arranged(doing.connection, touched)
    for proposal_id in touched:
        _draft_again(doing, proposal_id)


def _draft_again(doing: Change, proposal_id: UUID) -> None:
    proposal = _locked(doing, proposal_id)
    if proposal.draft is not None and not proposal.draft.edited:
        forgetting.request_removal(doing.connection, proposal.draft.blobs(), datetime.now(UTC))
    found = pages.some(doing.connection, [m.page_id for m in proposal.members])
    key = arranged_fingerprint(proposal_id, (page.content_key for page in found))
    proposals.regroup(doing.connection, proposal_id, key, proposal.kin_key)
    if not proposal.members:
        proposals.set_state(doing.connection, proposal_id, ProposalState.SUPERSEDED)
    doing.request(Work(WorkKind.PROPOSAL, proposal_id, priority=2))


def _require_there(connection: Connection, proposal_id: UUID, page_id: UUID) -> None:
    if proposals.open_with_page(connection, page_id) != proposal_id:
        raise ConflictError(kind="page", state="somewhere else")


def _require_free(connection: Connection, page_ids: Sequence[UUID]) -> None:
    if any(proposals.open_with_page(connection, page_id) is not None for page_id in page_ids):
        raise ConflictError(kind="page", state="somewhere else")


def _name(proposal: Proposal) -> str:
    return f"{proposal.draft.name} {proposal.draft.version_label}" if proposal.draft else ""
