"""Replays of routed pages: rows to domain types and back."""

from __future__ import annotations

from uuid import UUID

from chohyo.domain.documents import Page
from chohyo.domain.matches import Outcome
from chohyo.domain.replays import Replay, ReplayedPage
from chohyo.storage.database import Connection, Row
from chohyo.storage.pages import page_of
from chohyo.storage.statements import Statements

_SQL = Statements("replays")


def routed(
    connection: Connection, family_id: UUID, proposal_id: UUID, limit: int
) -> tuple[list[Page], int]:
    """Return the newest pages routed to a form type, without the proposal's, and how many are."""
    params = {"family_id": family_id, "proposal_id": proposal_id}
    rows = connection.execute(_SQL["routed"], {**params, "limit": limit}).fetchall()
    counted = connection.execute(_SQL["count_routed"], params).fetchone()
    assert counted is not None
    return [page_of(row) for row in rows], counted["n"]


def put(connection: Connection, replay: Replay) -> None:
    """Store a replay in the place of the one before."""
    connection.execute(_SQL["remove"], {"proposal_id": replay.proposal_id})
    connection.execute(
        _SQL["insert"],
        {
            "proposal_id": replay.proposal_id,
            "made_of": replay.made_of,
            "routed": replay.routed,
            "replayed": replay.replayed,
        },
    )
    for page in replay.changed:
        connection.execute(
            _SQL["insert_page"],
            {
                "proposal_id": replay.proposal_id,
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
    rows = connection.execute(_SQL["pages"], {"proposal_id": proposal_id})
    changed = tuple(_page(each) for each in rows)
    return Replay(
        proposal_id, row["made_of"], row["routed"], row["replayed"], row["created_at"], changed
    )


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
