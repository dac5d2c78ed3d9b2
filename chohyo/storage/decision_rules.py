"""Calibrations, decision rules and checks: rows to domain types and back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic import TypeAdapter

from chohyo.domain.decision_rules import (
    DecisionRule,
    MachineDecision,
    StoredCalibration,
    Thresholds,
)
from chohyo.domain.matches import Candidate, Outcome
from chohyo.storage.codec import JsonColumn
from chohyo.storage.database import Connection, Row
from chohyo.storage.statements import Statements

_SQL = Statements("decision_rules")
_THRESHOLDS = JsonColumn(TypeAdapter(Thresholds))
_CANDIDATES = JsonColumn(TypeAdapter(tuple[Candidate, ...]))


def insert_calibration(connection: Connection, calibration: StoredCalibration) -> None:
    """Store a calibration."""
    connection.execute(
        _SQL["insert_calibration"],
        {
            "id": calibration.id,
            "collection_id": calibration.collection_id,
            "coefficients": Jsonb(dict(calibration.coefficients)),
            "decisions": calibration.decisions,
            "figures": Jsonb(dict(calibration.figures)),
            "made_by": calibration.made_by,
        },
    )


def calibration(connection: Connection, calibration_id: UUID) -> StoredCalibration | None:
    """Return a calibration."""
    row = connection.execute(_SQL["calibration"], {"id": calibration_id}).fetchone()
    return _calibration(row) if row else None


def calibrations(
    connection: Connection, collections: Sequence[UUID], limit: int
) -> list[StoredCalibration]:
    """Return calibrations, newest first."""
    rows = connection.execute(
        _SQL["calibrations"], {"collections": list(collections), "limit": limit}
    )
    return [_calibration(row) for row in rows]


def insert(connection: Connection, rule: DecisionRule) -> None:
    """Put a rule in force."""
    connection.execute(_SQL["lock"], {"collection_id": rule.collection_id})
    connection.execute(
        _SQL["insert_rule"],
        {
            "id": rule.id,
            "collection_id": rule.collection_id,
            "calibration_id": rule.calibration_id,
            "thresholds": _THRESHOLDS.dump(rule.thresholds),
            "check_share": rule.check_share,
            "made_by": rule.made_by,
            "reason": rule.reason,
        },
    )


def in_force(connection: Connection, collection_id: UUID) -> DecisionRule | None:
    """Return a collection's rule, None where nobody has set one."""
    row = connection.execute(_SQL["in_force"], {"collection_id": collection_id}).fetchone()
    return _rule(row) if row else None


def rules(connection: Connection, collections: Sequence[UUID], limit: int) -> list[DecisionRule]:
    """Return rules, newest first."""
    params = {"collections": list(collections), "limit": limit}
    return [_rule(row) for row in connection.execute(_SQL["rules"], params)]


def draw(connection: Connection, page_id: UUID, match_id: UUID, collection_id: UUID) -> None:
    """Have a person check a routed page."""
    connection.execute(
        _SQL["draw"], {"page_id": page_id, "match_id": match_id, "collection_id": collection_id}
    )


def checked(connection: Connection, page_id: UUID, checked_by: UUID) -> UUID | None:
    """Note that a drawn page was checked; return the decision it was about, None if not drawn."""
    row = connection.execute(
        _SQL["checked"], {"page_id": page_id, "checked_by": checked_by}
    ).fetchone()
    return row["match_id"] if row else None


def is_open(connection: Connection, page_id: UUID) -> bool:
    """Say whether a page waits to be checked."""
    return connection.execute(_SQL["is_open"], {"page_id": page_id}).fetchone() is not None


def open_checks(
    connection: Connection, collections: Sequence[UUID], *, before: UUID | None, limit: int
) -> list[UUID]:
    """Return the pages that are to be checked, newest first."""
    rows = connection.execute(
        _SQL["open_checks"],
        {"collections": list(collections), "before": before, "limit": limit},
    )
    return [row["page_id"] for row in rows]


def decisions(connection: Connection, collection_id: UUID, limit: int) -> list[MachineDecision]:
    """Return the machine's last decisions for the newest `limit` pages, and what people said."""
    families = {
        row["id"]: row["family_id"]
        for row in connection.execute(_SQL["families"], {"collection_id": collection_id})
    }
    rows = connection.execute(_SQL["decisions"], {"collection_id": collection_id, "limit": limit})
    return [
        MachineDecision(
            match_id=row["id"],
            page_id=row["page_id"],
            document_id=row["document_id"],
            outcome=Outcome(row["outcome"]),
            reason=row["reason"],
            decided_by=row["decided_by"],
            rule_id=row["rule_id"],
            candidates=_CANDIDATES.load(row["candidates"] or []),
            judged=row["judged"],
            version_id=row["version_id"],
            family_id=row["family_id"],
            families=families,
            drawn=row["drawn"],
            in_force=row["in_force"],
        )
        for row in rows
    ]


def _calibration(row: Row) -> StoredCalibration:
    return StoredCalibration(
        id=row["id"],
        collection_id=row["collection_id"],
        coefficients=row["coefficients"],
        decisions=row["decisions"],
        figures=row["figures"],
        made_by=row["made_by"],
        created_at=row["created_at"],
    )


def _rule(row: Row) -> DecisionRule:
    return DecisionRule(
        id=row["id"],
        collection_id=row["collection_id"],
        calibration_id=row["calibration_id"],
        thresholds=_THRESHOLDS.load(row["thresholds"]),
        check_share=row["check_share"],
        made_by=row["made_by"],
        reason=row["reason"],
        created_at=row["created_at"],
    )
