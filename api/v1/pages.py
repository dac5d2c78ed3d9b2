"""Pages: list, show, look at, decide."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from api.idempotency import IdempotentRoute
from api.language import reader_locale
from api.security import CallerDep, RuntimeDep, allow
from api.v1.files import drawn, picture, show_picture
from api.v1.paging import Cursor, Limit
from api.v1.schemas.basics import Listing
from api.v1.schemas.pages import DecidedPage, Decision, PageDetail, PageOut
from chohyo.domain.access import Role
from chohyo.domain.documents import PageState
from chohyo.errors import ConflictError, NotFoundError
from chohyo.services import documents, evidence, page_pictures, review, values
from chohyo.services.search_input import box_of

router = APIRouter(prefix="/pages", tags=["pages"], route_class=IdempotentRoute)


@router.get(
    "", summary="List pages in some states, newest first", **allow(Role.VIEWER, NotFoundError)
)
def list_pages(
    request: Request,
    runtime: RuntimeDep,
    caller: CallerDep,
    state: Annotated[list[PageState] | None, Query(description="Any state when absent.")] = None,
    collection_id: UUID | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Listing[PageOut]:
    """Return the pages of the collections you may see."""
    found = documents.list_pages(
        runtime,
        caller,
        state or list(PageState),
        collection_id=collection_id,
        before=cursor,
        limit=limit + 1,
    )
    locale = reader_locale(request)
    return Listing.of(found, limit, lambda each: PageOut.of(each, locale), lambda each: each.id)


@router.get("/{page_id}", summary="Show a page", **allow(Role.VIEWER, NotFoundError))
def get_page(request: Request, runtime: RuntimeDep, caller: CallerDep, page_id: UUID) -> PageDetail:
    """Return a page with the decision in force, its candidates, and its values."""
    return PageDetail.of_view(values.get_page(runtime, caller, page_id), reader_locale(request))


@router.get(
    "/{page_id}/image",
    summary="Fetch a page's image",
    **show_picture(["image/jpeg", "image/png"], allow(Role.VIEWER, NotFoundError)),
)
def get_image(request: Request, runtime: RuntimeDep, caller: CallerDep, page_id: UUID) -> Response:
    """Return the page as people see it; viewers get personal data blacked out."""
    data, media_type = evidence.page_image(runtime, caller, page_id)
    return picture(request, data, media_type)


@router.get(
    "/{page_id}/thumbnail",
    summary="Fetch a small image of a page",
    **show_picture(["image/jpeg"], allow(Role.VIEWER, NotFoundError)),
)
def get_thumbnail(
    request: Request, runtime: RuntimeDep, caller: CallerDep, page_id: UUID
) -> Response:
    """Return the page in small; viewers get personal data blacked out."""
    return drawn(request, page_pictures.thumbnail(runtime, caller, page_id))


@router.get(
    "/{page_id}/match/overlay",
    summary="Fetch the page with its decision drawn in",
    **show_picture(["image/png"], allow(Role.VIEWER, NotFoundError, ConflictError)),
)
def get_match_overlay(
    request: Request, runtime: RuntimeDep, caller: CallerDep, page_id: UUID
) -> Response:
    """Return the page with the template's anchors: green where found, red where missing."""
    return picture(request, evidence.match_overlay(runtime, caller, page_id), "image/png")


@router.get(
    "/{page_id}/match/crop",
    summary="Fetch the piece of the page that decided most",
    **show_picture(["image/png"], allow(Role.VIEWER, NotFoundError, ConflictError)),
)
def get_match_crop(
    request: Request, runtime: RuntimeDep, caller: CallerDep, page_id: UUID
) -> Response:
    """Return the piece of the page around the anchor that fits least."""
    return picture(request, evidence.match_crop(runtime, caller, page_id), "image/png")


@router.get(
    "/{page_id}/regions/crop",
    summary="Fetch a region of the page",
    **show_picture(["image/png"], allow(Role.VIEWER, NotFoundError)),
)
def get_region(
    request: Request,
    runtime: RuntimeDep,
    caller: CallerDep,
    page_id: UUID,
    box: Annotated[str, Query(description="`x0,y0,x1,y1`, in fractions of the page.")],
) -> Response:
    """Return the piece of the page in the box; viewers get personal data blacked out."""
    return drawn(request, page_pictures.region_crop(runtime, caller, page_id, box_of(box)))


@router.get(
    "/{page_id}/regions/overlay",
    summary="Fetch the page with regions marked",
    **show_picture(["image/png"], allow(Role.VIEWER, NotFoundError)),
)
def get_marked(
    request: Request,
    runtime: RuntimeDep,
    caller: CallerDep,
    page_id: UUID,
    box: Annotated[list[str], Query(description="`x0,y0,x1,y1`, several.", max_length=20)] = [],  # noqa: B006
) -> Response:
    """Return the page with the boxes drawn in; viewers get personal data blacked out."""
    boxes = [box_of(each) for each in box]
    return drawn(request, page_pictures.region_overlay(runtime, caller, page_id, boxes))


@router.post(
    "/{page_id}/decision",
    summary="Decide what a page is",
    **allow(Role.REVIEWER, NotFoundError, ConflictError),
)
def decide(
    request: Request, runtime: RuntimeDep, caller: CallerDep, page_id: UUID, decision: Decision
) -> DecidedPage:
    """Route the page to one of its candidates, or with null send it to the pool.

    A page that was taken for blank is with null looked at like any other.
    """
    review.decide(runtime, caller, page_id, decision.template_page_id)
    return DecidedPage.of_decided(values.get_page(runtime, caller, page_id), reader_locale(request))
