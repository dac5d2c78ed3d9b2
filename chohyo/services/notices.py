"""Put what happened into the outbox, in the transaction in which it happened; ids alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID

from chohyo.domain.ids import new_id
from chohyo.domain.matches import Match, Outcome
from chohyo.domain.proposals import Proposal
from chohyo.domain.webhooks import EventKind, Webhook
from chohyo.services.runtime import Change
from chohyo.storage import webhooks
from chohyo.storage.work import Work, WorkKind

# After everything that people wait for.
PRIORITY = 8

_OF_OUTCOME = {Outcome.ROUTED: EventKind.PAGE_ROUTED, Outcome.REVIEW: EventKind.PAGE_REVIEW}


def tell_of_match(doing: Change, match: Match, document_id: UUID) -> None:
    """Tell of a page that was routed or waits for review; nobody is told of an unknown one."""
    event = _OF_OUTCOME.get(match.outcome)
    if event is None:
        return
    ids = {
        "page_id": match.page_id,
        "document_id": document_id,
        "match_id": match.id,
        "version_id": match.version_id,
        "family_id": match.family_id,
    }
    _tell(doing, match.collection_id, event, ids)


def tell_of_proposal(doing: Change, proposal: Proposal) -> None:
    """Tell of a proposal that waits for approval."""
    ids = {"proposal_id": proposal.id, "run_id": proposal.run_id, "family_id": proposal.family_id}
    _tell(doing, proposal.collection_id, EventKind.PROPOSAL_WAITING, ids)


def post(doing: Change, webhook: Webhook, event: EventKind, ids: dict[str, UUID | None]) -> UUID:
    """Put an event for one endpoint into the outbox; return the delivery's id."""
    delivery_id = new_id()
    body = {
        "id": str(delivery_id),
        "event": event.value,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "collection_id": str(webhook.collection_id),
        **{name: str(each) if each else None for name, each in ids.items()},
    }
    webhooks.insert_delivery(
        doing.connection, delivery_id, webhook.id, event, json.dumps(body, separators=(",", ":"))
    )
    doing.request(Work(WorkKind.WEBHOOK, delivery_id, priority=PRIORITY))
    return delivery_id


def _tell(
    doing: Change, collection_id: UUID, event: EventKind, ids: dict[str, UUID | None]
) -> None:
    for webhook in webhooks.subscribed(doing.connection, collection_id, event):
        post(doing, webhook, event, ids)
