"""Replay routed pages against a proposed version, so that a person sees what it would change."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chohyo.domain.access import Actor, Caller, Role
from chohyo.domain.documents import DocumentState
from chohyo.domain.matches import Candidate, Match
from chohyo.domain.proposals import Draft, Proposal, ProposalState
from chohyo.domain.replays import Replay, ReplayedPage, ReplayState, RoutedPage
from chohyo.errors import ConflictError, NotFoundError
from chohyo.services.proposals import get_proposal
from chohyo.services.runtime import Change, Runtime, change, require
from chohyo.storage import audit, documents, matches, proposals, replays
from chohyo.storage.work import Work, WorkKind

# Tried at a time, half a second of processor time each; then other work has its turn.
AT_ONCE = 100
_MOST_CANDIDATES = 4
_PRIORITY = 6


@dataclass(frozen=True, slots=True)
class Replaying:
    """What is to be replayed next: pages that are routed to the form type, newest first.

    `looked_at` are all of them, also those that are routed no more.
    """

    replay: Replay
    proposal: Proposal
    draft: Draft
    family_id: UUID
    pages: tuple[RoutedPage, ...]
    looked_at: tuple[UUID, ...]


def ask(doing: Change, proposal: Proposal) -> None:
    """Have a proposed version replayed; for a new form type there is nothing to replay."""
    if proposal.family_id is not None and proposal.draft is not None:
        replays.remove(doing.connection, proposal.id)
        doing.request(Work(WorkKind.REPLAY, proposal.id, priority=_PRIORITY))


def ask_again(runtime: Runtime, caller: Caller, proposal_id: UUID) -> None:
    """Have a waiting version replayed once more.

    Raises:
        ConflictError: it was decided already, or is a new form type.
    """
    with change(runtime) as doing:
        proposal = proposals.lock(doing.connection, proposal_id)
        if proposal is None:
            raise NotFoundError(kind="proposal", id=str(proposal_id))
        require(
            caller, proposal.collection_id, Role.REVIEWER, kind="proposal", object_id=proposal_id
        )
        if proposal.state is not ProposalState.WAITING or proposal.family_id is None:
            raise ConflictError(kind="proposal", state=proposal.state.value)
        ask(doing, proposal)


def to_replay(runtime: Runtime, proposal_id: UUID) -> Replaying | None:
    """Return what is to be replayed next, beginning anew where pages or blank forms changed.

    None when the proposal waits no more or has no form type, or all is done.
    """
    with runtime.database.transaction() as connection:
        proposal = proposals.get(connection, proposal_id)
        if proposal is None or proposal.state is not ProposalState.WAITING:
            return None
        family_id, draft = proposal.family_id, proposal.draft
        if family_id is None or draft is None:
            return None
        name, under_way = made_of(proposal), replays.get(connection, proposal_id)
        if under_way is None or under_way.made_of != name:
            under_way = replays.begin(connection, proposal_id, family_id, name)
        if under_way.state is not ReplayState.RUNNING:
            return None
        found = replays.routed(connection, family_id, proposal_id, under_way.reached, AT_ONCE)
        decided = matches.in_force(connection, [page.id for page in found])
    pages = tuple(
        RoutedPage(page, decided[page.id], _considered(decided[page.id], family_id))
        for page in found
        if page.id in decided
    )
    looked_at = tuple(page.id for page in found)
    return Replaying(under_way, proposal, draft, family_id, pages, looked_at)


def _considered(match: Match, family_id: UUID) -> tuple[Candidate, ...]:
    """Return the template pages of the form type that a decision looked at, as if never scored."""
    return tuple(
        Candidate(c.template_page_id, c.version_id, c.family_id, c.similarity)
        for c in match.candidates
        if c.family_id == family_id
    )[:_MOST_CANDIDATES]


def store(runtime: Runtime, done: Replaying, changed: Sequence[ReplayedPage]) -> None:
    """Keep what a proposed version would change, and ask for the next pages while there are any."""
    proposal_id, looked_at = done.proposal.id, done.looked_at
    with change(runtime) as doing:
        current = proposals.get(doing.connection, proposal_id)
        if current is None or made_of(current) != done.replay.made_of:
            return  # its pages changed meanwhile: the next draft is replayed by itself
        more = looked_at and replays.routed(
            doing.connection, done.family_id, proposal_id, looked_at[-1], 1
        )
        state = ReplayState.RUNNING if more else ReplayState.DONE
        if not replays.advance(doing.connection, done.replay, looked_at, changed, state):
            return  # begun anew meanwhile
        if more:
            doing.request(Work(WorkKind.REPLAY, proposal_id, priority=_PRIORITY))
            return
        total = replays.get(doing.connection, proposal_id)
        assert total is not None
        audit.append(
            doing.connection, Actor.agent("replay"), "proposal.replayed", "proposal", proposal_id,
            collection_id=done.proposal.collection_id,
            details={
                "pages": total.replayed, "changed": len(total.changed), "routed": total.routed,
            },
        )  # fmt: skip


def stop(runtime: Runtime, proposal_id: UUID) -> None:
    """Note that a replay cannot go on; a reviewer can ask for it again."""
    with runtime.database.transaction() as connection:
        replays.stop(connection, proposal_id)


def get_replay(runtime: Runtime, caller: Caller, proposal_id: UUID) -> Replay | None:
    """Return the replay of a proposal as it is now, None while there is none."""
    proposal = get_proposal(runtime, caller, proposal_id).proposal
    with runtime.database.transaction() as connection:
        found = replays.get(connection, proposal_id)
    current = found is not None and (
        proposal.state is not ProposalState.WAITING or found.made_of == made_of(proposal)
    )
    return found if current else None


def reroute_changed(runtime: Runtime, proposal_id: UUID) -> int:
    """Have the pages that the replay named routed again; return how many.

    The decision is made anew by all that is known then; what people decided stays.
    """
    with change(runtime) as doing:
        proposal = proposals.get(doing.connection, proposal_id)
        if proposal is None or proposal.version_id is None:
            return 0
        reset = replays.reset_changed(doing.connection, proposal_id)
        for document_id in sorted({document_id for _, document_id in reset}):
            documents.set_state(doing.connection, document_id, DocumentState.SPLIT)
            doing.request(Work(WorkKind.DOCUMENT, document_id, priority=7))
        if reset:
            audit.append(
                doing.connection, Actor.agent("reroute"), "pages.rerouted", "proposal",
                proposal_id, collection_id=proposal.collection_id, details={"pages": len(reset)},
            )  # fmt: skip
    return len(reset)


def made_of(proposal: Proposal) -> str:
    """Return what names the pages and blank forms of a proposal; its fields do not count."""
    pages = proposal.draft.pages if proposal.draft else ()
    members = sorted(str(member.page_id) for member in proposal.members)
    blobs = [page.reference_blob for page in pages]
    return hashlib.sha256(repr((members, blobs)).encode()).hexdigest()[:16]
