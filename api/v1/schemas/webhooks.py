"""Webhooks and their deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from api.v1.schemas.basics import Input, Line, ShownOnce
from chohyo.domain.webhooks import Delivery, DeliveryState, EventKind, Webhook
from chohyo.translation import render_delivery

Subscribable = Literal[EventKind.PAGE_ROUTED, EventKind.PAGE_REVIEW, EventKind.PROPOSAL_WAITING]


class WebhookOut(BaseModel):
    """An endpoint that is told of events; after a failure nothing is sent before `retry_at`."""

    id: UUID
    collection_id: UUID
    url: str
    events: list[EventKind]
    retry_at: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, webhook: Webhook) -> WebhookOut:
        """Show an endpoint."""
        return cls(
            id=webhook.id,
            collection_id=webhook.collection_id,
            url=webhook.url,
            events=list(webhook.events),
            retry_at=webhook.retry_at,
            created_at=webhook.created_at,
        )


class NewWebhookOut(WebhookOut):
    """An endpoint just added; `secret` is shown this once, and null when the answer is repeated."""

    secret: ShownOnce


class NewWebhook(Input):
    """Whom to tell of what; a null collection means the caller's oldest collection."""

    url: Line
    events: Annotated[list[Subscribable], Field(min_length=1, max_length=3)]
    collection_id: UUID | None = None


class DeliveryOut(BaseModel):
    """One event for one endpoint. `reason` is a code, `detail` says it in the reader's language."""

    id: UUID
    event: EventKind
    state: DeliveryState
    attempts: int
    status: int | None
    reason: str | None
    detail: str | None
    next_at: datetime | None
    created_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, delivery: Delivery, locale: str) -> DeliveryOut:
        """Show a delivery; its next attempt only while one is to come."""
        pending = delivery.state is DeliveryState.PENDING
        return cls(
            id=delivery.id,
            event=delivery.event,
            state=delivery.state,
            attempts=delivery.attempts,
            status=delivery.status,
            reason=delivery.reason,
            detail=render_delivery(delivery.reason, locale) if delivery.reason else None,
            next_at=delivery.next_at if pending else None,
            created_at=delivery.created_at,
            finished_at=delivery.finished_at,
        )
