"""How far things have come; what changed is found by the audit's numbers, which have no gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from chohyo.domain.documents import DocumentState, PageState
from chohyo.storage.database import Connection
from chohyo.storage.statements import Statements

_SQL = Statements("progress")
_STRETCH = 500


@dataclass(frozen=True, slots=True)
class DocumentProgress:
    """How far a document has come, with its pages counted by state."""

    id: UUID
    collection_id: UUID
    state: DocumentState
    page_count: int | None
    pages: dict[PageState, int] = field(default_factory=dict)


def head(connection: Connection) -> int:
    """Return the number of the newest audit entry."""
    row = connection.execute(_SQL["head"]).fetchone()
    assert row is not None
    return int(row["seq"])


def changed_documents(
    connection: Connection, collection_id: UUID, after: int
) -> tuple[int | None, list[DocumentProgress]]:
    """Return the documents that entries after a number are about, and the number looked up to.

    Of many entries a stretch is looked at; None when there is no entry.
    """
    params = {"collection_id": collection_id, "after": after, "limit": _STRETCH}
    row = connection.execute(_SQL["upto"], params).fetchone()
    upto = row["seq"] if row else None
    if upto is None:
        return None, []
    rows = connection.execute(_SQL["touched_documents"], {**params, "upto": upto})
    return upto, documents(connection, [each["id"] for each in rows])


def documents(connection: Connection, ids: Sequence[UUID]) -> list[DocumentProgress]:
    """Return how far documents have come; those that are gone are left out."""
    found: dict[UUID, DocumentProgress] = {}
    for row in connection.execute(_SQL["documents"], {"ids": list(ids)}):
        document = found.setdefault(
            row["id"],
            DocumentProgress(
                row["id"], row["collection_id"], DocumentState(row["state"]), row["page_count"]
            ),
        )
        if row["page_state"] is not None:
            document.pages[PageState(row["page_state"])] = row["n"]
    return list(found.values())


def waiting_proposals(connection: Connection, collections: Sequence[UUID]) -> int:
    """Count the proposals that wait for a person."""
    params = {"collections": list(collections)}
    row = connection.execute(_SQL["waiting_proposals"], params).fetchone()
    assert row is not None
    return int(row["n"])
