"""What people changed about groups and families: rows to domain types and back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from pydantic import TypeAdapter

from chohyo.domain.arrangements import Arrangement, ArrangementKind, PageMove, VersionMove
from chohyo.domain.geometry import Transform
from chohyo.storage.codec import JsonColumn
from chohyo.storage.database import Connection, Row
from chohyo.storage.statements import Statements

_SQL = Statements("arrangements")
_TRANSFORM = JsonColumn(TypeAdapter(Transform | None))


def insert(connection: Connection, arrangement: Arrangement) -> None:
    """Store a change with all that moved."""
    connection.execute(
        _SQL["insert"],
        {
            "id": arrangement.id,
            "collection_id": arrangement.collection_id,
            "kind": arrangement.kind.value,
            "made_by": arrangement.made_by,
        },
    )
    for page in arrangement.pages:
        connection.execute(_SQL["insert_page"], _page_params(arrangement.id, page))
    for version in arrangement.versions:
        connection.execute(
            _SQL["insert_version"],
            {
                "arrangement_id": arrangement.id,
                "version_id": version.version_id,
                "source_id": version.source_id,
                "source_label": version.source_label,
                "target_id": version.target_id,
                "target_label": version.target_label,
            },
        )


def lock(connection: Connection, arrangement_id: UUID) -> Arrangement | None:
    """Return a change, locked until the transaction ends."""
    rows = connection.execute(_SQL["lock"], {"id": arrangement_id}).fetchall()
    return next(iter(_arrangements(connection, rows)), None)


def newest(
    connection: Connection,
    collections: Sequence[UUID],
    *,
    before: UUID | None = None,
    limit: int = 50,
) -> list[Arrangement]:
    """Return changes, newest first, that were made before `before`."""
    rows = connection.execute(
        _SQL["newest"], {"collections": list(collections), "before": before, "limit": limit}
    ).fetchall()
    return _arrangements(connection, rows)


def set_undone(connection: Connection, arrangement_id: UUID) -> None:
    """Note that a change was undone."""
    connection.execute(_SQL["undone"], {"id": arrangement_id})


def set_arranged(connection: Connection, proposal_ids: Sequence[UUID]) -> None:
    """Note that people arranged the pages of proposals."""
    connection.execute(_SQL["set_arranged"], {"proposal_ids": list(proposal_ids)})


def arranged(connection: Connection, proposal_ids: Sequence[UUID]) -> set[UUID]:
    """Return those of the proposals whose pages people arranged."""
    rows = connection.execute(_SQL["arranged"], {"proposal_ids": list(proposal_ids)})
    return {row["id"] for row in rows}


def placed(connection: Connection, proposal_id: UUID) -> set[UUID]:
    """Return the pages that people put into a proposal."""
    rows = connection.execute(_SQL["placed"], {"proposal_id": proposal_id})
    return {row["page_id"] for row in rows}


def taken_out(connection: Connection, proposal_ids: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    """Return for each proposal the pages that people took out of it and that are not back."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for row in connection.execute(_SQL["taken_out"], {"proposal_ids": list(proposal_ids)}):
        found[row["proposal_id"]].add(row["page_id"])
    return dict(found)


def _page_params(arrangement_id: UUID, move: PageMove) -> Row:
    return {
        "arrangement_id": arrangement_id,
        "page_id": move.page_id,
        "source_id": move.source_id,
        "target_id": move.target_id,
        "template_page_no": move.template_page_no,
        "transform": _TRANSFORM.dump(move.transform) if move.transform else None,
        "match_id": move.match_id,
    }


def _arrangements(connection: Connection, rows: Sequence[Row]) -> list[Arrangement]:
    params = {"ids": [row["id"] for row in rows]}
    pages: dict[UUID, list[PageMove]] = defaultdict(list)
    for row in connection.execute(_SQL["pages"], params):
        pages[row["arrangement_id"]].append(
            PageMove(
                row["page_id"], row["source_id"], row["target_id"], row["template_page_no"],
                _TRANSFORM.load(row["transform"]), row["match_id"],
            )
        )  # fmt: skip
    versions: dict[UUID, list[VersionMove]] = defaultdict(list)
    for row in connection.execute(_SQL["versions"], params):
        moved = {key: row[key] for key in VersionMove.__dataclass_fields__}
        versions[row["arrangement_id"]].append(VersionMove(**moved))
    return [
        Arrangement(
            id=row["id"],
            collection_id=row["collection_id"],
            kind=ArrangementKind(row["kind"]),
            made_by=row["made_by"],
            created_at=row["created_at"],
            undone_at=row["undone_at"],
            pages=tuple(pages[row["id"]]),
            versions=tuple(versions[row["id"]]),
        )
        for row in rows
    ]
