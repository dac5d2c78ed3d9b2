"""Say how the installation is doing."""

from __future__ import annotations

from dataclasses import dataclass

from chohyo.domain.access import Caller, Role
from chohyo.domain.documents import DocumentState, PageState
from chohyo.domain.spaces import EmbeddingSpace
from chohyo.domain.webhooks import DeliveryState
from chohyo.errors import ForbiddenError
from chohyo.services.runtime import Runtime
from chohyo.storage import collections, documents, pages, progress, spaces, webhooks, work
from chohyo.storage.work import WorkKind


@dataclass(frozen=True, slots=True)
class Status:
    """Counts by state, work still to do, and the space that routing uses."""

    documents: dict[DocumentState, int]
    pages: dict[PageState, int]
    waiting_proposals: int
    pending_work: dict[WorkKind, int]
    space: EmbeddingSpace | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What a monitor watches: counts by state, and work still to do."""

    documents: dict[DocumentState, int]
    pages: dict[PageState, int]
    waiting_proposals: int
    pending_work: dict[WorkKind, int]
    deliveries: dict[DeliveryState, int]


def status(runtime: Runtime, caller: Caller) -> Status:
    """Return the figures of the collections the caller may see."""
    mine = caller.collections(Role.VIEWER)
    with runtime.database.transaction() as connection:
        space = spaces.active(connection)
        return Status(
            documents=documents.count_by_state(connection, mine),
            pages=pages.count_by_state(connection, mine),
            waiting_proposals=progress.waiting_proposals(connection, mine),
            pending_work=work.pending(connection),
            space=space.space if space else None,
        )


def figures(runtime: Runtime, caller: Caller | None) -> Figures:
    """Return the figures of the collections the caller administers; of all ones without a caller.

    Raises:
        ForbiddenError: the caller administers none.
    """
    with runtime.database.transaction() as connection:
        seen = [each.id for each in collections.every(connection)]
        if caller is not None:
            seen = caller.collections(Role.ADMIN)
            if not seen:
                raise ForbiddenError(needed=Role.ADMIN.value)
        return Figures(
            documents=documents.count_by_state(connection, seen),
            pages=pages.count_by_state(connection, seen),
            waiting_proposals=progress.waiting_proposals(connection, seen),
            pending_work=work.pending(connection),
            deliveries=webhooks.count_by_state(connection),
        )
