"""Deliver what lies in the outbox, and try again what did not arrive."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from uuid import UUID

from chohyo.domain.documents import Failure
from chohyo.domain.webhooks import (
    MAX_ATTEMPTS,
    Delivery,
    DeliveryState,
    EventKind,
    Webhook,
    pause_after,
    signature,
)
from chohyo.errors import NotFoundError
from chohyo.services import outgoing
from chohyo.services.outgoing import SendError
from chohyo.services.runtime import Runtime
from chohyo.storage import webhooks
from chohyo.storage.database import Connection

# So long other deliveries wait after one that did not arrive.
ENDPOINT_PAUSE = timedelta(minutes=2)


def deliver(runtime: Runtime, delivery_id: UUID) -> None:
    """Send a delivery once; one that does not arrive is pending again, or failed in the end.

    While an endpoint does not answer, its other deliveries wait without being sent: hundreds of
    timeouts would keep a worker from documents.
    """
    with runtime.database.transaction() as connection:
        delivery = webhooks.delivery(connection, delivery_id)
        webhook = webhooks.get(connection, delivery.webhook_id) if delivery else None
        if delivery is None or webhook is None:
            raise NotFoundError(kind="delivery", id=str(delivery_id))
        secret = webhooks.secret(connection, webhook.id)
    if delivery.state is not DeliveryState.PENDING:
        return
    if _paused(webhook) and delivery.event is not EventKind.TEST:
        with runtime.database.transaction() as connection:
            _put_off(connection, delivery, None, "endpoint-failing")
        return
    status, reason = _send(runtime, delivery, webhook, secret)
    with runtime.database.transaction() as connection:
        if reason is None:
            webhooks.note_attempt(connection, delivery.id, DeliveryState.DELIVERED, status=status)
            webhooks.pause(connection, webhook.id, None)
        else:
            _put_off(connection, delivery, status, reason)
            webhooks.pause(connection, webhook.id, datetime.now(UTC) + ENDPOINT_PAUSE)


def fail_delivery(runtime: Runtime, delivery_id: UUID, failure: Failure) -> None:
    """End a delivery that no worker survived."""
    with runtime.database.transaction() as connection:
        webhooks.note_attempt(connection, delivery_id, DeliveryState.FAILED, reason=failure.code)


def _send(
    runtime: Runtime, delivery: Delivery, webhook: Webhook, secret: str
) -> tuple[int | None, str | None]:
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"chohyo/{version('chohyo')}",
        "X-Chohyo-Event": delivery.event.value,
        "X-Chohyo-Delivery": str(delivery.id),
        "X-Chohyo-Signature": signature(secret, delivery.body, int(time.time())),
    }
    try:
        status = outgoing.send(
            webhook.url, headers, delivery.body.encode(), allow_private=runtime.private_webhooks
        )
    except SendError as error:
        return None, error.reason
    return status, None if 200 <= status < 300 else "endpoint-refused"


def _paused(webhook: Webhook) -> bool:
    return webhook.retry_at is not None and webhook.retry_at > datetime.now(UTC)


def _put_off(connection: Connection, delivery: Delivery, status: int | None, reason: str) -> None:
    attempts = delivery.attempts + 1
    webhooks.note_attempt(
        connection,
        delivery.id,
        DeliveryState.PENDING if attempts < MAX_ATTEMPTS else DeliveryState.FAILED,
        status=status,
        reason=reason,
        next_at=datetime.now(UTC) + pause_after(attempts),
    )
