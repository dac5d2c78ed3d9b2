"""Ask for discovery runs and show them."""

from __future__ import annotations

from uuid import UUID

from chohyo.domain.access import Actor, Caller, Role
from chohyo.domain.proposals import DiscoveryRun
from chohyo.errors import NotFoundError
from chohyo.services.runtime import Runtime, change, require
from chohyo.storage import audit, runs
from chohyo.storage.work import Work, WorkKind


def start_run(runtime: Runtime, caller: Caller, collection_id: UUID) -> DiscoveryRun:
    """Ask for a discovery run over the collection's pool; joins the one under way, if any."""
    require(caller, collection_id, Role.OPERATOR, kind="collection", object_id=collection_id)
    return request_run(runtime, caller.actor, collection_id, "on-demand")


def request_run(runtime: Runtime, actor: Actor, collection_id: UUID, trigger: str) -> DiscoveryRun:
    """Queue a run on behalf of an actor; joins the one under way, if any."""
    with change(runtime) as doing:
        run, fresh = runs.open_or_insert(doing.connection, collection_id, trigger)
        if fresh:
            doing.request(Work(WorkKind.RUN, run.id))
            audit.append(
                doing.connection, actor, "run.requested", "discovery_run", run.id,
                collection_id=collection_id, details={"trigger": trigger},
            )  # fmt: skip
    return run


def get_run(runtime: Runtime, caller: Caller, run_id: UUID) -> DiscoveryRun:
    """Return a run."""
    with runtime.database.transaction() as connection:
        run = runs.get(connection, run_id)
    if run is None:
        raise NotFoundError(kind="discovery run", id=str(run_id))
    require(caller, run.collection_id, Role.VIEWER, kind="discovery run", object_id=run_id)
    return run


def list_runs(
    runtime: Runtime, caller: Caller, *, before: UUID | None = None, limit: int = 20
) -> list[DiscoveryRun]:
    """Return runs, newest first; `before` is the cursor."""
    with runtime.database.transaction() as connection:
        return runs.newest(connection, caller.collections(Role.VIEWER), before=before, limit=limit)
