"""Upload documents."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from api.idempotency import IdempotentRoute
from api.language import reader_locale
from api.problems import problem_of
from api.security import CallerDep, RuntimeDep, allow
from api.v1.schemas.documents import DocumentOut, UploadResult, UploadResults
from api.v1.uploads import ReceivedFile, Upload, receive_upload
from chohyo.domain.access import Caller, Role
from chohyo.domain.rerankers import RerankerChoice
from chohyo.errors import (
    ChohyoError,
    FileDamagedError,
    FileEmptyError,
    FileEncryptedError,
    FileTooLargeError,
    FileTypeError,
    NotFoundError,
    PageTooLargeError,
    ParseMemoryError,
    ParseTimeoutError,
    TooManyPagesError,
)
from chohyo.services import access, ingest
from chohyo.services.ingest import Ingested
from chohyo.services.runtime import Runtime
from chohyo.settings import Settings

router = APIRouter(prefix="/documents", tags=["documents"], route_class=IdempotentRoute)

_FILES = {"type": "array", "minItems": 1, "items": {"type": "string", "format": "binary"}}
_FORM = {
    "type": "object",
    "required": ["files"],
    "properties": {"files": _FILES, "collection_id": {"type": "string", "format": "uuid"}},
}


def _declared() -> dict[str, Any]:
    declared = allow(
        Role.OPERATOR,
        NotFoundError,
        FileDamagedError,
        FileEmptyError,
        FileEncryptedError,
        FileTooLargeError,
        FileTypeError,
        PageTooLargeError,
        ParseMemoryError,
        ParseTimeoutError,
        TooManyPagesError,
    )
    responses = declared["responses"]
    responses[200] = {"model": UploadResults, "description": "All files were known already."}
    responses[201] = {"description": "At least one document is new."}
    for every_file_failed in (413, 415, 422):
        responses[every_file_failed]["model"] = UploadResults
    body = {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}
    declared["openapi_extra"]["requestBody"] = body
    return declared


@router.post(
    "",
    summary="Upload documents",
    status_code=201,
    **_declared(),
)
def upload(
    request: Request,
    response: Response,
    runtime: RuntimeDep,
    caller: CallerDep,
    received: Annotated[Upload, Depends(receive_upload)],
    reranker: Annotated[
        RerankerChoice | None,
        Query(description="Who judges the pages; as the installation is set when left out."),
    ] = None,
) -> UploadResults:
    """Take files in and have them processed; each gets its own result.

    The same bytes are stored once: a file that the collection has already is answered with the
    document it became. When every file fails, the answer has the status of the first error.
    """
    if reranker is not None:
        settings: Settings = request.app.state.settings
        settings.require_reranker(reranker)
    collection_id = access.pick_collection(runtime, caller, Role.OPERATOR, received.collection_id)
    outcomes = [_ingest(runtime, caller, collection_id, file, reranker) for file in received.files]
    response.status_code = _status(outcomes)
    locale = reader_locale(request)
    return UploadResults(
        items=[
            _result(file, outcome, locale)
            for file, outcome in zip(received.files, outcomes, strict=True)
        ]
    )


def _ingest(
    runtime: Runtime,
    caller: Caller,
    collection_id: UUID,
    file: ReceivedFile,
    reranker: RerankerChoice | None,
) -> Ingested | ChohyoError:
    try:
        file.require_complete(runtime.limits.file_mib)
        return ingest.ingest(
            runtime, caller, collection_id, file.path, file.filename, reranker=reranker
        )
    except ChohyoError as error:
        return error


def _status(outcomes: list[Ingested | ChohyoError]) -> int:
    taken = [each for each in outcomes if isinstance(each, Ingested)]
    if not taken:
        return next(each.http_status for each in outcomes if isinstance(each, ChohyoError))
    return 200 if all(each.duplicate for each in taken) else 201


def _result(file: ReceivedFile, outcome: Ingested | ChohyoError, locale: str) -> UploadResult:
    if isinstance(outcome, ChohyoError):
        return UploadResult(filename=file.filename, problem=problem_of(outcome, locale))
    return UploadResult(
        filename=file.filename,
        duplicate=outcome.duplicate,
        document=DocumentOut.of(outcome.document, locale),
    )
