"""Routed pages that chance has chosen: a person says whether they are where they belong."""

from __future__ import annotations

import hashlib
from uuid import UUID

from chohyo.domain.access import Caller, Role
from chohyo.domain.documents import Page
from chohyo.domain.matches import Match, Outcome
from chohyo.errors import ConflictError
from chohyo.services.documents import visible_page
from chohyo.services.runtime import Runtime, change
from chohyo.storage import audit, decision_rules, matches, pages
from chohyo.storage.database import Connection


def draw(connection: Connection, match: Match, share: float) -> None:
    """Have a routed page checked, by chance; the same page is always drawn or never."""
    if match.outcome is Outcome.ROUTED and _chance(match.page_id) < share:
        decision_rules.draw(connection, match.page_id, match.id, match.collection_id)


def list_open(
    runtime: Runtime, caller: Caller, *, before: UUID | None = None, limit: int = 50
) -> list[Page]:
    """Return the routed pages that are to be checked, newest first."""
    with runtime.database.transaction() as connection:
        ids = decision_rules.open_checks(
            connection, caller.collections(Role.VIEWER), before=before, limit=limit
        )
        found = pages.some(connection, ids)
    return sorted(found, key=lambda page: page.id, reverse=True)


def is_open(runtime: Runtime, page_id: UUID) -> bool:
    """Say whether a page waits to be checked."""
    with runtime.database.transaction() as connection:
        return decision_rules.is_open(connection, page_id)


def confirm(runtime: Runtime, caller: Caller, page_id: UUID) -> Match:
    """Say that a drawn page is routed right; one that is not is decided like any other page.

    Raises:
        ConflictError: it was not drawn, or is checked already.
    """
    with change(runtime) as doing:
        page = visible_page(doing.connection, caller, page_id, Role.REVIEWER)
        match = matches.in_force(doing.connection, [page_id]).get(page_id)
        about = decision_rules.checked(doing.connection, page_id, caller.principal.id)
        if match is None or about != match.id:
            raise ConflictError(kind="page", state=page.state.value)
        audit.append(
            doing.connection, caller.actor, "page.confirmed", "page", page_id,
            collection_id=page.collection_id,
            details={"match": str(match.id), "version": str(match.version_id)},
        )  # fmt: skip
    return match


def _chance(page_id: UUID) -> float:
    # A worker that is killed and begins again draws the same pages.
    return int.from_bytes(hashlib.sha256(page_id.bytes).digest()[:6]) / 2**48
