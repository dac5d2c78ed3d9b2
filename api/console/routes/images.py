"""Pictures for the console's pages. They hold content, so only the visitor's browser keeps them."""

from __future__ import annotations

import hashlib
from uuid import UUID

from fastapi import APIRouter, Request, Response

from api.console.guard import BoundedRoute
from api.console.visit import Visit, Visiting
from chohyo.services import evidence, page_pictures, proposals
from chohyo.services.page_pictures import PagePicture

router = APIRouter(route_class=BoundedRoute)

PNG = "image/png"
_CACHE_SECONDS = 300


@router.get("/pages/{page_id}/image")
def page_image(visit: Visiting, page_id: UUID) -> Response:
    """Return a page."""
    data, media_type = evidence.page_image(visit.runtime, visit.caller, page_id)
    return image_response(visit, data, media_type)


@router.get("/pages/{page_id}/thumbnail")
def thumbnail(visit: Visiting, page_id: UUID) -> Response:
    """Return a small picture of a page."""
    return drawn_response(visit, page_pictures.thumbnail(visit.runtime, visit.caller, page_id))


@router.get("/pages/{page_id}/anchors")
def anchors(visit: Visiting, page_id: UUID) -> Response:
    """Return a page with the nearest template's anchors drawn on it."""
    return image_response(visit, evidence.match_overlay(visit.runtime, visit.caller, page_id), PNG)


@router.get("/values/{value_id}/crop")
def value_crop(visit: Visiting, value_id: UUID) -> Response:
    """Return the piece of the page behind a value."""
    return image_response(visit, evidence.value_crop(visit.runtime, visit.caller, value_id), PNG)


@router.get("/template-pages/{template_page_id}/blank")
def blank_form(visit: Visiting, template_page_id: UUID) -> Response:
    """Return the blank form of a template page."""
    return image_response(
        visit, evidence.blank_form(visit.runtime, visit.caller, template_page_id), PNG
    )


@router.get("/proposals/{proposal_id}/pages/{page_no}/blank")
def proposed_blank(visit: Visiting, proposal_id: UUID, page_no: int) -> Response:
    """Return the blank form of a proposed template page."""
    data = proposals.proposed_blank(visit.runtime, visit.caller, proposal_id, page_no)
    return image_response(visit, data, PNG)


def image_response(visit: Visit, data: bytes, media_type: str) -> Response:
    """Return a picture that the visitor's browser may keep for a while."""
    tag = hashlib.sha256(data).hexdigest()[:32]
    return drawn_response(visit, PagePicture(tag, media_type, lambda: data, kept=False))


def drawn_response(visit: Visit, shown: PagePicture) -> Response:
    """Return a picture, drawn only if the visitor's browser does not have it."""
    headers = {
        "ETag": f'"{shown.tag}"',
        "Cache-Control": f"private, max-age={_CACHE_SECONDS}",
        # The next person at this browser may see less: a viewer's pages are blacked out.
        "Vary": "Cookie",
    }
    if _has(visit.request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(shown.data(), media_type=shown.media_type, headers=headers)


def _has(request: Request, etag: str) -> bool:
    return etag in request.headers.get("if-none-match", "")
