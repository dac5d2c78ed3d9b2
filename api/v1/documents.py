"""Documents: list, show, fetch the file, try again, read the results."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from api.idempotency import IdempotentRoute
from api.language import reader_locale
from api.security import CallerDep, RuntimeDep, allow
from api.v1.files import answers_with, attachment
from api.v1.paging import Cursor, Limit
from api.v1.schemas.basics import Listing
from api.v1.schemas.documents import DocumentDetail, DocumentOut, ForgottenOut, Hold
from api.v1.schemas.values import InstanceOut
from chohyo.domain.access import Role
from chohyo.domain.documents import DocumentState
from chohyo.errors import ConflictError, NotFoundError
from chohyo.pages.formats import JPEG, PDF, PNG, TIFF
from chohyo.services import documents, forgetting, values
from chohyo.services.forgetting import OnHoldError

router = APIRouter(prefix="/documents", tags=["documents"], route_class=IdempotentRoute)


@router.get("", summary="List documents, newest first", **allow(Role.VIEWER, NotFoundError))
def list_documents(
    request: Request,
    runtime: RuntimeDep,
    caller: CallerDep,
    collection_id: UUID | None = None,
    state: Annotated[DocumentState | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Listing[DocumentOut]:
    """Return the documents of the collections you may see."""
    found = documents.list_documents(
        runtime, caller, collection_id=collection_id, state=state, before=cursor, limit=limit + 1
    )
    locale = reader_locale(request)
    return Listing.of(found, limit, lambda each: DocumentOut.of(each, locale), lambda each: each.id)


@router.get("/{document_id}", summary="Show a document", **allow(Role.VIEWER, NotFoundError))
def get_document(
    request: Request, runtime: RuntimeDep, caller: CallerDep, document_id: UUID
) -> DocumentDetail:
    """Return a document with its pages, what was decided for them, and its filled forms."""
    view = documents.get_document(runtime, caller, document_id)
    return DocumentDetail.of_view(view, reader_locale(request))


@router.get(
    "/{document_id}/file",
    summary="Fetch the original file",
    **answers_with([PDF, PNG, JPEG, TIFF], allow(Role.OPERATOR, NotFoundError)),
)
def get_file(runtime: RuntimeDep, caller: CallerDep, document_id: UUID) -> Response:
    """Return the uploaded bytes as an attachment, under the file's media type."""
    document, data = documents.get_file(runtime, caller, document_id)
    return Response(data, media_type=document.media_type, headers=attachment(document.filename))


@router.delete(
    "/{document_id}",
    summary="Forget a document for good",
    **allow(Role.ADMIN, NotFoundError, OnHoldError),
)
def forget(runtime: RuntimeDep, caller: CallerDep, document_id: UUID) -> ForgottenOut:
    """Remove file, images, text, vectors, values and exemplars, and rebuild what came of them.

    Nobody can bring it back. A tombstone without content stays in the audit.
    """
    return ForgottenOut.model_validate(forgetting.forget(runtime, caller, document_id))


@router.put(
    "/{document_id}/hold", summary="Put a document on hold", **allow(Role.ADMIN, NotFoundError)
)
def hold(
    request: Request, runtime: RuntimeDep, caller: CallerDep, document_id: UUID, wanted: Hold
) -> DocumentOut:
    """Keep a document from being forgotten, by people and by retention, until the hold ends."""
    held = forgetting.set_hold(runtime, caller, document_id, wanted.reason)
    return DocumentOut.of(held, reader_locale(request))


@router.delete(
    "/{document_id}/hold", summary="End a document's hold", **allow(Role.ADMIN, NotFoundError)
)
def release(
    request: Request, runtime: RuntimeDep, caller: CallerDep, document_id: UUID
) -> DocumentOut:
    """Let a document be forgotten again."""
    released = forgetting.set_hold(runtime, caller, document_id, None)
    return DocumentOut.of(released, reader_locale(request))


@router.post(
    "/{document_id}/retry",
    summary="Try a failed document again",
    status_code=202,
    **allow(Role.OPERATOR, NotFoundError, ConflictError),
)
def retry(
    request: Request, runtime: RuntimeDep, caller: CallerDep, document_id: UUID
) -> DocumentDetail:
    """Have a failed document, or its failed pages, processed again."""
    documents.retry(runtime, caller, document_id)
    view = documents.get_document(runtime, caller, document_id)
    return DocumentDetail.of_view(view, reader_locale(request))


@router.get(
    "/{document_id}/instances",
    summary="Read the values of a document",
    **allow(Role.VIEWER, NotFoundError),
)
def list_instances(
    request: Request, runtime: RuntimeDep, caller: CallerDep, document_id: UUID
) -> Listing[InstanceOut]:
    """Return each filled form with its values, their confidence and their evidence.

    Viewers get personal data masked.
    """
    found = values.list_instances(runtime, caller, document_id)
    locale = reader_locale(request)
    return Listing(items=[InstanceOut.of(view, locale) for view in found], next_cursor=None)
