"""Indexing pages once more: which of them, what of them, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class ReindexPart(StrEnum):
    """What of a page is indexed once more: what it says and shows, its layout, or both."""

    TEXT = "text"
    LAYOUT = "layout"
    BOTH = "both"


class ReindexState(StrEnum):
    """Whether pages are still to be done."""

    RUNNING = "running"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class ReindexRun:
    """Pages of a document, of a template (family or version) or of a collection, asked for at once.

    Of `pages`, `left` are still to be done; `failed` could not be, and keep what they had. A page
    that is forgotten meanwhile counts as done.
    """

    id: UUID
    collection_id: UUID
    document_id: UUID | None
    template_id: UUID | None
    what: ReindexPart
    pages: int
    left: int
    failed: int
    created_at: datetime

    @property
    def done(self) -> int:
        """Return how many pages are done."""
        return self.pages - self.left

    @property
    def state(self) -> ReindexState:
        """Say whether pages are still to be done."""
        return ReindexState.RUNNING if self.left else ReindexState.DONE
