"""Index pages once more, and see how far that has come."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from api.idempotency import IdempotentRoute
from api.security import CallerDep, RuntimeDep, allow
from api.v1.paging import Cursor, Limit
from api.v1.schemas.basics import Listing
from api.v1.schemas.reindexing import ReindexIn, ReindexOut
from chohyo.domain.access import Role
from chohyo.errors import NotFoundError
from chohyo.services import reindexing

router = APIRouter(prefix="/reindex", tags=["search"], route_class=IdempotentRoute)


@router.post(
    "", summary="Index pages once more", status_code=202, **allow(Role.ADMIN, NotFoundError)
)
def reindex(runtime: RuntimeDep, caller: CallerDep, wanted: ReindexIn) -> ReindexOut:
    """Have pages indexed once more in the background, while nothing else waits.

    They are found as before until it is their turn. Stopping and starting loses nothing of it.
    """
    run = reindexing.request(
        runtime, caller, wanted.what, document_id=wanted.document_id,
        template_id=wanted.template_id, everything=wanted.all, collection_id=wanted.collection_id,
    )  # fmt: skip
    return ReindexOut.model_validate(run)


@router.get("", summary="List re-indexing, newest first", **allow(Role.ADMIN))
def list_runs(
    runtime: RuntimeDep, caller: CallerDep, cursor: Cursor = None, limit: Limit = 20
) -> Listing[ReindexOut]:
    """Return what was asked for in the collections you administer, with how far it has come."""
    found = reindexing.list_runs(runtime, caller, before=cursor, limit=limit + 1)
    return Listing.of(found, limit, ReindexOut.model_validate, lambda each: each.id)


@router.get("/{reindex_id}", summary="Show re-indexing", **allow(Role.ADMIN, NotFoundError))
def get_run(runtime: RuntimeDep, caller: CallerDep, reindex_id: UUID) -> ReindexOut:
    """Return how far it has come."""
    return ReindexOut.model_validate(reindexing.get_run(runtime, caller, reindex_id))
