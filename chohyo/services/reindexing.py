"""Have pages indexed once more, in the background, and say how far that has come."""

from __future__ import annotations

from uuid import UUID

from chohyo.domain.access import Caller, Role
from chohyo.domain.ids import new_id
from chohyo.domain.reindexing import ReindexPart, ReindexRun
from chohyo.errors import InvalidInputError, NotFoundError
from chohyo.services import access
from chohyo.services.documents import visible_document
from chohyo.services.indexing import PRIORITY
from chohyo.services.runtime import Runtime, change, require
from chohyo.storage import audit, reindexing

# What was never indexed comes first.
_PRIORITY = PRIORITY + 1


def request(
    runtime: Runtime,
    caller: Caller,
    what: ReindexPart,
    *,
    document_id: UUID | None = None,
    template_id: UUID | None = None,
    everything: bool = False,
    collection_id: UUID | None = None,
) -> ReindexRun:
    """Have pages indexed once more: of one document, of one family or version, or all.

    `everything` is that of a collection, of the caller's oldest when none is named.

    Raises:
        InvalidInputError: none of the three is named, or several.
        NotFoundError: what is named is not there, or not for the caller.
        ForbiddenError: the caller does not administer its collection.
    """
    if [document_id is not None, template_id is not None, everything].count(True) != 1:
        raise InvalidInputError(
            field="document, template, all", reason="exactly one has to be given"
        )
    if document_id is not None:
        with runtime.database.transaction() as connection:
            found = visible_document(connection, caller, document_id, Role.ADMIN)
        where = found.collection_id
    elif template_id is not None:
        where = _of_template(runtime, caller, template_id)
    else:
        where = access.pick_collection(runtime, caller, Role.ADMIN, collection_id)
    return _start(runtime, caller, where, what, document_id, template_id)


def get_run(runtime: Runtime, caller: Caller, run_id: UUID) -> ReindexRun:
    """Return a run with how far it has come."""
    with runtime.database.transaction() as connection:
        run = reindexing.get(connection, run_id)
    if run is None:
        raise NotFoundError(kind="re-indexing", id=str(run_id))
    require(caller, run.collection_id, Role.ADMIN, kind="re-indexing", object_id=run_id)
    return run


def list_runs(
    runtime: Runtime, caller: Caller, *, before: UUID | None = None, limit: int = 20
) -> list[ReindexRun]:
    """Return runs, newest first; `before` is the cursor."""
    mine = caller.collections(Role.ADMIN)
    with runtime.database.transaction() as connection:
        return reindexing.newest(connection, mine, before=before, limit=limit)


def _of_template(runtime: Runtime, caller: Caller, template_id: UUID) -> UUID:
    with runtime.database.transaction() as connection:
        where = reindexing.template_collection(connection, template_id)
    if where is None:
        raise NotFoundError(kind="template version", id=str(template_id))
    require(caller, where, Role.ADMIN, kind="template version", object_id=template_id)
    return where


def _start(
    runtime: Runtime,
    caller: Caller,
    collection_id: UUID,
    what: ReindexPart,
    document_id: UUID | None,
    template_id: UUID | None,
) -> ReindexRun:
    run_id = new_id()
    with change(runtime) as doing:
        reindexing.insert(
            doing.connection, id=run_id, collection_id=collection_id, document_id=document_id,
            template_id=template_id, what=what, priority=_PRIORITY,
        )  # fmt: skip
        run = reindexing.get(doing.connection, run_id)
        assert run is not None
        audit.append(
            doing.connection, caller.actor, "reindex.requested", "reindex_run", run_id,
            collection_id=collection_id,
            details={"what": what.value, "pages": run.pages,
                     "document": str(document_id) if document_id else None,
                     "template": str(template_id) if template_id else None},
        )  # fmt: skip
    return run
