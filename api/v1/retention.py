"""How long documents are kept, and which go next."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.idempotency import IdempotentRoute
from api.security import CallerDep, RuntimeDep, allow
from api.v1.paging import Cursor, Limit
from api.v1.schemas.basics import Listing
from api.v1.schemas.retention import DueOut, RetentionRuleIn, RetentionRuleOut
from chohyo.domain.access import Role
from chohyo.errors import NotFoundError, StaleCursorError
from chohyo.services import retention

router = APIRouter(prefix="/retention", tags=["retention"], route_class=IdempotentRoute)


@router.get("", summary="List the rules of retention", **allow(Role.ADMIN))
def list_rules(runtime: RuntimeDep, caller: CallerDep) -> Listing[RetentionRuleOut]:
    """Return how long the documents of the collections you administer are kept."""
    found = retention.list_rules(runtime, caller)
    return Listing(items=[RetentionRuleOut.model_validate(r) for r in found], next_cursor=None)


@router.put("", summary="Set a rule of retention", **allow(Role.ADMIN, NotFoundError))
def set_rule(runtime: RuntimeDep, caller: CallerDep, wanted: RetentionRuleIn) -> RetentionRuleOut:
    """Keep the documents of a collection, or of one family of it, for so many days."""
    rule = retention.set_rule(runtime, caller, wanted.collection_id, wanted.family_id, wanted.days)
    return RetentionRuleOut.model_validate(rule)


@router.delete(
    "/{rule_id}",
    summary="Remove a rule of retention",
    status_code=204,
    **allow(Role.ADMIN, NotFoundError),
)
def remove_rule(runtime: RuntimeDep, caller: CallerDep, rule_id: UUID) -> None:
    """Keep the rule's documents until somebody forgets them."""
    retention.remove_rule(runtime, caller, rule_id)


@router.get(
    "/due", summary="List the documents that go next", **allow(Role.ADMIN, StaleCursorError)
)
def list_due(
    runtime: RuntimeDep,
    caller: CallerDep,
    within_days: Annotated[int, Query(ge=0, le=retention.MAX_DAYS)] = 0,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Listing[DueOut]:
    """Return the documents whose time is over, now or within so many days, longest first."""
    found = retention.list_due(
        runtime, caller, within_days=within_days, after=cursor, limit=limit + 1
    )
    return Listing.of(found, limit, DueOut.of, lambda each: each.id)
