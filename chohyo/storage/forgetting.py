"""What a document leaves behind: rows that go, blobs to be removed, blank forms to be rebuilt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter

from chohyo.domain.geometry import Transform
from chohyo.domain.ids import new_id
from chohyo.domain.templates import TemplatePage
from chohyo.storage.codec import JsonColumn
from chohyo.storage.database import Connection
from chohyo.storage.statements import Statements

_SQL = Statements("forgetting")
_TRANSFORM = JsonColumn(TypeAdapter(Transform))


@dataclass(frozen=True, slots=True)
class PageTrace:
    """A page by what it is stored under."""

    id: UUID
    blobs: tuple[str, str]
    content_key: str


@dataclass(frozen=True, slots=True)
class BlankCopy:
    """A page from which a blank form can be rebuilt, and how it lies on the template page."""

    page_id: UUID
    evidence_blob: str
    transform: Transform


def pages_of(connection: Connection, document_id: UUID) -> list[PageTrace]:
    """Return what the pages of a document are stored under."""
    rows = connection.execute(_SQL["page_blobs"], {"document_id": document_id})
    return [
        PageTrace(row["id"], (row["evidence_blob"], row["model_blob"]), row["content_key"])
        for row in rows
    ]


def mark_stale(connection: Connection, page_ids: Sequence[UUID]) -> list[UUID]:
    """Mark the blank forms rebuilt from these pages as stale; return their versions."""
    rows = connection.execute(_SQL["stale_versions"], {"page_ids": list(page_ids)})
    return sorted({row["version_id"] for row in rows})


def proposals_with(connection: Connection, page_ids: Sequence[UUID]) -> list[UUID]:
    """Return the proposals that have one of these pages."""
    rows = connection.execute(_SQL["proposals_with"], {"page_ids": list(page_ids)})
    return [row["proposal_id"] for row in rows]


def erase_proposal(connection: Connection, proposal_id: UUID) -> None:
    """Remove what was drafted for a decided proposal."""
    connection.execute(
        _SQL["erase_proposal"], {"id": proposal_id, "fingerprint": f"forgotten {new_id()}"}
    )


def replace_kin_key(connection: Connection, collection_id: UUID, content_key: str) -> None:
    """Give the proposals that were joined by a page's content another key, the same for all."""
    connection.execute(
        _SQL["new_kin_key"],
        {
            "collection_id": collection_id,
            "content_key": content_key,
            "kin_key": f"forgotten {new_id()}",
        },
    )


def delete_document(connection: Connection, document_id: UUID, page_ids: Sequence[UUID]) -> None:
    """Delete a document with all that hangs on it, and the work on it and on its pages."""
    connection.execute(_SQL["delete_document"], {"id": document_id})
    connection.execute(_SQL["delete_work"], {"ids": [document_id, *page_ids]})


def set_hold(connection: Connection, document_id: UUID, reason: str | None) -> None:
    """Put a document on hold for a reason, or end the hold with None."""
    connection.execute(_SQL["hold"], {"id": document_id, "reason": reason})


def request_removal(connection: Connection, names: Iterable[str], at: datetime) -> None:
    """Have blobs removed that nothing refers to once the transaction is committed."""
    for name in sorted(set(names)):
        connection.execute(_SQL["request_removal"], {"name": name, "at": at})


def removals(connection: Connection) -> list[tuple[str, datetime]]:
    """Return the blobs to be removed, and when that was asked for."""
    return [(row["name"], row["requested_at"]) for row in connection.execute(_SQL["removals"])]


def end_removal(connection: Connection, name: str, at: datetime) -> None:
    """Note that a removal is done, unless it was asked for again meanwhile."""
    connection.execute(_SQL["end_removal"], {"name": name, "at": at})


def unreferenced(connection: Connection, names: Sequence[str]) -> list[str]:
    """Return those of the blobs that no row refers to."""
    rows = connection.execute(_SQL["unreferenced"], {"names": list(names)})
    return [row["name"] for row in rows]


def stale_pages(connection: Connection, version_id: UUID) -> list[TemplatePage]:
    """Return the template pages of a version whose blank form is to be rebuilt."""
    rows = connection.execute(_SQL["stale_pages"], {"version_id": version_id})
    return [
        TemplatePage(
            row["id"], row["version_id"], row["page_no"], row["width"], row["height"],
            row["blank_blob"], row["reference_blob"],
        )
        for row in rows
    ]  # fmt: skip


def copies_for_blank(connection: Connection, template_page_id: UUID, limit: int) -> list[BlankCopy]:
    """Return pages routed to a template page, its exemplars first."""
    rows = connection.execute(
        _SQL["copies_for_blank"], {"template_page_id": template_page_id, "limit": limit}
    )
    return [
        BlankCopy(row["page_id"], row["evidence_blob"], _TRANSFORM.load(row["transform"]))
        for row in rows
    ]


def set_blank(
    connection: Connection, template_page_id: UUID, blank_blob: str, reference_blob: str
) -> None:
    """Replace the blank form of a template page."""
    connection.execute(
        _SQL["set_blank"],
        {"id": template_page_id, "blank_blob": blank_blob, "reference_blob": reference_blob},
    )
