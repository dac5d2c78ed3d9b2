"""Sightings and drift: rows to domain types and back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from pydantic import TypeAdapter

from chohyo.domain.documents import Page
from chohyo.domain.drifts import Drift, DriftState, SeenPage
from chohyo.domain.geometry import Box, Transform
from chohyo.domain.proposals import MemberPage
from chohyo.storage.codec import JsonColumn
from chohyo.storage.database import Connection, Row
from chohyo.storage.matches import transform_of
from chohyo.storage.statements import Statements
from chohyo.storage.templates import field_spec

_SQL = Statements("drift")
_BOXES = JsonColumn(TypeAdapter(tuple[Box, ...]))
_TRANSFORM = JsonColumn(TypeAdapter(Transform | None))


def field_boxes(connection: Connection, template_page_id: UUID) -> list[Box]:
    """Return where people write on a template page, what they choose from included."""
    rows = connection.execute(_SQL["fields"], {"template_page_id": template_page_id})
    specs = [field_spec(row["spec"]) for row in rows]
    return [box for spec in specs for box in (spec.box, *(o.box for o in spec.options))]


def see(
    connection: Connection,
    page: Page,
    template_page_id: UUID,
    cells: Sequence[int],
    transform: Transform,
    kept: int,
) -> None:
    """Note what a page shows beside the print of its template page; the newest ones are kept."""
    connection.execute(
        _SQL["put_sighting"],
        {
            "page_id": page.id,
            "template_page_id": template_page_id,
            "document_id": page.document_id,
            "cells": list(cells),
            "transform": _TRANSFORM.dump(transform),
        },
    )
    connection.execute(_SQL["trim_sightings"], {"template_page_id": template_page_id, "kept": kept})


def seen(connection: Connection, template_page_id: UUID) -> list[SeenPage]:
    """Return the newest pages of a template page, oldest first."""
    rows = connection.execute(_SQL["sightings"], {"template_page_id": template_page_id})
    found = []
    for row in rows:
        transform = transform_of(row["transform"])
        assert transform is not None
        cells = frozenset(row["cells"])
        found.append(SeenPage(row["page_id"], row["document_id"], cells, transform))
    return found


def insert(connection: Connection, drift: Drift) -> None:
    """Store drift with its pages."""
    connection.execute(
        _SQL["insert"],
        {
            "id": drift.id,
            "collection_id": drift.collection_id,
            "template_page_id": drift.template_page_id,
            "boxes": _BOXES.dump(drift.boxes),
            "state": drift.state.value,
            "proposal_id": drift.proposal_id,
        },
    )
    add_pages(connection, drift.id, drift.page_ids)


def add_pages(connection: Connection, drift_id: UUID, page_ids: Sequence[UUID]) -> None:
    """Add pages that differ in the same way."""
    for page_id in page_ids:
        connection.execute(_SQL["insert_page"], {"drift_id": drift_id, "page_id": page_id})


def set_state(
    connection: Connection, drift_id: UUID, state: DriftState, proposal_id: UUID | None = None
) -> None:
    """Say what became of drift."""
    connection.execute(
        _SQL["set_state"], {"id": drift_id, "state": state.value, "proposal_id": proposal_id}
    )


def of_template_page(connection: Connection, template_page_id: UUID) -> list[Drift]:
    """Return the drift of a template page, oldest first, locked."""
    params = {"template_page_id": template_page_id}
    return _drifts(connection, connection.execute(_SQL["of_template_page"], params).fetchall())


def of_proposal(connection: Connection, proposal_id: UUID) -> list[Drift]:
    """Return the drift for which a proposal was opened."""
    params = {"proposal_id": proposal_id}
    return _drifts(connection, connection.execute(_SQL["of_proposal"], params).fetchall())


def get(connection: Connection, drift_id: UUID, *, lock: bool = False) -> Drift | None:
    """Return drift, locked until the transaction ends if wanted."""
    rows = connection.execute(_SQL["lock" if lock else "get"], {"id": drift_id}).fetchall()
    return next(iter(_drifts(connection, rows)), None)


def newest(
    connection: Connection, collections: Sequence[UUID], *, before: UUID | None, limit: int
) -> list[Drift]:
    """Return drift, newest first."""
    params = {"collections": list(collections), "before": before, "limit": limit}
    return _drifts(connection, connection.execute(_SQL["list"], params).fetchall())


def members(connection: Connection, version_id: UUID, page_ids: Sequence[UUID]) -> list[MemberPage]:
    """Return all pages of the filled forms that some pages belong to."""
    params = {"version_id": version_id, "page_ids": list(page_ids)}
    return [
        MemberPage(row["page_id"], row["page_no"], transform_of(row["transform"]))
        for row in connection.execute(_SQL["members"], params)
    ]


def _drifts(connection: Connection, rows: Sequence[Row]) -> list[Drift]:
    pages: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for row in connection.execute(_SQL["pages"], {"ids": [row["id"] for row in rows]}):
        pages[row["drift_id"]].append(row["page_id"])
    return [
        Drift(
            id=row["id"],
            collection_id=row["collection_id"],
            template_page_id=row["template_page_id"],
            boxes=_BOXES.load(row["boxes"]),
            state=DriftState(row["state"]),
            proposal_id=row["proposal_id"],
            created_at=row["created_at"],
            page_ids=tuple(pages[row["id"]]),
        )
        for row in rows
    ]
