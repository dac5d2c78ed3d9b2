"""Webhooks: endpoints that are told what happened, and the deliveries to them."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

# Seven attempts with pauses of 30 s, 2 min, 8 min, … 8.5 h: an endpoint may be down overnight.
MAX_ATTEMPTS = 7
_FIRST_PAUSE = timedelta(seconds=30)
_GROWTH = 4


class EventKind(StrEnum):
    """What an endpoint can be told of; `webhook.test` is told when somebody asks for it."""

    PAGE_ROUTED = "page.routed"
    PAGE_REVIEW = "page.review"
    PROPOSAL_WAITING = "proposal.waiting"
    TEST = "webhook.test"


SUBSCRIBABLE = tuple(each for each in EventKind if each is not EventKind.TEST)


class DeliveryState(StrEnum):
    """How far a delivery has come."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Webhook:
    """An endpoint of a collection. After a failure nothing is sent to it before `retry_at`."""

    id: UUID
    collection_id: UUID
    url: str
    events: tuple[EventKind, ...]
    retry_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one endpoint. `reason` is a code that says why the last attempt failed."""

    id: UUID
    webhook_id: UUID
    event: EventKind
    body: str
    state: DeliveryState
    attempts: int
    status: int | None
    reason: str | None
    next_at: datetime
    created_at: datetime
    finished_at: datetime | None


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many failed attempts."""
    return _FIRST_PAUSE * float(_GROWTH ** (attempts - 1))


def signature(secret: str, body: str, at: int) -> str:
    """Return the header value that proves who sent a body; `at` in seconds since 1970."""
    signed = hmac.new(secret.encode(), f"{at}.{body}".encode(), hashlib.sha256)
    return f"t={at},v1={signed.hexdigest()}"
