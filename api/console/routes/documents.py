"""Documents: the list, one with its pages and filled forms, its file, another try."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console.guard import BoundedRoute
from api.console.titles import version_titles
from api.console.visit import Acting, Visit, Visiting, see_other
from chohyo.domain.documents import DocumentState
from chohyo.services import documents, forgetting

router = APIRouter(route_class=BoundedRoute)

SHOWN = 50


@router.get("/documents")
def document_list(
    visit: Visiting, state: DocumentState | None = None, before: UUID | None = None
) -> HTMLResponse:
    """Show documents, newest first."""
    found = documents.list_documents(
        visit.runtime, visit.caller, state=state, before=before, limit=SHOWN
    )
    older = found[-1].id if len(found) == SHOWN else None
    return visit.show(
        "documents.html", documents=found, state=state, states=list(DocumentState), older=older
    )


@router.get("/documents/{document_id}")
def document(visit: Visiting, document_id: UUID) -> HTMLResponse:
    """Show a document."""
    return _show(visit, "document.html", document_id)


@router.get("/documents/{document_id}/progress")
def progress(visit: Visiting, document_id: UUID) -> HTMLResponse:
    """Return the part of a document's page that changes while work goes on."""
    return _show(visit, "partials/document.html", document_id)


@router.post("/documents/{document_id}/retry")
def retry(visit: Acting, document_id: UUID) -> RedirectResponse:
    """Give a failed document another try."""
    documents.retry(visit.runtime, visit.caller, document_id)
    return see_other(f"/documents/{document_id}")


@router.post("/documents/{document_id}/forget")
def forget(visit: Acting, document_id: UUID) -> RedirectResponse:
    """Forget a document for good."""
    forgetting.forget(visit.runtime, visit.caller, document_id)
    return see_other("/documents")


@router.post("/documents/{document_id}/hold")
def hold(
    visit: Acting, document_id: UUID, reason: Annotated[str, Form(max_length=500)] = ""
) -> RedirectResponse:
    """Put a document on hold, or end the hold when no reason is given."""
    forgetting.set_hold(visit.runtime, visit.caller, document_id, reason.strip() or None)
    return see_other(f"/documents/{document_id}")


@router.get("/documents/{document_id}/file")
def original(visit: Visiting, document_id: UUID) -> Response:
    """Return the file as it was uploaded, to be saved, never shown as a page of this site."""
    found, data = documents.get_file(visit.runtime, visit.caller, document_id)
    disposition = f"attachment; filename*=UTF-8''{quote(found.filename, safe='')}"
    return Response(data, media_type=found.media_type, headers={"Content-Disposition": disposition})


def _show(visit: Visit, template: str, document_id: UUID) -> HTMLResponse:
    view = documents.get_document(visit.runtime, visit.caller, document_id)
    versions = {match.version_id for match in view.matches.values() if match.version_id}
    versions |= {instance.version_id for instance in view.instances}
    return visit.show(
        template,
        view=view,
        titles=version_titles(visit, versions),
        numbers={page.id: page.page_no for page in view.pages},
    )
