"""Schema files of form types and proposals: download them, and take them in."""

from __future__ import annotations

import json
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Header, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from api.console.guard import BoundedRoute
from api.console.routes.fields import answered
from api.console.visit import Acting, Visiting, see_other
from chohyo.domain.schema import JsonSchema
from chohyo.errors import InvalidInputError
from chohyo.services import exports, schemas, templates

router = APIRouter(route_class=BoundedRoute)

# A file with a thousand fields has less than two.
_MOST_BYTES = 4 << 20

Revision = Annotated[str | None, Form()]


@router.get("/versions/{version_id}/schema.json")
def schema(visit: Visiting, version_id: UUID) -> Response:
    """Return a version's JSON Schema as a file."""
    return _schema_file(schemas.get_schema(visit.runtime, visit.caller, version_id), version_id)


@router.get("/versions/{version_id}/model.py")
def model(visit: Visiting, version_id: UUID) -> Response:
    """Return a Pydantic model of a version's values as a file."""
    source = exports.model_source(visit.runtime, visit.caller, version_id)
    return Response(
        source, media_type="text/x-python", headers=attachment(f"model-{version_id}.py")
    )


@router.get("/versions/{version_id}/labels.zip")
def labels(
    visit: Visiting, version_id: UUID, tool: exports.LabelTool = exports.LabelTool.LABEL_STUDIO
) -> StreamingResponse:
    """Return pages with what was read, for a labelling tool."""
    return StreamingResponse(
        exports.label_bundle(visit.runtime, visit.caller, version_id, tool),
        media_type="application/zip",
        headers=attachment(f"labels-{tool.value}-{version_id}.zip"),
    )


@router.post("/versions/{version_id}/schema")
def add_version(
    visit: Acting,
    version_id: UUID,
    file: Annotated[UploadFile, File()],
    label: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Publish a new version of the same print with the fields of a schema file."""
    added = schemas.add_version(visit.runtime, visit.caller, version_id, _read(file), label)
    family_id = templates.get_version(visit.runtime, visit.caller, added).family_id
    return see_other(f"/templates/{family_id}?version={added}")


@router.get("/proposals/{proposal_id}/schema.json")
def proposed_schema(visit: Visiting, proposal_id: UUID) -> Response:
    """Return a proposal's JSON Schema as a file."""
    return _schema_file(schemas.get_proposed(visit.runtime, visit.caller, proposal_id), proposal_id)


@router.post("/proposals/{proposal_id}/schema", response_model=None)
def replace_fields(
    visit: Acting,
    proposal_id: UUID,
    file: Annotated[UploadFile, File()],
    revision: Revision = None,
    hx_request: Annotated[bool, Header()] = False,
) -> HTMLResponse | RedirectResponse:
    """Put the fields of a schema file in the place of a proposal's; it can be taken back."""
    changed, swap, back = schemas.replace_fields(
        visit.runtime, visit.caller, proposal_id, _read(file), revision
    )
    if hx_request:
        return answered(visit, changed, swap, back)
    return see_other(f"/proposals/{proposal_id}")


def attachment(filename: str) -> dict[str, str]:
    """Return the headers that have a browser save a response under a plain name."""
    return {"Content-Disposition": f'attachment; filename="{filename}"'}


def _read(file: UploadFile) -> bytes:
    data = file.file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise InvalidInputError(field="file", reason="is too long")
    return data


def _schema_file(schema: JsonSchema, id: UUID) -> Response:
    return Response(
        json.dumps(schema, ensure_ascii=False, indent=2) + "\n",
        media_type="application/schema+json",
        headers=attachment(f"schema-{id}.json"),
    )
