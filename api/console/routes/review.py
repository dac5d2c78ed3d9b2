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
from chohyo.errors import InvalidInputError
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
def doubtful_values(visit: Visiting, after: str = "") -> HTMLResponse:
    """Show the values that a person should look at, the least sure first, each with its place."""
    found = values.list_least_sure(visit.runtime, visit.caller, after=_cursor(after), limit=SHOWN)
    last = found[-1].value if len(found) == SHOWN else None
    more = f"{last.reading.confidence!r},{last.id}" if last else ""
    return visit.show("doubtful.html", values=found, more=more)


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


def _cursor(text: str) -> tuple[float, UUID] | None:
    confidence, _, last = text.partition(",")
    try:
        return (float(confidence), UUID(last)) if text else None
    except ValueError as error:
        raise InvalidInputError(field="after", reason="is not acceptable") from error


def _waiting(visit: Visit, before: UUID | None) -> list[Page]:
    return documents.list_pages(
        visit.runtime, visit.caller, [PageState.REVIEW], before=before, limit=SHOWN
    )


def _template_page(
    chosen: Candidate | None, titles: dict[UUID, TemplateVersion]
) -> TemplatePage | None:
    pages = titles[chosen.version_id].pages if chosen else ()
    return next((page for page in pages if chosen and page.id == chosen.template_page_id), None)
