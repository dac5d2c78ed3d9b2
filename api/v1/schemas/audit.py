"""The audit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from api.v1.schemas.basics import Output
from chohyo.domain.access import ActorKind


class ActorOut(Output):
    """Who acted: a person or service with its key, a node of the agent, or the software itself."""

    kind: ActorKind
    id: str
    key_id: UUID | None
    model: str | None


class AuditEntryOut(Output):
    """Who did what, on which ids; `before` and `after` are keyed hashes of the content."""

    seq: int
    at: datetime
    actor: ActorOut
    action: str
    object_kind: str
    object_id: UUID
    collection_id: UUID | None
    details: Mapping[str, str | int | float | bool | None]
    before: str | None
    after: str | None
    reason: str | None
    previous: str
    hash: str


class ChainReportOut(Output):
    """What recomputing the chain found; `broken_at` is the first entry that does not hold."""

    entries: int
    intact: bool
    broken_at: int | None
