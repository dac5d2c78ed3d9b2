"""What a proposed version would change about pages that are routed already."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from api.v1.schemas.basics import Output
from chohyo.domain.matches import Outcome
from chohyo.domain.replays import Replay


class ReplayedPageOut(Output):
    """A page whose decision would be another; `before` and `after` are probabilities."""

    page_id: UUID
    document_id: UUID
    page_no: int
    version_id: UUID
    outcome: Outcome
    to_proposed: bool
    to_version_id: UUID | None
    reason: str
    before: float
    after: float


class ReplayOut(BaseModel):
    """A replay of the newest routed pages; without `done` it is still under way."""

    done: bool
    routed: int = Field(description="Pages routed to the form type.")
    replayed: int = Field(description="Of those, the newest ones, which were replayed.")
    created_at: datetime | None
    changed: list[ReplayedPageOut]

    @classmethod
    def of(cls, found: Replay | None) -> ReplayOut:
        """Show a replay."""
        if found is None:
            return cls(done=False, routed=0, replayed=0, created_at=None, changed=[])
        return cls(
            done=True,
            routed=found.routed,
            replayed=found.replayed,
            created_at=found.created_at,
            changed=[ReplayedPageOut.model_validate(each) for each in found.changed],
        )
