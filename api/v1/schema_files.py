"""Schemas out and in, and what was read in the formats of other tools."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse, StreamingResponse

from api.idempotency import IdempotentRoute
from api.language import reader_locale
from api.security import CallerDep, RuntimeDep, allow
from api.v1.files import answers_with, attachment
from api.v1.schemas.basics import Label
from api.v1.schemas.proposals import ProposalDetail
from api.v1.schemas.templates import VersionDetail
from chohyo.domain.access import Role
from chohyo.errors import ConflictError, NotFoundError, SchemaRefusedError
from chohyo.services import exports, proposals, schemas, templates

router = APIRouter(tags=["schemas"], route_class=IdempotentRoute)

SCHEMA_TYPE = "application/schema+json"


async def _body(request: Request) -> bytes:
    """Return the body as it came: a parsed one would not tell which keys stood in it twice."""
    return await request.body()


SchemaFile = Annotated[bytes, Depends(_body)]


def _takes_schema(allowed: dict[str, Any]) -> dict[str, Any]:
    """Return what a route declares that takes a schema file, besides who is allowed."""
    content = {each: {"schema": {"type": "object"}} for each in (SCHEMA_TYPE, "application/json")}
    body = {"requestBody": {"required": True, "content": content}}
    return {**allowed, "openapi_extra": {**allowed["openapi_extra"], **body}}


_IMPORT = _takes_schema(allow(Role.REVIEWER, NotFoundError, ConflictError, SchemaRefusedError))


@router.get(
    "/template-versions/{version_id}/schema",
    summary="Export a version's JSON Schema",
    **answers_with([SCHEMA_TYPE], allow(Role.VIEWER, NotFoundError)),
)
def get_schema(runtime: RuntimeDep, caller: CallerDep, version_id: UUID) -> Response:
    """Return the fields as JSON Schema (2020-12); `x-` keys say where each lies on the page."""
    schema = schemas.get_schema(runtime, caller, version_id)
    return JSONResponse(schema, media_type=SCHEMA_TYPE)


@router.post(
    "/template-versions/{version_id}/schema",
    summary="Publish a new version from a schema file",
    status_code=201,
    **_IMPORT,
)
def add_version(
    runtime: RuntimeDep,
    caller: CallerDep,
    version_id: UUID,
    file: SchemaFile,
    label: Annotated[Label, Query(description="Of the new version; else the file's.")] = "",
) -> VersionDetail:
    """Give the same print another schema: pages that come from now on are read by it.

    What is wrong with the file is in `errors`, by JSON pointer; then nothing has changed.
    """
    added = schemas.add_version(runtime, caller, version_id, file, label)
    return VersionDetail.of(templates.get_version(runtime, caller, added))


@router.get(
    "/proposals/{proposal_id}/schema",
    summary="Export a proposal's JSON Schema",
    **answers_with([SCHEMA_TYPE], allow(Role.VIEWER, NotFoundError, ConflictError)),
)
def get_proposed_schema(runtime: RuntimeDep, caller: CallerDep, proposal_id: UUID) -> Response:
    """Return the proposed fields as JSON Schema (2020-12), as they are now."""
    schema = schemas.get_proposed(runtime, caller, proposal_id)
    return JSONResponse(schema, media_type=SCHEMA_TYPE)


@router.put(
    "/proposals/{proposal_id}/schema",
    summary="Replace a proposal's fields by a schema file's",
    **_IMPORT,
)
def replace_fields(
    request: Request,
    runtime: RuntimeDep,
    caller: CallerDep,
    proposal_id: UUID,
    file: SchemaFile,
    revision: Annotated[Label | None, Query(description="Of the proposal as you saw it.")] = None,
) -> ProposalDetail:
    """Put the file's fields in the place of those that are there; its name and version stay.

    What is wrong with the file is in `errors`, by JSON pointer; then nothing has changed. The
    earlier fields, sent to `PATCH /proposals/{proposal_id}`, take it back.
    """
    schemas.replace_fields(runtime, caller, proposal_id, file, revision)
    view = proposals.get_proposal(runtime, caller, proposal_id)
    return ProposalDetail.of_view(view, reader_locale(request))


@router.get(
    "/template-versions/{version_id}/records.jsonl",
    summary="Export a version's values by its schema",
    **answers_with(["application/x-ndjson"], allow(Role.VIEWER, NotFoundError)),
)
def get_records(runtime: RuntimeDep, caller: CallerDep, version_id: UUID) -> StreamingResponse:
    """Return a line of JSON for each filled form; its `values` keep to the JSON Schema.

    What breaks its field's type is null there and named in `invalid`; `raw` has all as read.
    """
    version = templates.get_version(runtime, caller, version_id)
    return StreamingResponse(
        exports.record_lines(runtime, caller, version_id),
        media_type="application/x-ndjson",
        headers=attachment(f"{version.family_name} {version.label}.jsonl"),
    )


@router.get(
    "/template-versions/{version_id}/model.py",
    summary="Export a Pydantic model",
    **answers_with(["text/x-python"], allow(Role.VIEWER, NotFoundError)),
)
def get_model(runtime: RuntimeDep, caller: CallerDep, version_id: UUID) -> PlainTextResponse:
    """Return the source of a Pydantic model that takes the `values` of a record."""
    source = exports.model_source(runtime, caller, version_id)
    return PlainTextResponse(
        source, media_type="text/x-python", headers=attachment(f"model-{version_id}.py")
    )


@router.get(
    "/template-versions/{version_id}/labels.zip",
    summary="Export pages for a labelling tool",
    **answers_with(["application/zip"], allow(Role.OPERATOR, NotFoundError)),
)
def get_labels(
    runtime: RuntimeDep,
    caller: CallerDep,
    version_id: UUID,
    tool: Annotated[
        exports.LabelTool, Query(description="Label Studio or Azure Document Intelligence.")
    ] = exports.LabelTool.LABEL_STUDIO,
    pages: Annotated[int, Query(ge=1, le=exports.MOST_PAGES)] = 100,
) -> StreamingResponse:
    """Return the version's first pages with what was read: images, labels and their settings."""
    bundle = exports.label_bundle(runtime, caller, version_id, tool, pages)
    return StreamingResponse(
        bundle,
        media_type="application/zip",
        headers=attachment(f"labels-{tool.value}-{version_id}.zip"),
    )
