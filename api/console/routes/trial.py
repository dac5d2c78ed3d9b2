"""How the fields of a proposal read on some of its pages, beside the form they are edited on."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api.console.guard import BoundedRoute
from api.console.visit import Visiting
from chohyo.services import page_pictures, trying

router = APIRouter(route_class=BoundedRoute)


@router.get("/proposals/{proposal_id}/trial")
def trial(
    visit: Visiting,
    proposal_id: UUID,
    name: Annotated[list[str], Query(max_length=200)],
) -> HTMLResponse:
    """Read the named fields on up to three member pages, and show them with their crops."""
    recognizer = visit.request.app.state.search.recognizer
    found = trying.try_fields(visit.runtime, visit.caller, proposal_id, name, recognizer)
    return visit.show("partials/trial.html", trial=found, crop_of=page_pictures.marked_address)
