"""Suggestions from corrections: look at them, accept or dismiss them."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response

from api.idempotency import IdempotentRoute
from api.security import CallerDep, RuntimeDep, allow
from api.v1.schemas.suggestions import (
    Acceptance,
    AcceptedOut,
    SuggestionOut,
    SuggestionsOut,
)
from chohyo.domain.access import Role
from chohyo.errors import ConflictError, NotFoundError
from chohyo.services import suggestions

router = APIRouter(
    prefix="/template-versions/{version_id}/suggestions",
    tags=["suggestions"],
    route_class=IdempotentRoute,
)

_REVIEW = allow(Role.REVIEWER, NotFoundError)


@router.get("", summary="List what corrections suggest", **_REVIEW)
def list_suggestions(runtime: RuntimeDep, caller: CallerDep, version_id: UUID) -> SuggestionsOut:
    """Return changes of fields that several corrections agree in, with these as evidence.

    Nothing is changed before somebody accepts. What was dismissed is not listed again.
    """
    found = suggestions.list_suggestions(runtime, caller, version_id)
    return SuggestionsOut(items=[SuggestionOut.of(each) for each in found])


@router.post(
    "/accept",
    summary="Accept suggestions",
    status_code=201,
    **allow(Role.REVIEWER, NotFoundError, ConflictError),
)
def accept(
    runtime: RuntimeDep, caller: CallerDep, version_id: UUID, wanted: Acceptance
) -> AcceptedOut:
    """Publish a version in which fields are as suggested, in the place of this one.

    Pages that come from now on are read by it; what was read and corrected stays with the old one.
    """
    added = suggestions.accept(runtime, caller, version_id, wanted.suggestion_ids)
    return AcceptedOut(version_id=added)


@router.post("/{suggestion_id}/dismiss", summary="Dismiss a suggestion", status_code=204, **_REVIEW)
def dismiss(
    runtime: RuntimeDep, caller: CallerDep, version_id: UUID, suggestion_id: UUID
) -> Response:
    """Leave the field as it is, and suggest this no more."""
    suggestions.dismiss(runtime, caller, version_id, suggestion_id)
    return Response(status_code=204)
