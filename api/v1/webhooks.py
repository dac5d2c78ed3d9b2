"""Webhooks: who is told of what happens in a collection."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request

from api.idempotency import IdempotentRoute
from api.language import reader_locale
from api.security import CallerDep, RuntimeDep, allow
from api.v1.paging import Cursor, Limit
from api.v1.schemas.basics import Listing
from api.v1.schemas.webhooks import DeliveryOut, NewWebhook, NewWebhookOut, WebhookOut
from chohyo.domain.access import Role
from chohyo.errors import NotFoundError
from chohyo.services import access, webhooks

router = APIRouter(prefix="/webhooks", tags=["webhooks"], route_class=IdempotentRoute)


@router.get("", summary="List webhooks, oldest first", **allow(Role.ADMIN))
def list_webhooks(runtime: RuntimeDep, caller: CallerDep) -> Listing[WebhookOut]:
    """Return the endpoints of the collections you administer."""
    found = webhooks.list_webhooks(runtime, caller)
    return Listing(items=[WebhookOut.of(each) for each in found], next_cursor=None)


@router.post("", summary="Add a webhook", status_code=201, **allow(Role.ADMIN, NotFoundError))
def add_webhook(runtime: RuntimeDep, caller: CallerDep, wanted: NewWebhook) -> NewWebhookOut:
    """Have an endpoint told of events, with ids alone; the answer shows its secret this once.

    Each POST carries `X-Chohyo-Event`, `X-Chohyo-Delivery` (the same in every attempt) and
    `X-Chohyo-Signature: t=…,v1=…`, where `v1` is the hexadecimal HMAC-SHA256 of `t`, a full stop
    and the body under the secret. An answer of 2xx says that it arrived.
    """
    collection_id = access.pick_collection(runtime, caller, Role.ADMIN, wanted.collection_id)
    made = webhooks.add_webhook(runtime, caller, collection_id, wanted.url, wanted.events)
    return NewWebhookOut(**WebhookOut.of(made.webhook).model_dump(), secret=made.secret)


@router.delete(
    "/{webhook_id}",
    summary="Remove a webhook",
    status_code=204,
    **allow(Role.ADMIN, NotFoundError),
)
def remove_webhook(runtime: RuntimeDep, caller: CallerDep, webhook_id: UUID) -> None:
    """Tell an endpoint no more; what was still to be delivered is dropped."""
    webhooks.remove_webhook(runtime, caller, webhook_id)


@router.post(
    "/{webhook_id}/test",
    summary="Send a test event",
    status_code=202,
    **allow(Role.ADMIN, NotFoundError),
)
def send_test(
    request: Request, runtime: RuntimeDep, caller: CallerDep, webhook_id: UUID
) -> DeliveryOut:
    """Have a worker send `webhook.test`; the list of deliveries shows what became of it."""
    sent = webhooks.send_test(runtime, caller, webhook_id)
    return DeliveryOut.of(sent, reader_locale(request))


@router.get(
    "/{webhook_id}/deliveries",
    summary="List deliveries, newest first",
    **allow(Role.ADMIN, NotFoundError),
)
def list_deliveries(
    request: Request,
    runtime: RuntimeDep,
    caller: CallerDep,
    webhook_id: UUID,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Listing[DeliveryOut]:
    """Return what was or is to be delivered, for thirty days after it ended."""
    found = webhooks.list_deliveries(runtime, caller, webhook_id, before=cursor, limit=limit + 1)
    locale = reader_locale(request)
    return Listing.of(found, limit, lambda each: DeliveryOut.of(each, locale), lambda each: each.id)
