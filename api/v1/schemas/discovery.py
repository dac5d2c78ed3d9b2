"""Discovery runs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from api.v1.schemas.basics import Input, Output
from chohyo.domain.proposals import RunState


class RunOut(Output):
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


class RunRequest(Input):
    """Which collection's pool to look at; null means the caller's oldest collection."""

    collection_id: UUID | None = None
