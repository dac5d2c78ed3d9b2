"""Move pages between groups and versions between families; see it before, undo it after."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from api.idempotency import IdempotentRoute
from api.security import CallerDep, RuntimeDep, allow
from api.v1.paging import Cursor, Limit
from api.v1.schemas.arrangements import (
    ArrangementOut,
    FamilyMerge,
    PagesMove,
    PreviewOut,
    VersionHome,
    VersionSplit,
)
from api.v1.schemas.basics import Listing
from chohyo.domain.access import Role
from chohyo.errors import ConflictError, NotFoundError
from chohyo.services import arranging, lineage, undoing

router = APIRouter(tags=["arrangements"], route_class=IdempotentRoute)

_CHANGE = allow(Role.REVIEWER, NotFoundError, ConflictError)


@router.get("/arrangements", summary="List changes to groups, newest first", **allow(Role.REVIEWER))
def list_arrangements(
    runtime: RuntimeDep, caller: CallerDep, cursor: Cursor = None, limit: Limit = 50
) -> Listing[ArrangementOut]:
    """Return what people changed about groups and families, with what was undone."""
    found = arranging.list_arrangements(runtime, caller, before=cursor, limit=limit + 1)
    return Listing.of(found, limit, ArrangementOut.model_validate, lambda each: each.id)


@router.post("/arrangements/preview", summary="Show what moving pages would do", **_CHANGE)
def preview(runtime: RuntimeDep, caller: CallerDep, wanted: PagesMove) -> PreviewOut:
    """Return how many pages each proposal would have; nothing is changed."""
    found = arranging.preview(
        runtime, caller, wanted.page_ids, wanted.target_id, to_new=wanted.new_group
    )
    return PreviewOut.model_validate(found)


@router.post("/arrangements", summary="Move pages between groups", status_code=201, **_CHANGE)
def move(runtime: RuntimeDep, caller: CallerDep, wanted: PagesMove) -> ArrangementOut:
    """Move pages; the proposals are drafted again, and discovery leaves the pages there."""
    made = arranging.move(
        runtime, caller, wanted.page_ids, wanted.target_id, to_new=wanted.new_group
    )
    return ArrangementOut.model_validate(made)


@router.post("/arrangements/{arrangement_id}/undo", summary="Undo a change to groups", **_CHANGE)
def undo(runtime: RuntimeDep, caller: CallerDep, arrangement_id: UUID) -> ArrangementOut:
    """Bring everything back to where it was, unless it was moved or decided since."""
    return ArrangementOut.model_validate(undoing.undo(runtime, caller, arrangement_id))


@router.post(
    "/templates/{family_id}/merge", summary="Merge two form types", status_code=201, **_CHANGE
)
def merge_families(
    runtime: RuntimeDep, caller: CallerDep, family_id: UUID, wanted: FamilyMerge
) -> ArrangementOut:
    """Make the versions of another form type versions of this one."""
    made = lineage.merge_families(runtime, caller, wanted.source_id, family_id)
    return ArrangementOut.model_validate(made)


@router.post(
    "/template-versions/{version_id}/move", summary="Move a version", status_code=201, **_CHANGE
)
def move_version(
    runtime: RuntimeDep, caller: CallerDep, version_id: UUID, wanted: VersionHome
) -> ArrangementOut:
    """Put a version into another form type, or into a new one."""
    made = lineage.move_version(runtime, caller, version_id, wanted.family_id, wanted.name)
    return ArrangementOut.model_validate(made)


@router.post(
    "/template-versions/{version_id}/split", summary="Split a version", status_code=201, **_CHANGE
)
def split_version(
    runtime: RuntimeDep, caller: CallerDep, version_id: UUID, wanted: VersionSplit
) -> ArrangementOut:
    """Take pages out of a published version; they become a proposal for another version."""
    made, _ = lineage.split_version(runtime, caller, version_id, wanted.page_ids)
    return ArrangementOut.model_validate(made)
