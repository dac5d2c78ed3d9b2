"""Discovery runs: ask for one, see what they found."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse

from api.console.guard import BoundedRoute
from api.console.visit import Acting, Visit, Visiting, see_other
from chohyo.domain.access import Role
from chohyo.services import access, discovery, status

router = APIRouter(route_class=BoundedRoute)

SHOWN = 20


@router.get("/discovery")
def run_list(visit: Visiting, before: UUID | None = None) -> HTMLResponse:
    """Show discovery runs, newest first."""
    return _show(visit, "discovery.html", before)


@router.get("/discovery/runs")
def refreshed(visit: Visiting) -> HTMLResponse:
    """Return the newest runs, for a page that watches one."""
    return _show(visit, "partials/runs.html", None)


@router.post("/discovery")
def start(visit: Acting, collection: Annotated[UUID | None, Form()] = None) -> RedirectResponse:
    """Ask for a run now, in the collection that the form was shown for."""
    caller = visit.session.caller
    where = access.pick_collection(visit.runtime, caller, Role.OPERATOR, collection)
    discovery.start_run(visit.runtime, caller, where)
    return see_other("/discovery")


def _show(visit: Visit, template: str, before: UUID | None) -> HTMLResponse:
    runs = discovery.list_runs(visit.runtime, visit.caller, before=before, limit=SHOWN)
    return visit.show(
        template,
        runs=runs,
        older=runs[-1].id if len(runs) == SHOWN else None,
        figures=status.status(visit.runtime, visit.caller),
        first=before is None,
    )
