"""What ties editions of a form: rows to domain types and back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from pydantic import TypeAdapter

from chohyo.domain.kinship import KinPages, Kinship
from chohyo.storage.codec import JsonColumn
from chohyo.storage.database import Connection
from chohyo.storage.statements import Statements

_SQL = Statements("kinships")
_FOUND = JsonColumn(TypeAdapter(Kinship))


def put(connection: Connection, kin: Sequence[KinPages]) -> None:
    """Store what ties pages, in place of what was found of the same two before."""
    for each in kin:
        params = {
            "page_id": each.page_id,
            "other_page_id": each.other_page_id,
            "found": _FOUND.dump(each.kinship),
        }
        connection.execute(_SQL["put"], params)


def of_proposal(
    connection: Connection, proposal_id: UUID, limit: int
) -> list[tuple[UUID, KinPages]]:
    """Return what ties pages of a proposal to those of others, each with the other's id."""
    rows = connection.execute(
        _SQL["of_proposal"], {"proposal_id": proposal_id, "limit": limit}
    ).fetchall()
    return [
        (
            row["other_id"],
            KinPages(row["page_id"], row["other_page_id"], _FOUND.load(row["found"])),
        )
        for row in rows
    ]
