"""Indexing pages once more."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from api.v1.schemas.basics import Input, Output
from chohyo.domain.reindexing import ReindexPart, ReindexState


class ReindexIn(Input):
    """Which pages: of a document, of a template (a family or a version), or `all` of a collection.

    `what`: `text` is what a page says and shows, `layout` its vector in the active space.
    `collection_id` goes with `all`; null means the caller's oldest collection.
    """

    document_id: UUID | None = None
    template_id: UUID | None = None
    all: bool = False
    collection_id: UUID | None = None
    what: ReindexPart = ReindexPart.BOTH


class ReindexOut(Output):
    """How far it has come: of `pages`, `left` are to be done; `failed` keep what they had."""

    id: UUID
    collection_id: UUID
    document_id: UUID | None
    template_id: UUID | None
    what: ReindexPart
    state: ReindexState
    pages: int = Field(ge=0)
    done: int
    left: int
    failed: int
    created_at: datetime
