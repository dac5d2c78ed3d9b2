"""A worker delivers what lies in the outbox."""

from __future__ import annotations

from dataclasses import replace

from agent.checkpoints import prepare
from chohyo.domain.webhooks import SUBSCRIBABLE, DeliveryState
from chohyo.services import status, webhooks
from chohyo.storage.work import WorkKind
from tests.integration.agent.conftest import make_workshop
from workers.perform import perform


def test_a_delivery_is_work_that_ends_and_leaves_its_next_attempt_to_the_sweep(
    runtime, callers, collection, database_urls
) -> None:
    prepare(database_urls.owner)
    admin = callers["admin"].caller
    permissive = replace(runtime, private_webhooks=True)
    made = webhooks.add_webhook(
        permissive, admin, collection.id, "http://127.0.0.1:9/", SUBSCRIBABLE
    )
    sent = webhooks.send_test(runtime, admin, made.webhook.id)
    perform(make_workshop(runtime), WorkKind.WEBHOOK, sent.id)
    [delivery] = webhooks.list_deliveries(runtime, admin, made.webhook.id)
    assert (delivery.state, delivery.attempts) == (DeliveryState.PENDING, 1)
    assert delivery.reason == "endpoint-private"
    assert status.status(runtime, admin).pending_work == {}
