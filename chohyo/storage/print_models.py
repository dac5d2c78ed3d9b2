"""The print that a template page's exemplars share: bytes by template page, and their revision."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chohyo.storage.database import Connection
from chohyo.storage.statements import Statements

_SQL = Statements("print_models")


def revision(connection: Connection, template_page_id: UUID) -> UUID | None:
    """Return the revision of a template page's model, None when it is not learned yet."""
    row = connection.execute(_SQL["revision"], {"template_page_id": template_page_id}).fetchone()
    return row["revision"] if row else None


def data(connection: Connection, template_page_id: UUID, revision_id: UUID) -> bytes | None:
    """Return a model's bytes, None when this revision is gone."""
    row = connection.execute(
        _SQL["data"], {"template_page_id": template_page_id, "revision": revision_id}
    ).fetchone()
    return bytes(row["data"]) if row else None


def exemplars(connection: Connection, template_page_id: UUID) -> list[UUID]:
    """Return the pages kept as exemplars of a template page, in the order of their ids."""
    rows = connection.execute(_SQL["exemplars"], {"template_page_id": template_page_id})
    return [row["page_id"] for row in rows]


def put(
    connection: Connection,
    template_page_id: UUID,
    revision_id: UUID,
    reference_blob: str,
    learned_from: Sequence[UUID],
    model: bytes,
) -> bool:
    """Store a model, unless the exemplars are others by now; say whether it was stored."""
    rows = connection.execute(_SQL["lock_exemplars"], {"template_page_id": template_page_id})
    if [row["page_id"] for row in rows] != list(learned_from):
        return False
    connection.execute(
        _SQL["put"],
        {
            "template_page_id": template_page_id,
            "revision": revision_id,
            "reference_blob": reference_blob,
            "data": model,
        },
    )
    return True
