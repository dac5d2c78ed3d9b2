"""What corrections suggest about a form type's fields: accept or dismiss it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse

from api.console.guard import BoundedRoute
from api.console.visit import Acting, Visit, see_other
from chohyo.services import suggestions, templates

router = APIRouter(route_class=BoundedRoute, prefix="/versions/{version_id}/suggestions")


@router.post("/accept")
def accept(
    visit: Acting,
    version_id: UUID,
    suggestion: Annotated[list[UUID], Form()] = [],  # noqa: B006 - FastAPI copies it
) -> RedirectResponse:
    """Publish a version with the ticked changes, in the place of this one."""
    added = suggestions.accept(visit.runtime, visit.caller, version_id, suggestion)
    return _show(visit, added)


@router.post("/{suggestion_id}/dismiss")
def dismiss(visit: Acting, version_id: UUID, suggestion_id: UUID) -> RedirectResponse:
    """Suggest this no more."""
    suggestions.dismiss(visit.runtime, visit.caller, version_id, suggestion_id)
    return _show(visit, version_id)


def _show(visit: Visit, version_id: UUID) -> RedirectResponse:
    version = templates.get_version(visit.runtime, visit.caller, version_id)
    return see_other(f"/templates/{version.family_id}?version={version_id}")
