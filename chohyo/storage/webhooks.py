"""Webhooks and their outbox: rows to domain types and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chohyo.domain.webhooks import Delivery, DeliveryState, EventKind, Webhook
from chohyo.storage.database import Connection, Row
from chohyo.storage.statements import Statements

_SQL = Statements("webhooks")


def insert(
    connection: Connection,
    *,
    id: UUID,
    collection_id: UUID,
    url: str,
    events: Sequence[EventKind],
    secret: str,
) -> Webhook:
    """Store a new endpoint."""
    row = connection.execute(
        _SQL["insert"],
        {
            "id": id,
            "collection_id": collection_id,
            "url": url,
            "events": [each.value for each in events],
            "secret": secret,
        },
    ).fetchone()
    assert row is not None
    return _webhook(row)


def get(connection: Connection, webhook_id: UUID) -> Webhook | None:
    """Return an endpoint."""
    row = connection.execute(_SQL["get"], {"id": webhook_id}).fetchone()
    return _webhook(row) if row else None


def secret(connection: Connection, webhook_id: UUID) -> str:
    """Return what an endpoint's deliveries are signed with."""
    row = connection.execute(_SQL["secret"], {"id": webhook_id}).fetchone()
    assert row is not None
    return str(row["secret"])


def of_collections(connection: Connection, collections: Sequence[UUID]) -> list[Webhook]:
    """Return the endpoints of these collections, oldest first."""
    rows = connection.execute(_SQL["of_collections"], {"collections": list(collections)})
    return [_webhook(row) for row in rows]


def subscribed(connection: Connection, collection_id: UUID, event: EventKind) -> list[Webhook]:
    """Return the endpoints of a collection that want to be told of an event."""
    params = {"collection_id": collection_id, "event": event.value}
    return [_webhook(row) for row in connection.execute(_SQL["subscribed"], params)]


def delete(connection: Connection, webhook_id: UUID) -> None:
    """Delete an endpoint with its deliveries."""
    connection.execute(_SQL["delete"], {"id": webhook_id})


def pause(connection: Connection, webhook_id: UUID, until: datetime | None) -> None:
    """Send nothing to an endpoint before `until`; None when it answers again."""
    connection.execute(_SQL["pause"], {"id": webhook_id, "until": until})


def insert_delivery(
    connection: Connection, delivery_id: UUID, webhook_id: UUID, event: EventKind, body: str
) -> None:
    """Put an event for an endpoint into the outbox."""
    connection.execute(
        _SQL["insert_delivery"],
        {"id": delivery_id, "webhook_id": webhook_id, "event": event.value, "body": body},
    )


def delivery(connection: Connection, delivery_id: UUID) -> Delivery | None:
    """Return a delivery."""
    row = connection.execute(_SQL["delivery"], {"id": delivery_id}).fetchone()
    return _delivery(row) if row else None


def deliveries(
    connection: Connection, webhook_id: UUID, *, before: UUID | None = None, limit: int = 50
) -> list[Delivery]:
    """Return an endpoint's deliveries, newest first."""
    params = {"webhook_id": webhook_id, "before": before, "limit": limit}
    return [_delivery(row) for row in connection.execute(_SQL["deliveries"], params)]


def note_attempt(
    connection: Connection,
    delivery_id: UUID,
    state: DeliveryState,
    *,
    status: int | None = None,
    reason: str | None = None,
    next_at: datetime | None = None,
) -> None:
    """Count an attempt and say what became of it."""
    connection.execute(
        _SQL["note_attempt"],
        {
            "id": delivery_id,
            "state": state.value,
            "status": status,
            "reason": reason,
            "next_at": next_at,
        },
    )


def request_due(connection: Connection, priority: int) -> None:
    """Ask for the work of every delivery whose pause is over."""
    connection.execute(_SQL["request_due"], {"priority": priority})


def delete_old(connection: Connection, days: int) -> None:
    """Delete deliveries that ended so many days ago."""
    connection.execute(_SQL["delete_old"], {"days": days})


def count_by_state(connection: Connection) -> dict[DeliveryState, int]:
    """Count the deliveries in each state."""
    return {
        DeliveryState(row["state"]): row["n"] for row in connection.execute(_SQL["count_by_state"])
    }


def _webhook(row: Row) -> Webhook:
    return Webhook(
        id=row["id"],
        collection_id=row["collection_id"],
        url=row["url"],
        events=tuple(EventKind(each) for each in row["events"]),
        retry_at=row["retry_at"],
        created_at=row["created_at"],
    )


def _delivery(row: Row) -> Delivery:
    return Delivery(
        id=row["id"],
        webhook_id=row["webhook_id"],
        event=EventKind(row["event"]),
        body=row["body"],
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        status=row["status"],
        reason=row["reason"],
        next_at=row["next_at"],
        created_at=row["created_at"],
        finished_at=row["finished_at"],
    )
