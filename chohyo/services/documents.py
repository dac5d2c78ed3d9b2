"""Show documents and their pages; give failed ones another try."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chohyo.domain.access import Caller, Role
from chohyo.domain.documents import Document, DocumentState, FormInstance, Page, PageState
from chohyo.domain.matches import Match
from chohyo.errors import ConflictError, NotFoundError
from chohyo.services.runtime import Runtime, change, require
from chohyo.services.unmasking import note_documents
from chohyo.storage import audit, documents, instances, matches, pages
from chohyo.storage.database import Connection
from chohyo.storage.work import Work, WorkKind


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document with its pages, the decision in force for each, and its form instances."""

    document: Document
    pages: tuple[Page, ...]
    matches: dict[UUID, Match]
    instances: tuple[FormInstance, ...]


def list_documents(
    runtime: Runtime,
    caller: Caller,
    *,
    collection_id: UUID | None = None,
    state: DocumentState | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> list[Document]:
    """Return documents the caller may see, newest first; `before` is the cursor."""
    wanted = visible_collections(caller, collection_id)
    with runtime.database.transaction() as connection:
        return documents.newest(connection, wanted, state=state, before=before, limit=limit)


def get_document(runtime: Runtime, caller: Caller, document_id: UUID) -> DocumentView:
    """Return a document with all that is known of its pages."""
    with runtime.database.transaction() as connection:
        document = visible_document(connection, caller, document_id, Role.VIEWER)
        found = pages.of_document(connection, document_id)
        return DocumentView(
            document=document,
            pages=tuple(found),
            matches=matches.in_force(connection, [page.id for page in found]),
            instances=tuple(instances.of_document(connection, document_id)),
        )


def get_file(runtime: Runtime, caller: Caller, document_id: UUID) -> tuple[Document, bytes]:
    """Return a document's original bytes."""
    with runtime.database.transaction() as connection:
        document = visible_document(connection, caller, document_id, Role.OPERATOR)
        note_documents(connection, caller, {document_id: document.collection_id}, "file")
    return document, runtime.blobs.get(document.blob)


def list_pages(
    runtime: Runtime,
    caller: Caller,
    states: list[PageState],
    *,
    collection_id: UUID | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> list[Page]:
    """Return pages in these states, newest first."""
    wanted = visible_collections(caller, collection_id)
    with runtime.database.transaction() as connection:
        return pages.newest(connection, wanted, states, before=before, limit=limit)


def pages_by_id(runtime: Runtime, caller: Caller, page_ids: Sequence[UUID]) -> dict[UUID, Page]:
    """Return those of some pages that the caller may see."""
    allowed = set(caller.collections(Role.VIEWER))
    with runtime.database.transaction() as connection:
        found = pages.some(connection, page_ids)
    return {page.id: page for page in found if page.collection_id in allowed}


def retry(runtime: Runtime, caller: Caller, document_id: UUID) -> None:
    """Try a failed document, or its failed pages, again.

    Raises:
        ConflictError: nothing of it has failed.
    """
    with change(runtime) as doing:
        document = visible_document(doing.connection, caller, document_id, Role.OPERATOR)
        failed_pages = pages.reset_failed(doing.connection, document_id)
        if document.state is not DocumentState.FAILED and not failed_pages:
            raise ConflictError(kind="document", state=document.state.value)
        stored = pages.of_document(doing.connection, document_id)
        complete = document.page_count is not None and len(stored) == document.page_count
        back_to = DocumentState.SPLIT if complete else DocumentState.RECEIVED
        documents.set_state(doing.connection, document_id, back_to)
        doing.request(Work(WorkKind.DOCUMENT, document_id))
        audit.append(
            doing.connection, caller.actor, "document.retried", "document", document_id,
            collection_id=document.collection_id, details={"failed_pages": failed_pages},
        )  # fmt: skip


def visible_document(
    connection: Connection, caller: Caller, document_id: UUID, needed: Role
) -> Document:
    """Return a document, or refuse a caller who may not see it or lacks the role."""
    document = documents.get(connection, document_id)
    if document is None:
        raise NotFoundError(kind="document", id=str(document_id))
    require(caller, document.collection_id, needed, kind="document", object_id=document_id)
    return document


def visible_page(connection: Connection, caller: Caller, page_id: UUID, needed: Role) -> Page:
    """Return a page, or refuse a caller who may not see it or lacks the role."""
    page = pages.get(connection, page_id)
    if page is None:
        raise NotFoundError(kind="page", id=str(page_id))
    require(caller, page.collection_id, needed, kind="page", object_id=page_id)
    return page


def visible_collections(caller: Caller, collection_id: UUID | None) -> list[UUID]:
    """Return the one collection, or all that the caller may see."""
    if collection_id is None:
        return caller.collections(Role.VIEWER)
    require(caller, collection_id, Role.VIEWER, kind="collection", object_id=collection_id)
    return [collection_id]
