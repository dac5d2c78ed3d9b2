"""Drift: what the agent saw of print that changes, and what a person says of it."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from api.idempotency import IdempotentRoute
from api.security import CallerDep, RuntimeDep, allow
from api.v1.paging import Cursor, Limit
from api.v1.schemas.basics import Listing
from api.v1.schemas.drifts import DriftDetail, DriftOut
from chohyo.domain.access import Role
from chohyo.errors import ConflictError, NotFoundError
from chohyo.services import drifting

router = APIRouter(prefix="/drifts", tags=["discovery"], route_class=IdempotentRoute)


@router.get("", summary="List drift of print, newest first", **allow(Role.VIEWER))
def list_drifts(
    runtime: RuntimeDep, caller: CallerDep, cursor: Cursor = None, limit: Limit = 50
) -> Listing[DriftOut]:
    """Return where pages routed to a version began to differ from its blank form."""
    found = drifting.list_drifts(runtime, caller, before=cursor, limit=limit + 1)
    return Listing.of(found, limit, DriftOut.of, lambda each: each.id)


@router.get("/{drift_id}", summary="Show drift of print", **allow(Role.VIEWER, NotFoundError))
def get_drift(runtime: RuntimeDep, caller: CallerDep, drift_id: UUID) -> DriftDetail:
    """Return the differing places, on the blank form and on each page."""
    return DriftDetail.of_view(drifting.get_drift(runtime, caller, drift_id))


@router.post(
    "/{drift_id}/dismiss",
    summary="Dismiss drift of print",
    **allow(Role.REVIEWER, NotFoundError, ConflictError),
)
def dismiss(runtime: RuntimeDep, caller: CallerDep, drift_id: UUID) -> DriftOut:
    """Say that it is nothing: the same place of this version is not brought up again."""
    return DriftOut.of(drifting.dismiss(runtime, caller, drift_id))
