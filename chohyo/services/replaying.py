"""Replay routed pages against a proposed version, so that a person sees what it would change."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from chohyo.domain.access import Actor, Caller, Role
from chohyo.domain.documents import DocumentState
from chohyo.domain.matches import Candidate, Match
from chohyo.domain.proposals import Draft, Proposal, ProposalState
from chohyo.domain.replays import Replay, ReplayedPage, RoutedPage
from chohyo.errors import ConflictError, NotFoundError
from chohyo.services.proposals import get_proposal
from chohyo.services.runtime import Change, Runtime, change, require
from chohyo.storage import audit, documents, matches, proposals, replays
from chohyo.storage.work import Work, WorkKind

MOST_PAGES = 100  # replayed, the newest first: half a second of processor time each
_MOST_CANDIDATES = 4
_PRIORITY = 6


@dataclass(frozen=True, slots=True)
class Replaying:
    """What is to be replayed: the newest pages that are routed to the form type."""

    proposal: Proposal
    draft: Draft
    family_id: UUID
    pages: tuple[RoutedPage, ...]
    routed: int


def ask(doing: Change, proposal: Proposal) -> None:
    """Have a proposed version replayed; for a new form type there is nothing to replay."""
    if proposal.family_id is not None and proposal.draft is not None:
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
    """Return what is to be replayed, None when the proposal waits no more or has no form type."""
    with runtime.database.transaction() as connection:
        proposal = proposals.get(connection, proposal_id)
        if proposal is None or proposal.state is not ProposalState.WAITING:
            return None
        if proposal.family_id is None or proposal.draft is None:
            return None
        found, routed = replays.routed(connection, proposal.family_id, proposal_id, MOST_PAGES)
        decided = matches.in_force(connection, [page.id for page in found])
    pages = tuple(
        RoutedPage(page, decided[page.id], _considered(decided[page.id], proposal.family_id))
        for page in found
        if page.id in decided
    )
    return Replaying(proposal, proposal.draft, proposal.family_id, pages, routed)


def _considered(match: Match, family_id: UUID) -> tuple[Candidate, ...]:
    """Return the template pages of the form type that a decision looked at, as if never scored."""
    return tuple(
        Candidate(c.template_page_id, c.version_id, c.family_id, c.similarity)
        for c in match.candidates
        if c.family_id == family_id
    )[:_MOST_CANDIDATES]


def store(runtime: Runtime, done: Replaying, changed: Sequence[ReplayedPage]) -> None:
    """Keep what a proposed version would change; it is replaced by the next replay."""
    replay = Replay(
        done.proposal.id, made_of(done.proposal), done.routed, len(done.pages),
        datetime.now(UTC), tuple(changed),
    )  # fmt: skip
    with runtime.database.transaction() as connection:
        current = proposals.get(connection, done.proposal.id)
        if current is None or made_of(current) != replay.made_of:
            return  # its pages changed meanwhile: the next draft is replayed by itself
        replays.put(connection, replay)
        audit.append(
            connection, Actor.agent("replay"), "proposal.replayed", "proposal", done.proposal.id,
            collection_id=done.proposal.collection_id,
            details={"pages": replay.replayed, "changed": len(changed), "routed": replay.routed},
        )  # fmt: skip


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
