"""Documents: rows to domain types and back."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from uuid import UUID

from psycopg.types.json import Jsonb

from chohyo.domain.documents import Document, DocumentState, Failure
from chohyo.domain.rerankers import RerankerChoice
from chohyo.storage.database import Connection, Row
from chohyo.storage.statements import Statements

_SQL = Statements("documents")


def insert(
    connection: Connection,
    *,
    id: UUID,
    collection_id: UUID,
    filename: str,
    media_type: str,
    byte_size: int,
    sha256: str,
    blob: str,
    page_count: int,
    reranker: RerankerChoice | None = None,
) -> Document | None:
    """Store a new document; None when the collection already has these bytes."""
    row = connection.execute(
        _SQL["insert"],
        {
            "id": id,
            "collection_id": collection_id,
            "filename": filename,
            "media_type": media_type,
            "byte_size": byte_size,
            "sha256": sha256,
            "blob": blob,
            "page_count": page_count,
            "audit_key": secrets.token_bytes(32),
            "reranker": reranker.value if reranker else None,
        },
    ).fetchone()
    return _document(row) if row else None


def by_sha256(connection: Connection, collection_id: UUID, sha256: str) -> Document | None:
    """Return the collection's document of these bytes."""
    row = connection.execute(
        _SQL["by_sha256"], {"collection_id": collection_id, "sha256": sha256}
    ).fetchone()
    return _document(row) if row else None


def get(connection: Connection, document_id: UUID) -> Document | None:
    """Return a document."""
    row = connection.execute(_SQL["get"], {"id": document_id}).fetchone()
    return _document(row) if row else None


def keep(connection: Connection, document_id: UUID) -> bool:
    """Keep a document from being forgotten until the transaction ends; False when it is gone."""
    return connection.execute(_SQL["keep"], {"id": document_id}).fetchone() is not None


def lock(connection: Connection, document_id: UUID) -> Document | None:
    """Return a document, locked until the transaction ends."""
    row = connection.execute(_SQL["lock"], {"id": document_id}).fetchone()
    return _document(row) if row else None


def some(connection: Connection, ids: Collection[UUID]) -> dict[UUID, Document]:
    """Return the documents of these ids."""
    rows = connection.execute(_SQL["some"], {"ids": list(ids)})
    return {row["id"]: _document(row) for row in rows}


def audit_key(connection: Connection, document_id: UUID) -> bytes:
    """Return the key under which the document's audit hashes are made."""
    row = connection.execute(_SQL["audit_key"], {"id": document_id}).fetchone()
    assert row is not None
    return bytes(row["audit_key"])


def newest(
    connection: Connection,
    collections: Sequence[UUID],
    *,
    state: DocumentState | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> list[Document]:
    """Return documents, newest first, that were made before `before`."""
    rows = connection.execute(
        _SQL["list"],
        {
            "collections": list(collections),
            "state": state.value if state else None,
            "before": before,
            "limit": limit,
        },
    )
    return [_document(row) for row in rows]


def count_by_state(connection: Connection, collections: Sequence[UUID]) -> dict[DocumentState, int]:
    """Count the documents in each state."""
    rows = connection.execute(_SQL["count_by_state"], {"collections": list(collections)})
    return {DocumentState(row["state"]): row["n"] for row in rows}


def set_state(connection: Connection, document_id: UUID, state: DocumentState) -> None:
    """Move a document on, forgetting an earlier failure."""
    connection.execute(_SQL["set_state"], {"id": document_id, "state": state.value})


def set_split(connection: Connection, document_id: UUID, page_count: int) -> None:
    """Note that all pages of a document are stored."""
    connection.execute(_SQL["set_split"], {"id": document_id, "page_count": page_count})


def fail(connection: Connection, document_id: UUID, failure: Failure) -> None:
    """End work on a document with the reason."""
    connection.execute(
        _SQL["fail"],
        {"id": document_id, "code": failure.code, "params": Jsonb(failure.params)},
    )


def with_resting_pages(connection: Connection, collection_id: UUID) -> list[UUID]:
    """Return the finished documents that have pages in review or in the pool."""
    rows = connection.execute(_SQL["with_resting_pages"], {"collection_id": collection_id})
    return [row["id"] for row in rows]


def failure_of(row: Row) -> Failure | None:
    """Return the failure columns of a row as a domain type."""
    if row["failure_code"] is None:
        return None
    return Failure(row["failure_code"], row["failure_params"] or {})


def _document(row: Row) -> Document:
    return Document(
        id=row["id"],
        collection_id=row["collection_id"],
        filename=row["filename"],
        media_type=row["media_type"],
        byte_size=row["byte_size"],
        sha256=row["sha256"],
        blob=row["blob"],
        state=DocumentState(row["state"]),
        page_count=row["page_count"],
        failure=failure_of(row),
        created_at=row["created_at"],
        hold_reason=row["hold_reason"],
        reranker=RerankerChoice(row["reranker"]) if row["reranker"] else None,
    )
