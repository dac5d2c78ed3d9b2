"""The pool of unknown pages: gather it for a run, keep the groups found as proposals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.continuity import trace
from chohyo.domain.access import Actor
from chohyo.domain.documents import Failure, Page
from chohyo.domain.ids import new_id
from chohyo.domain.kinship import KinPages
from chohyo.domain.proposals import (
    DiscoveryRun,
    MemberPage,
    Proposal,
    ProposalKind,
    ProposalState,
    RunState,
    are_copies,
    arranged_fingerprint,
    fingerprint,
)
from chohyo.domain.spaces import EmbeddingSpace
from chohyo.errors import NotFoundError
from chohyo.services import embedding
from chohyo.services.runtime import Change, Runtime, change
from chohyo.storage import arrangements, audit, embeddings, kinships, pages, proposals, runs
from chohyo.storage.work import Work, WorkKind


@dataclass(frozen=True, slots=True)
class FoundGroup:
    """Pages that are copies of one version: its template pages in order, with their members.

    Groups with the same `kin_key` (not empty) are editions of one family.
    """

    members: tuple[MemberPage, ...]
    kin_key: str


@dataclass(frozen=True, slots=True)
class Pool:
    """The pages a run looks at, ordered by content, with their vectors.

    `blanks` are the numbers of the blank pages by document, which nobody sees as pages of a form.
    """

    run: DiscoveryRun
    pages: tuple[Page, ...]
    vectors: dict[UUID, NDArray[np.float32]]
    blanks: dict[UUID, list[int]]

    def place_of(self, page: Page) -> int:
        """Return the number of a page in its document when the blank ones are not counted."""
        blank = self.blanks.get(page.document_id, ())
        return page.page_no - sum(number < page.page_no for number in blank)


def gather(runtime: Runtime, run_id: UUID, own: EmbeddingSpace) -> Pool:
    """Return the pool of a run's collection and note its size; an ended run gets no page.

    Vectors are of the space that leads; where none does yet, that is one's own.
    """
    with runtime.database.transaction() as connection:
        run = runs.get(connection, run_id)
        if run is None:
            raise NotFoundError(kind="discovery run", id=str(run_id))
        if run.finished_at is not None:
            return Pool(run, (), {}, {})
        found = pages.pool(connection, run.collection_id)
        stored = embedding.leading_space(connection, own)
        vectors = embeddings.vectors(connection, stored, [page.id for page in found])
        blanks = pages.blank_numbers(connection, run.collection_id)
        runs.start(connection, run_id, len(found))
    return Pool(run, tuple(page for page in found if page.id in vectors), vectors, blanks)


def open_proposals(
    runtime: Runtime, run_id: UUID, groups: Sequence[FoundGroup], kin: Sequence[KinPages] = ()
) -> list[UUID]:
    """Keep groups as proposals to be drafted; return the ids of those that are new or have grown.

    A group that was proposed and decided before is left alone. One that shares most of its pages
    with an undecided proposal is that proposal, grown; an undecided proposal whose pages went to
    others is superseded. An ended run opens nothing. `kin` is what ties pages of two groups, kept
    for the reviewer.
    """
    touched: list[UUID] = []
    with change(runtime) as doing:
        run = runs.get(doing.connection, run_id)
        if run is None:
            raise NotFoundError(kind="discovery run", id=str(run_id))
        if run.finished_at is not None:
            return []
        undecided = proposals.open_of_collection(doing.connection, run.collection_id)
        arranged = arrangements.arranged(doing.connection, [p.id for p in undecided])
        groups = _as_arranged(doing, groups, [p for p in undecided if p.id in arranged])
        found = trace(
            [_page_ids(g.members) for g in groups], [_page_ids(p.members) for p in undecided]
        )
        for position in found.stale:
            _supersede(doing, undecided[position])
        for number, group in enumerate(groups):
            if number not in found.continues:
                touched += propose(doing, run, group)
                continue
            proposal = undecided[found.continues[number]]
            keys = _content_keys(doing, group)
            own = proposal.id in arranged
            key = arranged_fingerprint(proposal.id, keys) if own else fingerprint(keys)
            if proposal.fingerprint != key:
                touched += _grow(doing, proposal, group, key)
        kinships.put(doing.connection, kin)
        runs.finish(
            doing.connection, run_id, RunState.DONE,
            grouped_pages=sum(len(group.members) for group in groups),
            proposal_count=len(touched),
        )  # fmt: skip
        audit.append(
            doing.connection, Actor.agent("group"), "run.finished", "discovery_run", run_id,
            collection_id=run.collection_id,
            details={"groups": len(groups), "proposals": len(touched), "ties": len(kin)},
        )  # fmt: skip
    return touched


def fail_run(runtime: Runtime, run_id: UUID, failure: Failure) -> None:
    """End a run that cannot be finished."""
    with runtime.database.transaction() as connection:
        run = runs.get(connection, run_id)
        if run is None:
            return
        runs.fail(connection, run_id, failure)
        audit.append(
            connection, Actor.system("worker"), "run.failed", "discovery_run", run_id,
            collection_id=run.collection_id, details={"code": failure.code},
        )  # fmt: skip


def propose(doing: Change, run: DiscoveryRun, group: FoundGroup) -> list[UUID]:
    """Open a proposal for a group, if it was not proposed before; return its id or nothing."""
    return _propose(doing, run, group, fingerprint(_content_keys(doing, group)))


def _propose(doing: Change, run: DiscoveryRun, group: FoundGroup, key: str) -> list[UUID]:
    proposal = Proposal(
        id=new_id(),
        run_id=run.id,
        collection_id=run.collection_id,
        kind=ProposalKind.NEW_FAMILY,
        state=ProposalState.DRAFTING,
        family_id=None,
        kin_key=group.kin_key,
        fingerprint=key,
        draft=None,
        members=group.members,
        decided_by=None,
        reason=None,
        version_id=None,
        created_at=run.created_at,
    )
    if not proposals.insert(doing.connection, proposal):
        known = proposals.by_fingerprint(doing.connection, run.collection_id, key)
        revived = known is not None and known.state is ProposalState.SUPERSEDED
        return _grow(doing, known, group, key) if known and revived else []
    doing.request(Work(WorkKind.PROPOSAL, proposal.id))
    audit.append(
        doing.connection, Actor.agent("group"), "proposal.opened", "proposal", proposal.id,
        collection_id=run.collection_id, details={"pages": len(group.members)},
    )  # fmt: skip
    return [proposal.id]


def _grow(doing: Change, proposal: Proposal, group: FoundGroup, key: str) -> list[UUID]:
    kept = {member.page_id for member in group.members}
    gone = [member.page_id for member in proposal.members if member.page_id not in kept]
    proposals.remove_members(doing.connection, proposal.id, gone)
    proposals.put_members(doing.connection, proposal.id, group.members)
    proposals.regroup(doing.connection, proposal.id, key, group.kin_key)
    doing.request(Work(WorkKind.PROPOSAL, proposal.id))
    audit.append(
        doing.connection, Actor.agent("group"), "proposal.regrouped", "proposal", proposal.id,
        collection_id=proposal.collection_id,
        details={"pages": len(group.members), "before": len(proposal.members)},
    )  # fmt: skip
    return [proposal.id]


def _supersede(doing: Change, proposal: Proposal) -> None:
    proposals.set_state(doing.connection, proposal.id, ProposalState.SUPERSEDED)
    audit.append(
        doing.connection, Actor.agent("group"), "proposal.superseded", "proposal", proposal.id,
        collection_id=proposal.collection_id, details={"pages": len(proposal.members)},
    )  # fmt: skip


def _page_ids(members: Sequence[MemberPage]) -> frozenset[UUID]:
    return frozenset(member.page_id for member in members)


def _content_keys(doing: Change, group: FoundGroup) -> list[str]:
    found = pages.some(doing.connection, [member.page_id for member in group.members])
    return [page.content_key for page in found]


def _as_arranged(
    doing: Change, groups: Sequence[FoundGroup], arranged: Sequence[Proposal]
) -> list[FoundGroup]:
    """Leave the pages of arranged proposals where people put them.

    Other pages of a group join the one arranged proposal that has pages of it, unless people took
    them out of there; what is left is a group of its own while it has two copies of each page.
    """
    owner = {m.page_id: proposal for proposal in arranged for m in proposal.members}
    out = arrangements.taken_out(doing.connection, [proposal.id for proposal in arranged])
    joined: dict[UUID, list[MemberPage]] = {proposal.id: [] for proposal in arranged}
    result: list[FoundGroup] = []
    for group in groups:
        owners = {owner[m.page_id].id for m in group.members if m.page_id in owner}
        free = [m for m in group.members if m.page_id not in owner]
        if len(owners) == 1:
            home = owners.pop()
            refused = out.get(home, set())
            joined[home] += [replace(m, transform=None) for m in free if m.page_id not in refused]
            free = [m for m in free if m.page_id in refused]
        if len(free) == len(group.members) or are_copies(free):
            result.append(replace(group, members=tuple(free)))
    return result + [
        FoundGroup((*proposal.members, *joined[proposal.id]), proposal.kin_key)
        for proposal in arranged
        if proposal.members
    ]
