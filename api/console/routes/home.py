"""The inbox: how far everything has come, and what waits for a person."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.console.guard import BoundedRoute
from api.console.visit import Visit, Visiting
from chohyo.domain.documents import PageState
from chohyo.services import documents, proposals, status

router = APIRouter(route_class=BoundedRoute)

SHOWN = 6


@router.get("/")
def inbox(visit: Visiting) -> HTMLResponse:
    """Show the inbox."""
    return _show(visit, "home.html")


@router.get("/inbox")
def refreshed(visit: Visiting) -> HTMLResponse:
    """Return the part of the inbox that changes by itself."""
    return _show(visit, "partials/inbox.html")


def _show(visit: Visit, template: str) -> HTMLResponse:
    return visit.show(
        template,
        status_figures=status.status(visit.runtime, visit.caller),
        proposals=proposals.list_proposals(visit.runtime, visit.caller, limit=SHOWN),
        review_pages=documents.list_pages(
            visit.runtime, visit.caller, [PageState.REVIEW], limit=SHOWN
        ),
        documents=documents.list_documents(visit.runtime, visit.caller, limit=SHOWN),
    )
