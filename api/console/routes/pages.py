"""The page viewer: the image beside its values, each with the place it was read from."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse

from api.console.guard import BoundedRoute
from api.console.titles import version_titles
from api.console.visit import Acting, Visiting
from chohyo.services import documents, values

router = APIRouter(route_class=BoundedRoute)


@router.get("/pages/{page_id}")
def viewer(visit: Visiting, page_id: UUID, anchors: bool = False) -> HTMLResponse:
    """Show a page with its values and the decision it rests on."""
    view = values.get_page(visit.runtime, visit.caller, page_id)
    siblings = documents.get_document(visit.runtime, visit.caller, view.document.id).pages
    by_number = {page.page_no: page for page in siblings}
    candidates = view.match.candidates if view.match else ()
    return visit.show(
        "page.html",
        view=view,
        anchors=anchors and bool(candidates),
        previous=by_number.get(view.page.page_no - 1),
        following=by_number.get(view.page.page_no + 1),
        page_count=len(siblings),
        titles=version_titles(visit, {each.version_id for each in candidates}),
    )


@router.post("/values/{value_id}")
def correct(
    visit: Acting,
    value_id: UUID,
    number: Annotated[int, Form()],
    text: Annotated[str, Form()] = "",
) -> HTMLResponse:
    """Correct a value and return its entry in the list."""
    corrected = values.correct(visit.runtime, visit.caller, value_id, text)
    return visit.show("partials/value.html", each=corrected, number=number)
