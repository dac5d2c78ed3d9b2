"""Which pages a search may find, as its statements ask it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import sql

from chohyo.domain.documents import PageState
from chohyo.domain.search import Comparing
from chohyo.domain.templates import FieldSpec
from chohyo.storage.database import Connection
from chohyo.storage.statements import Statements
from chohyo.storage.templates import field_spec

_SQL = Statements("search_filters")

_OPERATORS = {
    Comparing.EQUAL: "=",
    Comparing.UNLIKE: "<>",
    Comparing.LESS: "<",
    Comparing.AT_MOST: "<=",
    Comparing.MORE: ">",
    Comparing.AT_LEAST: ">=",
    Comparing.CONTAINS: "~~",
}
# The condition that each parameter belongs to.
_PARTS = {
    "family_id": "family",
    "version_id": "version",
    "states": "states",
    "received_since": "since",
    "received_before": "until",
    "source": "source",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """One of the fields compares so with the value.

    A number is given as its digits; a text without spaces and in lower case, as a pattern of LIKE
    where it is to be contained.
    """

    fields: Sequence[UUID]
    comparing: Comparing
    value: str
    number: bool


@dataclass(frozen=True, slots=True)
class Passing:
    """What pages have to be; None and nothing let every page pass. `until` itself is out.

    Of each group of `values` one has to hold.
    """

    family_id: UUID | None = None
    version_id: UUID | None = None
    states: Sequence[PageState] = ()
    since: datetime | None = None
    until: datetime | None = None
    source: str = ""
    values: Sequence[Sequence[Compared]] = ()

    @property
    def params(self) -> dict[str, object]:
        """Return the parameters of the conditions; what asks for nothing is not among them."""
        asked: dict[str, object] = {
            "family_id": self.family_id,
            "version_id": self.version_id,
            "states": [state.value for state in self.states],
            "received_since": self.since,
            "received_before": self.until,
            "source": self.source,
        }
        asked = {name: value for name, value in asked.items() if value}
        for name, each in self._named():
            asked |= {f"fields_{name}": list(each.fields), f"value_{name}": each.value}
        return asked

    @property
    def conditions(self) -> sql.Composed:
        """Return what is asked of a page `p`."""
        asked = self.params
        every: list[sql.Composable] = [
            sql.SQL(_SQL[part].decode()) for name, part in _PARTS.items() if name in asked
        ]
        named = {id(each): name for name, each in self._named()}
        for group in self.values:
            any_of = [_compared(named[id(each)], each) for each in group]
            every.append(sql.SQL("({any})").format(any=sql.SQL(" OR ").join(any_of)))
        return sql.SQL(" AND ").join(every or [sql.SQL("true")])

    def _named(self) -> list[tuple[str, Compared]]:
        return [
            (f"{number}_{part}", each)
            for number, group in enumerate(self.values)
            for part, each in enumerate(group)
        ]


@dataclass(frozen=True, slots=True)
class Among:
    """The pages that may be found: of these collections, and of `pages` where that is given.

    Those that pass a filter are named in `pages` where they are few; where they are many, each page
    that is found is asked whether it is `passing`.
    """

    collections: Sequence[UUID]
    pages: Sequence[UUID] | None = None
    passing: Passing | None = None

    @property
    def params(self) -> dict[str, object]:
        """Return the parameters that every look-up takes."""
        pages = None if self.pages is None else list(self.pages)
        asked = self.passing.params if self.passing else {}
        return {"collections": list(self.collections), "pages": pages, **asked}

    @property
    def conditions(self) -> sql.Composable:
        """Return what a statement asks of a page `p`."""
        return self.passing.conditions if self.passing else sql.SQL("true")

    @property
    def asked(self) -> sql.Composable:
        """Return what a look-up asks of each row of `found`, one at a time."""
        if self.passing is None:
            return sql.SQL("true")
        return sql.SQL(_SQL["passes"].decode()).format(conditions=self.conditions)


def passing(connection: Connection, among: Among, limit: int | None = None) -> list[UUID]:
    """Return the pages that may be found, in no order; None for all of them."""
    statement = sql.SQL(_SQL["passing"].decode()).format(conditions=among.conditions)
    return [row["id"] for row in connection.execute(statement, {**among.params, "limit": limit})]


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


def _compared(name: str, each: Compared) -> sql.Composed:
    part = _SQL["number" if each.number else "text"].decode()
    return sql.SQL(part).format(
        fields=sql.Placeholder(f"fields_{name}"),
        value=sql.Placeholder(f"value_{name}"),
        comparing=sql.SQL(_OPERATORS[each.comparing]),
    )
