"""Undo what a person changed about groups and families."""

from __future__ import annotations

from uuid import UUID

from chohyo.domain.access import Caller
from chohyo.domain.arrangements import Arrangement, ArrangementKind
from chohyo.services import arranging, lineage
from chohyo.services.runtime import Runtime

_OF_PUBLISHED = {
    ArrangementKind.FAMILIES_MERGED,
    ArrangementKind.VERSION_MOVED,
    ArrangementKind.VERSION_SPLIT,
}


def undo(runtime: Runtime, caller: Caller, arrangement_id: UUID) -> Arrangement:
    """Bring everything that a change moved back to where it was.

    Raises:
        NotFoundError: there is no such change.
        ConflictError: it was undone already, or what it moved was changed or decided since.
    """
    with runtime.database.transaction() as connection:
        kind = arranging.visible(connection, caller, arrangement_id).kind
    if kind in _OF_PUBLISHED:
        return lineage.undo(runtime, caller, arrangement_id)
    return arranging.undo(runtime, caller, arrangement_id)
