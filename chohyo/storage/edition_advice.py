"""Advice on editions: rows to domain types and back."""

from __future__ import annotations

from uuid import UUID

from pydantic import TypeAdapter

from chohyo.domain.edition_advice import EditionAdvice, Relation, Statement
from chohyo.storage.codec import JsonColumn
from chohyo.storage.database import Connection
from chohyo.storage.statements import Statements

_SQL = Statements("edition_advice")
_STATEMENTS = JsonColumn(TypeAdapter(tuple[Statement, ...]))


def put(connection: Connection, proposal_id: UUID, advice: EditionAdvice) -> None:
    """Store the advice on a proposal in place of an earlier one."""
    params = {
        "proposal_id": proposal_id,
        "other_id": advice.other_id,
        "relation": advice.relation.value if advice.relation else None,
        "statements": _STATEMENTS.dump(advice.statements),
        "model": advice.model,
        "dropped": advice.dropped,
    }
    connection.execute(_SQL["put"], params)


def get(connection: Connection, proposal_id: UUID) -> EditionAdvice | None:
    """Return the advice on a proposal."""
    row = connection.execute(_SQL["get"], {"proposal_id": proposal_id}).fetchone()
    if row is None:
        return None
    relation = Relation(row["relation"]) if row["relation"] else None
    statements = _STATEMENTS.load(row["statements"])
    return EditionAdvice(row["other_id"], relation, statements, row["model"], row["dropped"])


def forget(connection: Connection, proposal_id: UUID) -> None:
    """Remove all advice in which a proposal appears."""
    connection.execute(_SQL["forget"], {"proposal_id": proposal_id})
