"""Discovery runs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from api.v1.schemas.basics import FailureOut, Input
from chohyo.domain.proposals import DiscoveryRun, RunState


class RunOut(BaseModel):
    """One look at the pool of unknown pages; counts are null until they are known."""

    id: UUID
    collection_id: UUID
    state: RunState
    trigger: str
    pool_pages: int | None
    grouped_pages: int | None
    proposal_count: int | None
    created_at: datetime
    finished_at: datetime | None
    failure: FailureOut | None

    @classmethod
    def of(cls, run: DiscoveryRun, locale: str) -> RunOut:
        """Show a run."""
        return cls(
            id=run.id,
            collection_id=run.collection_id,
            state=run.state,
            trigger=run.trigger,
            pool_pages=run.pool_pages,
            grouped_pages=run.grouped_pages,
            proposal_count=run.proposal_count,
            created_at=run.created_at,
            finished_at=run.finished_at,
            failure=FailureOut.of(run.failure, locale),
        )


class RunRequest(Input):
    """Which collection's pool to look at; null means the caller's oldest collection."""

    collection_id: UUID | None = None
