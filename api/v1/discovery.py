"""Discovery runs: ask for one, look at them."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request

from api.idempotency import IdempotentRoute
from api.language import reader_locale
from api.security import CallerDep, RuntimeDep, allow
from api.v1.paging import Cursor, Limit
from api.v1.schemas.basics import Listing
from api.v1.schemas.discovery import RunOut, RunRequest
from chohyo.domain.access import Role
from chohyo.errors import NotFoundError
from chohyo.services import access, discovery

router = APIRouter(prefix="/discovery-runs", tags=["discovery"], route_class=IdempotentRoute)


@router.get("", summary="List discovery runs, newest first", **allow(Role.VIEWER))
def list_runs(
    request: Request,
    runtime: RuntimeDep,
    caller: CallerDep,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Listing[RunOut]:
    """Return the runs over the collections you may see."""
    locale = reader_locale(request)
    found = discovery.list_runs(runtime, caller, before=cursor, limit=limit + 1)
    return Listing.of(found, limit, lambda each: RunOut.of(each, locale), lambda each: each.id)


@router.post(
    "",
    summary="Start a discovery run",
    status_code=202,
    **allow(Role.OPERATOR, NotFoundError),
)
def start_run(
    request: Request, runtime: RuntimeDep, caller: CallerDep, wanted: RunRequest
) -> RunOut:
    """Have the pool of unknown pages looked at; joins the run under way, if there is one.

    What a failed run did not get done is done by another one.
    """
    collection_id = access.pick_collection(runtime, caller, Role.OPERATOR, wanted.collection_id)
    run = discovery.start_run(runtime, caller, collection_id)
    return RunOut.of(run, reader_locale(request))


@router.get("/{run_id}", summary="Show a discovery run", **allow(Role.VIEWER, NotFoundError))
def get_run(request: Request, runtime: RuntimeDep, caller: CallerDep, run_id: UUID) -> RunOut:
    """Return a run with its figures, or why it failed."""
    return RunOut.of(discovery.get_run(runtime, caller, run_id), reader_locale(request))
