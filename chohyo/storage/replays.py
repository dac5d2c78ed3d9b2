"""Replays of routed pages: rows to domain types and back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chohyo.domain.documents import Page
from chohyo.domain.matches import Outcome
from chohyo.domain.replays import Replay, ReplayedPage, ReplayState
from chohyo.storage.database import Connection, Row
from chohyo.storage.pages import page_of
from chohyo.storage.statements import Statements

_SQL = Statements("replays")


def routed(
    connection: Connection, family_id: UUID, proposal_id: UUID, below: UUID | None, limit: int
) -> list[Page]:
    """Return the newest pages routed to a form type, without the proposal's, `below` one of them
    (None for all).
    """
    params = {
        "family_id": family_id, "proposal_id": proposal_id, "reached": below, "limit": limit,
    }  # fmt: skip
    return [page_of(row) for row in connection.execute(_SQL["routed"], params)]


def begin(connection: Connection, proposal_id: UUID, family_id: UUID, made_of: str) -> Replay:
    """Store a replay that has looked at no page yet in the place of the one before."""
    params = {"family_id": family_id, "proposal_id": proposal_id, "made_of": made_of}
    counted = connection.execute(_SQL["count_routed"], params).fetchone()
    assert counted is not None
    remove(connection, proposal_id)
    connection.execute(_SQL["insert"], {**params, "routed": counted["n"]})
    begun = get(connection, proposal_id)
    assert begun is not None
    return begun


def advance(
    connection: Connection,
    replay: Replay,
    looked_at: Sequence[UUID],
    changed: Sequence[ReplayedPage],
    state: ReplayState,
) -> bool:
    """Add what came of the next pages, the newest first; say whether the replay is still that."""
    params = {
        "proposal_id": replay.proposal_id, "made_of": replay.made_of, "from": replay.reached,
        "to": looked_at[-1] if looked_at else replay.reached, "replayed": len(looked_at),
        "state": state.value,
    }  # fmt: skip
    if connection.execute(_SQL["advance"], params).fetchone() is None:
        return False
    for page in changed:
        _insert_page(connection, replay.proposal_id, page)
    return True


def remove(connection: Connection, proposal_id: UUID) -> None:
    """Forget a replay."""
    connection.execute(_SQL["remove"], {"proposal_id": proposal_id})


def stop(connection: Connection, proposal_id: UUID) -> None:
    """Note that a replay under way does not go on."""
    connection.execute(_SQL["stop"], {"proposal_id": proposal_id})


def _insert_page(connection: Connection, proposal_id: UUID, page: ReplayedPage) -> None:
    connection.execute(
        _SQL["insert_page"],
        {
            "proposal_id": proposal_id,
            "page_id": page.page_id,
            "match_id": page.match_id,
            "version_id": page.version_id,
            "outcome": page.outcome.value,
            "to_proposed": page.to_proposed,
            "to_version_id": page.to_version_id,
            "reason": page.reason,
            "before": page.before,
            "after": page.after,
        },
    )


def get(connection: Connection, proposal_id: UUID) -> Replay | None:
    """Return the replay of a proposal."""
    row = connection.execute(_SQL["get"], {"proposal_id": proposal_id}).fetchone()
    if row is None:
        return None
    changed = tuple(_page(each) for each in connection.execute(_SQL["pages"], row))
    return Replay(
        proposal_id, row["made_of"], row["routed"], row["replayed"], row["created_at"], changed,
        ReplayState(row["state"]), row["reached"],
    )  # fmt: skip


def reset_changed(connection: Connection, proposal_id: UUID) -> list[tuple[UUID, UUID]]:
    """Have the pages that a replay says would change routed again; return page and document."""
    rows = connection.execute(_SQL["reset"], {"proposal_id": proposal_id})
    return [(row["id"], row["document_id"]) for row in rows]


def _page(row: Row) -> ReplayedPage:
    return ReplayedPage(
        page_id=row["page_id"],
        match_id=row["match_id"],
        version_id=row["version_id"],
        outcome=Outcome(row["outcome"]),
        to_proposed=row["to_proposed"],
        to_version_id=row["to_version_id"],
        reason=row["reason"],
        before=row["before"],
        after=row["after"],
        document_id=row["document_id"],
        page_no=row["page_no"],
    )
