"""The audit trail."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api.console.guard import BoundedRoute
from api.console.visit import Acting, Visit, Visiting
from chohyo.services import administration, audit
from chohyo.storage.audit import ChainReport

router = APIRouter(route_class=BoundedRoute)

SHOWN = 100


@router.get("/audit")
def entries(
    visit: Visiting,
    object_id: Annotated[str, Query(alias="object")] = "",
    before: int | None = None,
) -> HTMLResponse:
    """Show what was done, newest first."""
    return _show(visit, _object(object_id), before, None)


@router.post("/audit/verify")
def verify(visit: Acting) -> HTMLResponse:
    """Recompute the chain and say whether it holds."""
    return _show(visit, None, None, administration.verify_audit(visit.runtime, visit.caller))


def _show(
    visit: Visit, object_id: UUID | None, before: int | None, report: ChainReport | None
) -> HTMLResponse:
    found = audit.list_entries(
        visit.runtime, visit.caller, object_id=object_id, before=before, limit=SHOWN
    )
    return visit.show(
        "audit.html",
        entries=found,
        people=audit.names_in(visit.runtime, found),
        object_id=object_id,
        older=found[-1].seq if len(found) == SHOWN else None,
        report=report,
    )


def _object(text: str) -> UUID | None:
    try:
        return UUID(text.strip()) if text.strip() else None
    except ValueError:  # no id: nothing was ever done to it
        return UUID(int=0)
