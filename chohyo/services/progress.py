"""Follow how far a collection, a document or a discovery run has come."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chohyo.domain.access import Caller, Role
from chohyo.domain.documents import DocumentState, PageState
from chohyo.domain.proposals import DiscoveryRun
from chohyo.errors import InvalidInputError
from chohyo.services import access, discovery
from chohyo.services.documents import visible_document
from chohyo.services.runtime import Runtime
from chohyo.storage import documents, pages, progress, runs
from chohyo.storage.database import Connection
from chohyo.storage.progress import DocumentProgress


@dataclass(frozen=True, slots=True)
class Scope:
    """What is followed: a document or a run, or else everything of the collection."""

    collection_id: UUID
    document_id: UUID | None = None
    run_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class CollectionProgress:
    """The figures of a collection."""

    id: UUID
    documents: dict[DocumentState, int]
    pages: dict[PageState, int]
    waiting_proposals: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How things stand, all changes up to the audit entry `upto` included."""

    upto: int
    documents: tuple[DocumentProgress, ...] = ()
    run: DiscoveryRun | None = None
    collection: CollectionProgress | None = None


def choose_scope(
    runtime: Runtime,
    caller: Caller,
    *,
    collection_id: UUID | None = None,
    document_id: UUID | None = None,
    run_id: UUID | None = None,
) -> Scope:
    """Return what the caller may follow: one thing, or the oldest collection when none is named.

    Raises:
        InvalidInputError: more than one thing is named.
        NotFoundError: the caller may see no such thing.
    """
    if sum(each is not None for each in (collection_id, document_id, run_id)) > 1:
        raise InvalidInputError(field="collection_id", reason="only one thing can be followed")
    if document_id is not None:
        with runtime.database.transaction() as connection:
            document = visible_document(connection, caller, document_id, Role.VIEWER)
        return Scope(document.collection_id, document_id=document_id)
    if run_id is not None:
        run = discovery.get_run(runtime, caller, run_id)
        return Scope(run.collection_id, run_id=run_id)
    return Scope(access.pick_collection(runtime, caller, Role.VIEWER, collection_id))


def require_visible(runtime: Runtime, caller: Caller, scope: Scope) -> None:
    """Refuse a caller who may not follow this any more, or a document that is gone.

    Raises:
        NotFoundError: it is not there for the caller.
    """
    named = scope.document_id or scope.run_id
    choose_scope(
        runtime, caller,
        collection_id=None if named else scope.collection_id,
        document_id=scope.document_id,
        run_id=scope.run_id,
    )  # fmt: skip


def look(runtime: Runtime, scope: Scope, after: int | None) -> Progress:
    """Return how things stand; of a collection the documents that changed after an audit entry."""
    with runtime.database.transaction() as connection:
        # The number first: what is read after it is at least as new.
        upto = progress.head(connection)
        if scope.document_id is not None:
            return Progress(upto, tuple(progress.documents(connection, [scope.document_id])))
        if scope.run_id is not None:
            return Progress(upto, run=runs.get(connection, scope.run_id))
        changed: list[DocumentProgress] = []
        if after is not None and after <= upto:
            reached, changed = progress.changed_documents(connection, scope.collection_id, after)
            upto = upto if reached is None else reached
        newest = runs.newest(connection, [scope.collection_id], limit=1)
        return Progress(
            upto,
            tuple(changed),
            run=next(iter(newest), None),
            collection=_figures(connection, scope.collection_id),
        )


def _figures(connection: Connection, collection_id: UUID) -> CollectionProgress:
    return CollectionProgress(
        id=collection_id,
        documents=documents.count_by_state(connection, [collection_id]),
        pages=pages.count_by_state(connection, [collection_id]),
        waiting_proposals=progress.waiting_proposals(connection, [collection_id]),
    )
