"""What a proposed version would change about pages that are routed already."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from api.v1.schemas.basics import Output
from chohyo.domain.matches import Outcome
from chohyo.domain.replays import Replay, ReplayState


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
    """A replay of all routed pages, from the newest to the oldest.

    Without `done` it is still under way, or has `stopped` and can be asked for again.
    """

    done: bool
    stopped: bool
    routed: int = Field(description="Pages routed to the form type when it began.")
    replayed: int = Field(description="How many of them, the newest, were replayed so far.")
    created_at: datetime | None
    changed: list[ReplayedPageOut]

    @classmethod
    def of(cls, found: Replay | None) -> ReplayOut:
        """Show a replay."""
        if found is None:
            return cls(done=False, stopped=False, routed=0, replayed=0, created_at=None, changed=[])
        return cls(
            done=found.state is ReplayState.DONE,
            stopped=found.state is ReplayState.STOPPED,
            routed=found.routed,
            replayed=found.replayed,
            created_at=found.created_at,
            changed=[ReplayedPageOut.model_validate(each) for each in found.changed],
        )
