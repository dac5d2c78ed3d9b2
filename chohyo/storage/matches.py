"""Decisions for pages: rows to domain types and back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from pydantic import TypeAdapter

from chohyo.domain.geometry import Transform
from chohyo.domain.matches import Candidate, Match, Outcome
from chohyo.storage.codec import JsonColumn
from chohyo.storage.database import Connection, Row
from chohyo.storage.statements import Statements

_SQL = Statements("matches")
_TRANSFORM = JsonColumn(TypeAdapter(Transform | None))
_CANDIDATES = JsonColumn(TypeAdapter(tuple[Candidate, ...]))


def put(connection: Connection, match: Match) -> None:
    """Store a decision and put it in force; the one before it stays for the record."""
    connection.execute(_SQL["supersede"], {"page_id": match.page_id})
    connection.execute(
        _SQL["insert"],
        {
            "id": match.id,
            "page_id": match.page_id,
            "collection_id": match.collection_id,
            "outcome": match.outcome.value,
            "template_page_id": match.template_page_id,
            "version_id": match.version_id,
            "family_id": match.family_id,
            "probability": match.probability,
            "margin": match.margin,
            "reason": match.reason,
            "transform": _TRANSFORM.dump(match.transform) if match.transform else None,
            "candidates": _CANDIDATES.dump(match.candidates),
            "decided_by": match.decided_by,
            "rule_id": match.rule_id,
        },
    )


def in_force(connection: Connection, page_ids: Sequence[UUID]) -> dict[UUID, Match]:
    """Return the decisions in force for these pages."""
    rows = connection.execute(_SQL["in_force"], {"page_ids": list(page_ids)})
    return {row["page_id"]: _match(row) for row in rows}


def get(connection: Connection, match_id: UUID) -> Match | None:
    """Return a decision, in force or not."""
    row = connection.execute(_SQL["get"], {"id": match_id}).fetchone()
    return _match(row) if row else None


def set_family(connection: Connection, version_id: UUID, family_id: UUID) -> None:
    """Have the decisions in force for a version's pages name another family."""
    connection.execute(_SQL["set_family"], {"version_id": version_id, "family_id": family_id})


def history(connection: Connection, page_id: UUID) -> list[Match]:
    """Return all decisions ever made for a page, oldest first."""
    return [_match(row) for row in connection.execute(_SQL["history"], {"page_id": page_id})]


def transform_of(column: object) -> Transform | None:
    """Return what the column `transform` of a decision says."""
    return _TRANSFORM.load(column)


def _match(row: Row) -> Match:
    return Match(
        id=row["id"],
        page_id=row["page_id"],
        collection_id=row["collection_id"],
        outcome=Outcome(row["outcome"]),
        template_page_id=row["template_page_id"],
        version_id=row["version_id"],
        family_id=row["family_id"],
        probability=row["probability"],
        margin=row["margin"],
        reason=row["reason"],
        transform=transform_of(row["transform"]),
        candidates=_CANDIDATES.load(row["candidates"]),
        decided_by=row["decided_by"],
        created_at=row["created_at"],
        rule_id=row["rule_id"],
    )
