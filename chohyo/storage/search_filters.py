"""Which pages pass a search's filters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg import sql

from chohyo.domain.documents import PageState
from chohyo.domain.search import Comparing
from chohyo.domain.templates import FieldSpec
from chohyo.storage.database import Connection
from chohyo.storage.search import Among
from chohyo.storage.statements import Statements
from chohyo.storage.templates import field_spec

_SQL = Statements("search")

_OPERATORS = {
    Comparing.EQUAL: "=",
    Comparing.UNLIKE: "<>",
    Comparing.LESS: "<",
    Comparing.AT_MOST: "<=",
    Comparing.MORE: ">",
    Comparing.AT_LEAST: ">=",
    Comparing.CONTAINS: "~~",
}


def passing(
    connection: Connection,
    among: Among,
    *,
    family_id: UUID | None,
    version_id: UUID | None,
    states: Sequence[PageState],
    since: datetime | None,
    until: datetime | None,
    source: str,
    limit: int,
) -> list[UUID]:
    """Return the pages that pass the filters, newest first; `until` itself is out."""
    rows = connection.execute(
        _SQL["passing"],
        {
            **among.params,
            "family_id": family_id,
            "version_id": version_id,
            "states": [state.value for state in states] or None,
            "since": since,
            "until": until,
            "source": source or None,
            "limit": limit,
        },
    )
    return [row["id"] for row in rows]


def fields_named(
    connection: Connection,
    collections: Sequence[UUID],
    name: str,
    family_id: UUID | None,
    version_id: UUID | None,
) -> dict[UUID, FieldSpec]:
    """Return the published fields that have this name or label."""
    rows = connection.execute(
        _SQL["fields_named"],
        {
            "collections": list(collections),
            "name": name,
            "family_id": family_id,
            "version_id": version_id,
        },
    )
    return {row["id"]: field_spec(row["spec"]) for row in rows}


def pages_by_value(
    connection: Connection,
    fields: Sequence[UUID],
    comparing: Comparing,
    value: str,
    *,
    number: bool,
) -> set[UUID]:
    """Return the pages of the forms in which one of the fields compares so with the value.

    A number is given as its digits; a text without spaces and in lower case, as a pattern of LIKE
    where it is to be contained.
    """
    name = "pages_by_number" if number else "pages_by_text"
    statement = sql.SQL(_SQL[name].decode()).format(comparing=sql.SQL(_OPERATORS[comparing]))
    rows = connection.execute(statement, {"fields": list(fields), "value": value})
    return {row["page_id"] for row in rows}
