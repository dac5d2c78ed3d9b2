"""Count filled forms and compute over their values, as a question asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg import sql

from chohyo.domain.answers import Citation, CountedForm, Period
from chohyo.domain.geometry import Box
from chohyo.storage.database import Connection, Row
from chohyo.storage.search_filters import Among
from chohyo.storage.statements import Statements

_SQL = Statements("answers")


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which filled forms are counted. None lets every one pass; an empty list none.

    `among` says in which collections, and of which pages a form has to have one. `date_fields` are
    what the period is said of; None: the day of receipt, in the zone `zone`. `words`, without
    spaces and in lower case, have to stand in values, in personal ones if `clear`.
    """

    among: Among
    zone: str
    families: Sequence[UUID] | None = None
    version_label: str | None = None
    documents: Sequence[UUID] | None = None
    period: Period = field(default_factory=Period)
    date_fields: Sequence[UUID] | None = None
    words: Sequence[str] = ()
    clear: bool = False

    @property
    def params(self) -> dict[str, Any]:
        """Return the parameters that every statement takes."""
        return {
            **self.among.params,
            "zone": self.zone,
            "families": _listed(self.families),
            "version_label": self.version_label,
            "documents": _listed(self.documents),
            "since": self.period.since,
            "until": self.period.until,
            "months": list(self.period.months) or None,
            "month_texts": [f"{month:02d}" for month in self.period.months],
            "date_fields": _listed(self.date_fields),
            "words": list(self.words) or None,
            "clear": self.clear,
        }


@dataclass(frozen=True, slots=True)
class Computed:
    """What was computed over the values of a field: with `used` values, `missing` forms have none.

    Numbers, or for dates the first and the last as `2024-05-01`.
    """

    used: int
    missing: int
    sum: int | float | None
    average: int | float | None
    least: int | float | str | None
    most: int | float | str | None


@dataclass(frozen=True, slots=True)
class FamilyCount:
    """How many forms there are of a type."""

    family_id: UUID
    family_name: str
    forms: int
    documents: int


def count(connection: Connection, chosen: Chosen) -> int:
    """Count the forms."""
    row = connection.execute(_statement("count", chosen), chosen.params).fetchone()
    return int(row["forms"]) if row else 0


def compute(
    connection: Connection, chosen: Chosen, fields: Sequence[UUID], *, dates: bool
) -> Computed:
    """Compute over the values of these fields; empty and unreadable ones take no part."""
    row = connection.execute(
        _statement("dates" if dates else "numbers", chosen),
        {**chosen.params, "fields": list(fields)},
    ).fetchone()
    assert row is not None
    figures = {name: _figure(row[name]) for name in ("sum", "average")}
    ends = {name: row[name] if dates else _figure(row[name]) for name in ("least", "most")}
    return Computed(used=row["used"], missing=row["missing"], **figures, **ends)


def forms(connection: Connection, chosen: Chosen, limit: int) -> list[CountedForm]:
    """Return the newest of the forms, without values."""
    rows = connection.execute(_statement("forms", chosen), {**chosen.params, "limit": limit})
    return [_form(row) for row in rows]


def extreme_forms(
    connection: Connection, chosen: Chosen, fields: Sequence[UUID], extreme: str, limit: int
) -> list[CountedForm]:
    """Return the forms in which a field has this value."""
    params = {"fields": list(fields), "extreme": extreme, "limit": limit}
    rows = connection.execute(_statement("extreme_forms", chosen), {**chosen.params, **params})
    return [_form(row) for row in rows]


def values_of_forms(
    connection: Connection, counted: Sequence[CountedForm], labels: Mapping[UUID, str]
) -> dict[UUID, list[Citation]]:
    """Return the filled values of these fields, by the form that has them."""
    by_id = {form.instance_id: form for form in counted}
    rows = connection.execute(
        _SQL["values_of_forms"], {"instances": list(by_id), "fields": list(labels)}
    )
    found: dict[UUID, list[Citation]] = {}
    for row in rows:
        form = by_id[row["instance_id"]]
        box = Box(row["x0"], row["y0"], row["x1"], row["y1"])
        found.setdefault(form.instance_id, []).append(
            Citation(
                form.document_id, form.filename, row["page_id"], row["page_no"], box, row["raw"],
                labels[row["field_id"]],
            )
        )  # fmt: skip
    return found


def families(connection: Connection, chosen: Chosen) -> list[FamilyCount]:
    """Count the forms by their type, the commonest first."""
    rows = connection.execute(_statement("families", chosen), chosen.params)
    return [FamilyCount(**row) for row in rows]


def selected_documents(
    connection: Connection, among: Among, documents: Sequence[UUID] | None, limit: int
) -> list[UUID]:
    """Return the documents that are meant, newest first: those that have one of the pages."""
    params = {**among.params, "documents": _listed(documents), "limit": limit}
    return [row["id"] for row in connection.execute(_selected("selected", among), params)]


def count_documents(connection: Connection, among: Among, documents: Sequence[UUID] | None) -> int:
    """Count the documents that are meant."""
    params = {**among.params, "documents": _listed(documents)}
    row = connection.execute(_selected("count_selected", among), params).fetchone()
    return int(row["n"]) if row else 0


def _statement(name: str, of: Chosen) -> sql.Composed:
    chosen = sql.SQL(_SQL["chosen"].decode()).format(passing=_passing("page_of_form", of.among))
    return sql.SQL(_SQL[name].decode()).format(chosen=chosen)


def _selected(name: str, among: Among) -> sql.Composed:
    passing = _passing("page_of_document", among)
    return sql.SQL(_SQL[name].decode()).format(passing=passing)


def _passing(name: str, among: Among) -> sql.Composable:
    if among.passing is None:
        return sql.SQL("true")
    return sql.SQL(_SQL[name].decode()).format(conditions=among.conditions)


def _listed(ids: Sequence[UUID] | None) -> list[UUID] | None:
    return None if ids is None else list(ids)


def _figure(number: Any) -> int | float | None:
    if number is None:
        return None
    return int(number) if number == int(number) else round(float(number), 4)


def _form(row: Row) -> CountedForm:
    return CountedForm(
        row["id"], row["document_id"], row["filename"], row["page_id"], row["page_no"],
        row["family_name"],
    )  # fmt: skip
