"""Webhooks: what is told to whom, and what becomes of what does not arrive."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import pytest
from filing import HOLDER, Filing

from chohyo.domain.access import Actor
from chohyo.domain.documents import PageState
from chohyo.domain.ids import new_id
from chohyo.domain.matches import Match
from chohyo.domain.proposals import ProposalState
from chohyo.domain.webhooks import (
    MAX_ATTEMPTS,
    SUBSCRIBABLE,
    Delivery,
    DeliveryState,
    EventKind,
    Webhook,
)
from chohyo.errors import ForbiddenError, InvalidInputError, NotFoundError
from chohyo.services import audit, delivering, drafting, processing, review, webhooks, working
from chohyo.services.runtime import Runtime
from chohyo.storage import matches, pages, proposals
from chohyo.storage.work import WorkKind


@dataclass(slots=True)
class Receiver:
    """An HTTP server of this machine that remembers what it is sent."""

    url: str
    status: int = 200
    location: str | None = None
    received: list[tuple[dict[str, str], str]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Run a server while the test lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            here.received.append(({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(here.status)
            if here.location:
                self.send_header("Location", here.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here = Receiver(f"http://127.0.0.1:{server.server_address[1]}/hook")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield here
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass(frozen=True, slots=True)
class Registered:
    """An endpoint with its secret."""

    webhook: Webhook
    secret: str


@pytest.fixture
def open_runtime(runtime: Runtime) -> Runtime:
    """Return a runtime that may call this machine."""
    return replace(runtime, private_webhooks=True)


@pytest.fixture
def registered(open_runtime: Runtime, callers, collection, receiver: Receiver) -> Registered:
    """Register the receiver for every event."""
    made = webhooks.add_webhook(
        open_runtime, callers["admin"].caller, collection.id, receiver.url, SUBSCRIBABLE
    )
    return Registered(made.webhook, made.secret)


def _match(runtime: Runtime, page_id: UUID) -> Match:
    with runtime.database.transaction() as connection:
        found = matches.in_force(connection, [page_id])[page_id]
        pages.set_state(connection, page_id, PageState.EMBEDDED)
    return replace(found, id=new_id())


def _work(runtime: Runtime, queue) -> None:
    while queue.sent:
        kind, object_id, _ = queue.sent.pop(0)
        if kind == "webhook":
            delivering.deliver(runtime, object_id)
            working_row_done(runtime, object_id)


def working_row_done(runtime: Runtime, object_id: UUID) -> None:
    """End the work as a worker does after a delivery, whatever became of it."""
    assert working.claim(runtime, WorkKind.WEBHOOK, object_id, "test", 60) is not None
    working.finish(runtime, WorkKind.WEBHOOK, object_id, "test")


def _deliveries(runtime: Runtime, callers, webhook: Webhook) -> list[Delivery]:
    return webhooks.list_deliveries(runtime, callers["admin"].caller, webhook.id)


def _make_due(runtime: Runtime) -> None:
    with runtime.database.transaction() as connection:
        connection.execute("UPDATE webhook_delivery SET next_at = now() WHERE state = 'pending'")
        connection.execute("UPDATE webhook SET retry_at = NULL")


def test_a_routed_page_is_told_with_ids_alone_and_signed(
    open_runtime: Runtime, queue, filing: Filing, registered: Registered, receiver: Receiver
) -> None:
    match = _match(open_runtime, filing.read_page.id)
    processing.record_match(open_runtime, Actor.agent("decide"), match)
    _work(open_runtime, queue)

    [(headers, body)] = receiver.received
    told = json.loads(body)
    at, signed = (part.partition("=")[2] for part in headers["x-chohyo-signature"].split(","))
    expected = hmac.new(registered.secret.encode(), f"{at}.{body}".encode(), hashlib.sha256)
    assert signed == expected.hexdigest()
    assert headers["x-chohyo-event"] == told.pop("event") == "page.routed"
    assert headers["x-chohyo-delivery"] == told.pop("id")
    assert told.pop("at")
    assert told == {
        "collection_id": str(match.collection_id),
        "page_id": str(filing.read_page.id),
        "document_id": str(filing.document.id),
        "match_id": str(match.id),
        "version_id": str(filing.version_id),
        "family_id": str(filing.family_id),
    }
    assert HOLDER not in body


def test_review_waiting_proposals_and_decisions_are_told(
    open_runtime: Runtime, queue, filing: Filing, callers, registered: Registered, receiver
) -> None:
    review_match = _match(open_runtime, filing.review_page.id)
    processing.record_match(open_runtime, Actor.agent("decide"), review_match)
    with open_runtime.database.transaction() as connection:
        proposals.set_state(connection, filing.proposal_id, ProposalState.DRAFTING)
    drafting.present(open_runtime, filing.proposal_id)
    review.decide(
        open_runtime, callers["reviewer"].caller, filing.review_page.id, filing.template_page_id
    )
    _work(open_runtime, queue)

    told = [json.loads(body) for _, body in receiver.received]
    assert [each["event"] for each in told] == ["page.review", "proposal.waiting", "page.routed"]
    assert told[1]["proposal_id"] == str(filing.proposal_id)


def test_a_change_that_is_rolled_back_tells_nobody(
    open_runtime: Runtime, queue, filing: Filing, callers, registered: Registered,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    match = _match(open_runtime, filing.read_page.id)
    monkeypatch.setattr(processing.audit, "append", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        processing.record_match(open_runtime, Actor.agent("decide"), match)
    assert _deliveries(open_runtime, callers, registered.webhook) == []
    assert queue.sent == []


def test_nobody_is_told_and_nothing_sent_unless_it_was_asked_for(
    open_runtime: Runtime, queue, filing: Filing
) -> None:
    match = _match(open_runtime, filing.read_page.id)
    processing.record_match(open_runtime, Actor.agent("decide"), match)
    assert [kind for kind, _, _ in queue.sent if kind == "webhook"] == []


def test_an_endpoint_of_another_collection_is_not_told(
    open_runtime: Runtime, queue, filing: Filing, callers, other_collection, receiver: Receiver
) -> None:
    webhooks.add_webhook(
        open_runtime, callers["stranger"].caller, other_collection.id, receiver.url, SUBSCRIBABLE
    )
    match = _match(open_runtime, filing.read_page.id)
    processing.record_match(open_runtime, Actor.agent("decide"), match)
    _work(open_runtime, queue)
    assert receiver.received == []


def test_what_does_not_arrive_is_sent_again_with_growing_pauses_until_it_has_failed(
    open_runtime: Runtime, queue, callers, registered: Registered, receiver: Receiver
) -> None:
    receiver.status = 500
    webhooks.send_test(open_runtime, callers["admin"].caller, registered.webhook.id)
    pauses = []
    for _ in range(MAX_ATTEMPTS):
        _work(open_runtime, queue)
        [delivery] = _deliveries(open_runtime, callers, registered.webhook)
        pauses.append((delivery.next_at - delivery.created_at).total_seconds())
        working.sweep(open_runtime, resend_seconds=3600)
        assert queue.sent == []  # not before the pause is over
        _make_due(open_runtime)
        working.sweep(open_runtime, resend_seconds=3600)
    assert len(receiver.received) == MAX_ATTEMPTS
    assert len({headers["x-chohyo-delivery"] for headers, _ in receiver.received}) == 1
    assert pauses == sorted(pauses)
    assert (delivery.state, delivery.status, delivery.reason) == (
        DeliveryState.FAILED, 500, "endpoint-refused",
    )  # fmt: skip
    assert queue.sent == []


def test_a_notice_arrives_once_the_endpoint_is_back(
    open_runtime: Runtime, queue, callers, registered: Registered, receiver: Receiver
) -> None:
    receiver.status = 503
    webhooks.send_test(open_runtime, callers["admin"].caller, registered.webhook.id)
    _work(open_runtime, queue)
    receiver.status = 204
    _make_due(open_runtime)
    working.sweep(open_runtime, resend_seconds=3600)
    _work(open_runtime, queue)
    [delivery] = _deliveries(open_runtime, callers, registered.webhook)
    assert (delivery.state, delivery.attempts) == (DeliveryState.DELIVERED, 2)


def test_an_endpoint_that_fails_is_left_alone_for_a_while(
    open_runtime: Runtime, queue, filing: Filing, callers, registered: Registered, receiver
) -> None:
    receiver.status = 500
    webhooks.send_test(open_runtime, callers["admin"].caller, registered.webhook.id)
    _work(open_runtime, queue)
    match = _match(open_runtime, filing.read_page.id)
    processing.record_match(open_runtime, Actor.agent("decide"), match)
    _work(open_runtime, queue)
    newest, _ = _deliveries(open_runtime, callers, registered.webhook)
    assert (newest.event, newest.reason) == (EventKind.PAGE_ROUTED, "endpoint-failing")
    assert len(receiver.received) == 1


def test_a_redirect_is_not_followed(
    open_runtime: Runtime, queue, callers, registered: Registered, receiver: Receiver
) -> None:
    receiver.status, receiver.location = 307, receiver.url
    webhooks.send_test(open_runtime, callers["admin"].caller, registered.webhook.id)
    _work(open_runtime, queue)
    [delivery] = _deliveries(open_runtime, callers, registered.webhook)
    assert (len(receiver.received), delivery.status) == (1, 307)
    assert delivery.state is DeliveryState.PENDING


def test_this_machine_is_not_called_unless_that_is_allowed(
    runtime: Runtime, queue, callers, collection, registered: Registered, receiver: Receiver
) -> None:
    admin = callers["admin"].caller
    with pytest.raises(InvalidInputError):
        webhooks.add_webhook(runtime, admin, collection.id, receiver.url, SUBSCRIBABLE)
    # Registered while it was allowed, or by a name that leads here.
    webhooks.send_test(runtime, admin, registered.webhook.id)
    _work(runtime, queue)
    [delivery] = _deliveries(runtime, callers, registered.webhook)
    assert (receiver.received, delivery.reason) == ([], "endpoint-private")


def test_an_endpoint_nobody_listens_at_gives_a_reason(
    open_runtime: Runtime, queue, callers, collection
) -> None:
    made = webhooks.add_webhook(
        open_runtime, callers["admin"].caller, collection.id, "http://127.0.0.1:9/", SUBSCRIBABLE
    )
    webhooks.send_test(open_runtime, callers["admin"].caller, made.webhook.id)
    _work(open_runtime, queue)
    [delivery] = _deliveries(open_runtime, callers, made.webhook)
    assert (delivery.reason, delivery.status) == ("endpoint-unreachable", None)


def test_removing_an_endpoint_drops_what_was_to_be_delivered(
    open_runtime: Runtime, queue, callers, registered: Registered, receiver: Receiver
) -> None:
    admin = callers["admin"].caller
    sent = webhooks.send_test(open_runtime, admin, registered.webhook.id)
    webhooks.remove_webhook(open_runtime, admin, registered.webhook.id)
    with pytest.raises(NotFoundError):
        delivering.deliver(open_runtime, sent.id)
    assert receiver.received == []


def test_only_administrators_look_after_endpoints(
    open_runtime: Runtime, callers, collection, registered: Registered
) -> None:
    reviewer, stranger = callers["reviewer"].caller, callers["stranger"].caller
    with pytest.raises(ForbiddenError):
        webhooks.list_webhooks(open_runtime, reviewer)
    with pytest.raises(ForbiddenError):
        webhooks.send_test(open_runtime, reviewer, registered.webhook.id)
    with pytest.raises(NotFoundError):
        webhooks.remove_webhook(open_runtime, stranger, registered.webhook.id)
    assert webhooks.list_webhooks(open_runtime, stranger) == []


def test_endpoints_are_audited_without_address_and_secret(
    open_runtime: Runtime, callers, registered: Registered, receiver: Receiver
) -> None:
    admin = callers["admin"].caller
    webhooks.remove_webhook(open_runtime, admin, registered.webhook.id)
    entries: list[Any] = audit.list_entries(open_runtime, admin, object_id=registered.webhook.id)
    assert [each.action for each in entries] == ["webhook.removed", "webhook.added"]
    assert registered.secret not in str(entries)
    assert receiver.url not in str(entries)


def test_deliveries_are_kept_for_a_month(
    open_runtime: Runtime, queue, callers, registered: Registered
) -> None:
    webhooks.send_test(open_runtime, callers["admin"].caller, registered.webhook.id)
    _work(open_runtime, queue)
    with open_runtime.database.transaction() as connection:
        connection.execute("UPDATE webhook_delivery SET finished_at = now() - interval '31 days'")
    working.sweep(open_runtime, resend_seconds=3600)
    assert _deliveries(open_runtime, callers, registered.webhook) == []
