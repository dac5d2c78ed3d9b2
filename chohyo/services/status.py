"""Say how the installation is doing."""

from __future__ import annotations

from dataclasses import dataclass

from chohyo.domain.access import Caller, Role
from chohyo.domain.documents import DocumentState, PageState
from chohyo.domain.proposals import ProposalState
from chohyo.domain.spaces import EmbeddingSpace
from chohyo.services.runtime import Runtime
from chohyo.storage import documents, embeddings, pages, proposals, work
from chohyo.storage.work import WorkKind


@dataclass(frozen=True, slots=True)
class Status:
    """Counts by state, work still to do, and the space that routing uses."""

    documents: dict[DocumentState, int]
    pages: dict[PageState, int]
    waiting_proposals: int
    pending_work: dict[WorkKind, int]
    space: EmbeddingSpace | None


def status(runtime: Runtime, caller: Caller) -> Status:
    """Return the figures of the collections the caller may see."""
    mine = caller.collections(Role.VIEWER)
    with runtime.database.transaction() as connection:
        space = embeddings.active_space(connection)
        waiting = proposals.in_states(connection, mine, [ProposalState.WAITING], limit=1000)
        return Status(
            documents=documents.count_by_state(connection, mine),
            pages=pages.count_by_state(connection, mine),
            waiting_proposals=len(waiting),
            pending_work=work.pending(connection),
            space=space.space if space else None,
        )
