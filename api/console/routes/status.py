"""How the system is doing."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.console.guard import BoundedRoute
from api.console.visit import Visiting
from chohyo.services import status

router = APIRouter(route_class=BoundedRoute)


@router.get("/status")
def system_status(visit: Visiting) -> HTMLResponse:
    """Show counts, pending work, the embedding space and the limits."""
    return visit.show(
        "status.html",
        figures=status.status(visit.runtime, visit.caller),
        limits=visit.runtime.limits,
    )
