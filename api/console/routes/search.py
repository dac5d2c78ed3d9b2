"""Search by words, a pasted screenshot, or "more like this page"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, UploadFile
from fastapi.responses import HTMLResponse, Response

from api.console.guard import BoundedRoute
from api.console.routes.images import drawn_response
from api.console.visit import Acting, Visit, Visiting
from chohyo.domain.documents import PageState
from chohyo.domain.rerankers import RerankerChoice
from chohyo.domain.search import (
    PageQuery,
    SearchAnswer,
    SearchFilters,
    SearchQuery,
)
from chohyo.errors import ChohyoError, InvalidInputError
from chohyo.services import page_pictures, templates
from chohyo.services.search import SearchEngine, search_pages
from chohyo.services.search_input import box_of, condition_of
from chohyo.services.search_pictures import MEGAPIXELS
from chohyo.translation import render

router = APIRouter(route_class=BoundedRoute)

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands in the form, as it was typed."""

    text: str = ""
    page: str = ""
    box: str = ""
    family: str = ""
    state: str = ""
    since: str = ""
    until: str = ""
    source: str = ""
    where: str = ""
    reranker: str = RerankerChoice.REGISTRATION.value
    cursor: str = ""

    def query(self, image: bytes | None) -> SearchQuery:
        """Return the query it stands for.

        Raises:
            InvalidInputError: something of it is not acceptable.
        """
        box = box_of(self.box) if self.box else None
        page = _id("page", self.page)
        return SearchQuery(
            text=self.text,
            image=image,
            page=PageQuery(page, box) if page else None,
            filters=SearchFilters(
                family_id=_id("family", self.family),
                states=(PageState(self.state),) if self.state in list(PageState) else (),
                since=_day("since", self.since),
                until=_day("until", self.until),
                source=_plain(self.source).strip(),
                fields=tuple(
                    condition_of(line) for line in _plain(self.where).splitlines() if line.strip()
                ),
            ),
            top_k=SHOWN,
            reranker=RerankerChoice(self.reranker)
            if self.reranker in list(RerankerChoice)
            else RerankerChoice.REGISTRATION,
            cursor=self.cursor or None,
        )


@router.get("/search")
def search_page(visit: Visiting, page: str = "", box: str = "") -> HTMLResponse:
    """Show the form; with a page, what is like it or like the part of it."""
    asked = Asked(page=page, box=box)
    return _found(visit, asked, None) if page else _show(visit, asked, None, None)


@router.post("/search")
def search(
    visit: Acting,
    text: Annotated[str, Form()] = "",
    page: Annotated[str, Form()] = "",
    box: Annotated[str, Form()] = "",
    family: Annotated[str, Form()] = "",
    state: Annotated[str, Form()] = "",
    since: Annotated[str, Form()] = "",
    until: Annotated[str, Form()] = "",
    source: Annotated[str, Form()] = "",
    where: Annotated[str, Form()] = "",
    reranker: Annotated[str, Form()] = RerankerChoice.REGISTRATION.value,
    cursor: Annotated[str, Form()] = "",
    image: Annotated[UploadFile | None, File()] = None,
) -> HTMLResponse:
    """Show what is found. The words stay out of the address, and so out of every log."""
    asked = Asked(
        text, page, box, family, state, since, until, source, where, reranker, cursor
    )  # fmt: skip
    data = image.file.read() if image is not None else b""
    return _found(visit, asked, data or None)


@router.get("/pages/{page_id}/regions/crop")
def crop(visit: Visiting, page_id: UUID, box: str) -> Response:
    """Return a region of a page."""
    shown = page_pictures.region_crop(visit.runtime, visit.caller, page_id, box_of(box))
    return drawn_response(visit, shown)


@router.get("/pages/{page_id}/regions/overlay")
def overlay(
    visit: Visiting,
    page_id: UUID,
    box: Annotated[tuple[str, ...], Query(max_length=20)] = (),
) -> Response:
    """Return a page with regions marked."""
    boxes = [box_of(each) for each in box]
    shown = page_pictures.region_overlay(visit.runtime, visit.caller, page_id, boxes)
    return drawn_response(visit, shown)


def _found(visit: Visit, asked: Asked, image: bytes | None) -> HTMLResponse:
    engine: SearchEngine = visit.request.app.state.search
    try:
        query = asked.query(image)
        answer = search_pages(visit.runtime, engine, visit.caller, query)
    except ChohyoError as error:
        return _show(visit, asked, None, render(error, visit.locale), error.http_status)
    if image is not None:
        # The browser keeps no chosen file: there is nothing left to go on with.
        answer = replace(answer, next_cursor=None)
    return _show(visit, asked, answer, None)


def _show(
    visit: Visit, asked: Asked, answer: SearchAnswer | None, refusal: str | None, status: int = 200
) -> HTMLResponse:
    engine: SearchEngine = visit.request.app.state.search
    return visit.show(
        "search.html",
        status=status,
        asked=asked,
        answer=answer,
        refusal=refusal,
        families=templates.list_families(visit.runtime, visit.caller, limit=500),
        states=list(PageState),
        rerankers=engine.rerankers,
        megapixels=round(MEGAPIXELS),
        marked_address=page_pictures.marked_address,
    )


def _plain(text: str) -> str:
    # PostgreSQL keeps no NUL in a text.
    return text.replace("\0", "")


def _id(field: str, text: str) -> UUID | None:
    try:
        return UUID(text.strip()) if text.strip() else None
    except ValueError as error:
        raise InvalidInputError(field=field, reason="is no UUID") from error


def _day(field: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInputError(field=field, reason="is not acceptable") from error
