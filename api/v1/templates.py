"""Template families and versions: show, rename, export schema and values."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from api.security import CallerDep, RuntimeDep, allow
from api.v1.files import answers_with, attachment, picture, show_picture
from api.v1.paging import Cursor, Limit
from api.v1.schemas.basics import Listing
from api.v1.schemas.templates import FamilyChange, FamilyOut, VersionDetail
from chohyo.domain.access import Role
from chohyo.errors import NotFoundError
from chohyo.services import evidence, results, templates

router = APIRouter(tags=["templates"])


@router.get("/templates", summary="List template families, oldest first", **allow(Role.VIEWER))
def list_families(
    runtime: RuntimeDep, caller: CallerDep, cursor: Cursor = None, limit: Limit = 50
) -> Listing[FamilyOut]:
    """Return the families of the collections you may see, with their versions."""
    found = templates.list_families(runtime, caller, after=cursor, limit=limit + 1)
    return Listing.of(found, limit, FamilyOut.of, lambda view: view.family.id)


@router.get(
    "/templates/{family_id}",
    summary="Show a template family",
    **allow(Role.VIEWER, NotFoundError),
)
def get_family(runtime: RuntimeDep, caller: CallerDep, family_id: UUID) -> FamilyOut:
    """Return a family with its versions."""
    return FamilyOut.of(templates.get_family(runtime, caller, family_id))


@router.patch(
    "/templates/{family_id}",
    summary="Rename a template family",
    **allow(Role.REVIEWER, NotFoundError),
)
def rename_family(
    runtime: RuntimeDep, caller: CallerDep, family_id: UUID, family: FamilyChange
) -> FamilyOut:
    """Give a family another name."""
    return FamilyOut.of(templates.rename_family(runtime, caller, family_id, family.name))


@router.get(
    "/template-versions/{version_id}",
    summary="Show a template version",
    **allow(Role.VIEWER, NotFoundError),
)
def get_version(runtime: RuntimeDep, caller: CallerDep, version_id: UUID) -> VersionDetail:
    """Return an edition with its pages and fields."""
    return VersionDetail.of(templates.get_version(runtime, caller, version_id))


@router.get(
    "/template-versions/{version_id}/values.csv",
    summary="Export a version's values as CSV",
    **answers_with(["text/csv"], allow(Role.VIEWER, NotFoundError)),
)
def get_values(runtime: RuntimeDep, caller: CallerDep, version_id: UUID) -> StreamingResponse:
    """Return one row for each filled form; viewers get personal data masked."""
    version = templates.get_version(runtime, caller, version_id)
    return StreamingResponse(
        results.csv_rows(runtime, caller, version_id),
        media_type="text/csv; charset=utf-8",
        headers=attachment(f"{version.family_name} {version.label}.csv"),
    )


@router.get(
    "/template-pages/{template_page_id}/blank",
    summary="Fetch the blank form of a template page",
    **show_picture(["image/png"], allow(Role.VIEWER, NotFoundError)),
)
def get_blank(
    request: Request, runtime: RuntimeDep, caller: CallerDep, template_page_id: UUID
) -> Response:
    """Return the blank form as it was rebuilt from filled copies."""
    return picture(request, evidence.blank_form(runtime, caller, template_page_id), "image/png")
