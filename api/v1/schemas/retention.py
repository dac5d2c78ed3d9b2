"""How long documents are kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from chohyo.domain.retention import DueDocument
from chohyo.services.retention import MAX_DAYS


class RetentionRuleIn(BaseModel):
    """Keep the documents of a collection, or of one family of it, for so many days."""

    collection_id: UUID
    family_id: UUID | None = None
    days: int = Field(ge=1, le=MAX_DAYS)


class RetentionRuleOut(BaseModel):
    """A rule: the documents it is about are forgotten so many days after they came in."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    collection_id: UUID
    family_id: UUID | None
    days: int


class DueOut(BaseModel):
    """A document whose time is over; one on hold stays all the same."""

    id: UUID
    collection_id: UUID
    filename: str
    created_at: datetime
    days: int
    due_at: datetime
    on_hold: bool

    @classmethod
    def of(cls, due: DueDocument) -> DueOut:
        """Show a document; why it is on hold is told with the document alone."""
        return cls(
            id=due.id, collection_id=due.collection_id, filename=due.filename,
            created_at=due.created_at, days=due.days, due_at=due.due_at,
            on_hold=due.hold_reason is not None,
        )  # fmt: skip
