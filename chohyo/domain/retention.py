"""How long documents are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """Documents are forgotten so many days after they came in.

    The rule is for the documents with pages routed to a family, or, without a family, for all
    documents of the collection that no family's rule is about.
    """

    id: UUID
    collection_id: UUID
    family_id: UUID | None
    days: int


@dataclass(frozen=True, slots=True)
class DueDocument:
    """A document whose time is over; one with a `hold_reason` stays all the same."""

    id: UUID
    collection_id: UUID
    filename: str
    created_at: datetime
    hold_reason: str | None
    days: int
    due_at: datetime
