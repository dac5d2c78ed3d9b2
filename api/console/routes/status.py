"""How the system is doing."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.console.guard import BoundedRoute
from api.console.visit import Visiting
from chohyo.services import spaces, status
from chohyo.services.search import SearchEngine

router = APIRouter(route_class=BoundedRoute)


@router.get("/status")
def system_status(visit: Visiting) -> HTMLResponse:
    """Show counts, pending work, the embedding spaces and the limits."""
    engine: SearchEngine = visit.request.app.state.search
    return visit.show(
        "status.html",
        figures=status.status(visit.runtime, visit.caller),
        spaces=spaces.list_spaces(visit.runtime, visit.caller, engine.spaces),
        limits=visit.runtime.limits,
    )
