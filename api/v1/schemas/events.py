"""What the stream of events carries."""

from __future__ import annotations

from uuid import UUID

from api.v1.schemas.basics import Output
from chohyo.domain.documents import DocumentState, PageState


class DocumentProgressOut(Output):
    """How far a document has come, with its pages counted by state."""

    id: UUID
    collection_id: UUID
    state: DocumentState
    page_count: int | None
    pages: dict[PageState, int]


class CollectionProgressOut(Output):
    """The figures of a collection."""

    id: UUID
    documents: dict[DocumentState, int]
    pages: dict[PageState, int]
    waiting_proposals: int
