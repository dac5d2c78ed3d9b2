"""Train a projection on this deployment's templates, and see what it is worth."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from api.idempotency import IdempotentRoute
from api.language import LocaleDep
from api.security import CallerDep, RuntimeDep, allow
from api.v1.paging import Cursor, Limit
from api.v1.schemas.basics import Listing
from api.v1.schemas.training import TrainingIn, TrainingOut
from chohyo.domain.access import Role
from chohyo.errors import NotFoundError
from chohyo.services import training
from chohyo.services.training import TooFewLessonsError

router = APIRouter(prefix="/trainings", tags=["spaces"], route_class=IdempotentRoute)


@router.post(
    "",
    summary="Train on the templates of this installation",
    status_code=202,
    **allow(Role.ADMIN, NotFoundError, TooFewLessonsError),
)
def train(
    runtime: RuntimeDep, caller: CallerDep, locale: LocaleDep, wanted: TrainingIn
) -> TrainingOut:
    """Have a projection fitted on the space in use, in the background, and tried on other pages.

    It learns from pages that people approved, decided or checked, in all collections. Where it is
    better, a space of its own is filled: `POST /v1/spaces/{name}/switch` has it used. You have to
    administer the first collection.
    """
    asked = training.request(runtime, caller, dry_run=wanted.dry_run)
    return TrainingOut.of(asked, locale)


@router.get("", summary="List trainings, newest first", **allow(Role.ADMIN))
def list_trainings(
    runtime: RuntimeDep,
    caller: CallerDep,
    locale: LocaleDep,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Listing[TrainingOut]:
    """Return trainings with their figures. You have to administer the first collection."""
    found = training.list_trainings(runtime, caller, before=cursor, limit=limit + 1)
    return Listing.of(found, limit, lambda each: TrainingOut.of(each, locale), lambda e: e.id)


@router.get("/{training_id}", summary="Show a training", **allow(Role.ADMIN, NotFoundError))
def get_training(
    runtime: RuntimeDep, caller: CallerDep, locale: LocaleDep, training_id: UUID
) -> TrainingOut:
    """Return how far it has come, and its figures. You have to administer the first collection."""
    return TrainingOut.of(training.get_training(runtime, caller, training_id), locale)
