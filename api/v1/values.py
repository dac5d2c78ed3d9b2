"""Values: look at their evidence, correct them."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from api.security import CallerDep, RuntimeDep, allow
from api.v1.files import picture, show_picture
from api.v1.paging import Cursor, Limit
from api.v1.schemas.basics import Listing
from api.v1.schemas.values import Correction, ValueOut
from chohyo.domain.access import Role
from chohyo.errors import NotFoundError
from chohyo.services import evidence, values

router = APIRouter(prefix="/values", tags=["values"])


@router.get("", summary="List values to look at, newest first", **allow(Role.VIEWER, NotFoundError))
def list_values(
    runtime: RuntimeDep,
    caller: CallerDep,
    needs_review: Annotated[
        Literal["true"], Query(description="Other values are listed with their form instances.")
    ] = "true",
    collection_id: UUID | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Listing[ValueOut]:
    """Return the values that are not sure to be right, and texts that break their field's type."""
    found = values.list_doubtful(
        runtime, caller, collection_id=collection_id, before=cursor, limit=limit + 1
    )
    return Listing.of(found, limit, ValueOut.of, lambda each: each.value.id)


@router.get(
    "/{value_id}/crop",
    summary="Fetch the piece of the page behind a value",
    **show_picture(["image/png"], allow(Role.VIEWER, NotFoundError)),
)
def get_crop(request: Request, runtime: RuntimeDep, caller: CallerDep, value_id: UUID) -> Response:
    """Return the region that the value was read from; viewers get personal data blacked out."""
    return picture(request, evidence.value_crop(runtime, caller, value_id), "image/png")


@router.get(
    "/{value_id}/overlay",
    summary="Fetch the page with a value's region marked",
    **show_picture(["image/png"], allow(Role.VIEWER, NotFoundError)),
)
def get_overlay(
    request: Request, runtime: RuntimeDep, caller: CallerDep, value_id: UUID
) -> Response:
    """Return the whole page with the region marked; viewers get personal data blacked out."""
    return picture(request, evidence.value_overlay(runtime, caller, value_id), "image/png")


@router.put("/{value_id}", summary="Correct a value", **allow(Role.REVIEWER, NotFoundError))
def correct(
    runtime: RuntimeDep, caller: CallerDep, value_id: UUID, correction: Correction
) -> ValueOut:
    """Replace a value by what a person read; reading the page again does not overwrite it.

    Text that breaks the field's type is kept as it is, and `valid` is false.
    """
    return ValueOut.of(values.correct(runtime, caller, value_id, correction.text))
