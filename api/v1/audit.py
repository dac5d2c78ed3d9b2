"""The audit: read it, verify it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.security import CallerDep, RuntimeDep, allow
from api.v1.paging import Limit
from api.v1.schemas.audit import AuditEntryOut, ChainReportOut
from api.v1.schemas.basics import Listing
from chohyo.domain.access import Role
from chohyo.services import administration, audit

router = APIRouter(prefix="/audit", tags=["audit"])


@router.get("", summary="Read the audit, newest first", **allow(Role.REVIEWER))
def list_entries(
    runtime: RuntimeDep,
    caller: CallerDep,
    object_id: UUID | None = None,
    cursor: Annotated[
        int | None, Query(ge=1, le=2**62, description="`next_cursor` of the answer before.")
    ] = None,
    limit: Limit = 100,
) -> Listing[AuditEntryOut]:
    """Return the entries of the collections you review; administrators see those of none too."""
    found = audit.list_entries(runtime, caller, object_id=object_id, before=cursor, limit=limit + 1)
    return Listing.of(found, limit, AuditEntryOut.model_validate, lambda each: each.seq)


@router.get("/verify", summary="Verify the audit's chain", **allow(Role.ADMIN))
def verify(runtime: RuntimeDep, caller: CallerDep) -> ChainReportOut:
    """Recompute every entry's hash and compare the end with the remembered head."""
    return ChainReportOut.model_validate(administration.verify_audit(runtime, caller))
