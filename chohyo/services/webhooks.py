"""Register the endpoints that are told what happens in a collection, and look after them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chohyo.domain.access import Caller, Role
from chohyo.domain.ids import new_id
from chohyo.domain.webhooks import Delivery, EventKind, Webhook
from chohyo.errors import ForbiddenError, NotFoundError
from chohyo.services import notices, outgoing
from chohyo.services.runtime import Runtime, change, require
from chohyo.storage import audit, webhooks
from chohyo.storage.database import Connection

SECRET_PREFIX = "chohyo_wh_"  # noqa: S105 - what secrets begin with


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """An endpoint just registered; `secret` is shown once."""

    webhook: Webhook
    secret: str


def add_webhook(
    runtime: Runtime, caller: Caller, collection_id: UUID, url: str, events: Sequence[EventKind]
) -> NewWebhook:
    """Register an endpoint for events of a collection.

    Raises:
        InvalidInputError: the address is none that may be called.
    """
    require(caller, collection_id, Role.ADMIN, kind="collection", object_id=collection_id)
    outgoing.require_allowed(url, allow_private=runtime.private_webhooks)
    secret = SECRET_PREFIX + secrets.token_urlsafe(32)
    with change(runtime) as doing:
        webhook = webhooks.insert(
            doing.connection, id=new_id(), collection_id=collection_id, url=url,
            events=sorted(set(events)), secret=secret,
        )  # fmt: skip
        audit.append(
            doing.connection, caller.actor, "webhook.added", "webhook", webhook.id,
            collection_id=collection_id, details={"events": " ".join(webhook.events)},
        )  # fmt: skip
    return NewWebhook(webhook, secret)


def list_webhooks(runtime: Runtime, caller: Caller) -> list[Webhook]:
    """Return the endpoints of the collections that the caller administers."""
    mine = caller.collections(Role.ADMIN)
    if not mine:
        raise ForbiddenError(needed=Role.ADMIN.value)
    with runtime.database.transaction() as connection:
        return webhooks.of_collections(connection, mine)


def remove_webhook(runtime: Runtime, caller: Caller, webhook_id: UUID) -> None:
    """Remove an endpoint; what was still to be delivered to it is dropped."""
    with change(runtime) as doing:
        webhook = _administered(doing.connection, caller, webhook_id)
        webhooks.delete(doing.connection, webhook_id)
        audit.append(
            doing.connection, caller.actor, "webhook.removed", "webhook", webhook_id,
            collection_id=webhook.collection_id,
        )  # fmt: skip


def send_test(runtime: Runtime, caller: Caller, webhook_id: UUID) -> Delivery:
    """Put a test event for an endpoint into the outbox."""
    with change(runtime) as doing:
        webhook = _administered(doing.connection, caller, webhook_id)
        delivery_id = notices.post(doing, webhook, EventKind.TEST, {"webhook_id": webhook_id})
        sent = webhooks.delivery(doing.connection, delivery_id)
        assert sent is not None
        audit.append(
            doing.connection, caller.actor, "webhook.tested", "webhook", webhook_id,
            collection_id=webhook.collection_id,
        )  # fmt: skip
    return sent


def list_deliveries(
    runtime: Runtime,
    caller: Caller,
    webhook_id: UUID,
    *,
    before: UUID | None = None,
    limit: int = 50,
) -> list[Delivery]:
    """Return what was or is to be delivered to an endpoint, newest first; `before` is the cursor.

    What ended thirty days ago is not there any more.
    """
    with runtime.database.transaction() as connection:
        _administered(connection, caller, webhook_id)
        return webhooks.deliveries(connection, webhook_id, before=before, limit=limit)


def _administered(connection: Connection, caller: Caller, webhook_id: UUID) -> Webhook:
    webhook = webhooks.get(connection, webhook_id)
    if webhook is None:
        raise NotFoundError(kind="webhook", id=str(webhook_id))
    require(caller, webhook.collection_id, Role.ADMIN, kind="webhook", object_id=webhook_id)
    return webhook
