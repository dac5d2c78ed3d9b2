"""The review queue: pages on which the machine was not sure."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse

from api.console.guard import BoundedRoute
from api.console.titles import version_titles
from api.console.visit import Acting, Visit, Visiting, see_other
from chohyo.domain.documents import Page, PageState
from chohyo.domain.matches import Candidate
from chohyo.domain.templates import TemplatePage, TemplateVersion
from chohyo.services import checks, documents, review, values

router = APIRouter(route_class=BoundedRoute)

SHOWN = 60


@router.get("/review")
def queue(visit: Visiting, before: UUID | None = None) -> HTMLResponse:
    """Show the pages that wait for a decision."""
    found = _waiting(visit, before)
    older = found[-1].id if len(found) == SHOWN else None
    return visit.show("reviews.html", pages=found, older=older)


@router.get("/review/values")
def doubtful_values(visit: Visiting, before: UUID | None = None) -> HTMLResponse:
    """Show the values that a person should look at, each beside its place on the page."""
    found = values.list_doubtful(visit.runtime, visit.caller, before=before, limit=SHOWN)
    older = found[-1].value.id if len(found) == SHOWN else None
    return visit.show("doubtful.html", values=found, older=older)


@router.get("/review/checks")
def routed_to_check(visit: Visiting, before: UUID | None = None) -> HTMLResponse:
    """Show the routed pages that chance has chosen for a person to check."""
    found = checks.list_open(visit.runtime, visit.caller, before=before, limit=SHOWN)
    older = found[-1].id if len(found) == SHOWN else None
    return visit.show("checks.html", pages=found, older=older)


@router.get("/review/{page_id}")
def side_by_side(
    visit: Visiting, page_id: UUID, candidate: int = 0, anchors: bool = True
) -> HTMLResponse:
    """Show a page beside the blank form of one of its candidates."""
    view = values.get_page(visit.runtime, visit.caller, page_id)
    candidates = view.match.candidates if view.match else ()
    titles = version_titles(visit, {each.version_id for each in candidates})
    chosen = candidates[candidate] if 0 <= candidate < len(candidates) else None
    return visit.show(
        "review.html",
        view=view,
        candidates=candidates,
        titles=titles,
        chosen=chosen,
        chosen_no=candidate,
        template_page=_template_page(chosen, titles),
        anchors=anchors,
        to_check=checks.is_open(visit.runtime, page_id),
    )


@router.post("/review/{page_id}/confirm")
def confirm(visit: Acting, page_id: UUID) -> RedirectResponse:
    """Say that a page is routed right, and go on to the next one to check."""
    checks.confirm(visit.runtime, visit.caller, page_id)
    left = checks.list_open(visit.runtime, visit.caller, limit=1)
    return see_other(f"/review/{left[0].id}" if left else "/review/checks")


@router.post("/review/{page_id}")
def decide(
    visit: Acting, page_id: UUID, template_page: Annotated[UUID | None, Form()] = None
) -> RedirectResponse:
    """Record the decision and go on to the next page."""
    review.decide(visit.runtime, visit.caller, page_id, template_page)
    left = [page for page in _waiting(visit, None) if page.id != page_id]
    return see_other(f"/review/{left[0].id}" if left else "/review")


def _waiting(visit: Visit, before: UUID | None) -> list[Page]:
    return documents.list_pages(
        visit.runtime, visit.caller, [PageState.REVIEW], before=before, limit=SHOWN
    )


def _template_page(
    chosen: Candidate | None, titles: dict[UUID, TemplateVersion]
) -> TemplatePage | None:
    pages = titles[chosen.version_id].pages if chosen else ()
    return next((page for page in pages if chosen and page.id == chosen.template_page_id), None)
