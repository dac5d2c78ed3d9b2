"""Which pages a search may find: of the caller's collections, and passing the filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from chohyo.domain.access import Caller, Role
from chohyo.domain.search import Comparing, Comparison, SearchFilters
from chohyo.domain.templates import FieldSpec, FieldType
from chohyo.domain.values import Normalized
from chohyo.errors import ForbiddenError, InvalidInputError, UnknownFieldError
from chohyo.extraction.normalize import NotOfTypeError, normalize
from chohyo.services.runtime import require
from chohyo.services.unmasking import may_see_pii
from chohyo.storage import search_filters
from chohyo.storage.database import Connection
from chohyo.storage.search_filters import Among, Compared, Passing

# Of so many passing pages each is looked at; of more, those that are found are asked to pass.
_FEW: Final = 2_000
_NUMBERS: Final = {FieldType.AMOUNT, FieldType.INTEGER, FieldType.PERCENT}
_ORDERED: Final = {FieldType.DATE, FieldType.TIME}
_ORDERS: Final = {Comparing.LESS, Comparing.AT_MOST, Comparing.MORE, Comparing.AT_LEAST}


def narrow(connection: Connection, caller: Caller, filters: SearchFilters, zone: ZoneInfo) -> Among:
    """Work out which pages may be found.

    Raises:
        NotFoundError: the collection does not exist, or the caller may not see it.
        UnknownFieldError: no form type that the caller may see has such a field.
        ForbiddenError: the field holds personal data that the caller may not see.
        InvalidInputError: the value cannot be compared with the field's.
    """
    collections = _collections(caller, filters.collection_id)
    if not filters.narrow:
        return Among(collections)
    passing = Passing(
        family_id=filters.family_id,
        version_id=filters.version_id,
        states=filters.states,
        since=_midnight(filters.since, zone),
        until=_midnight(_next(filters.until), zone),
        source=filters.source,
        values=[_compared(connection, caller, collections, filters, c) for c in filters.fields],
    )
    among = Among(collections, passing=passing)
    few = search_filters.passing(connection, among, _FEW + 1)
    return among if len(few) > _FEW else Among(collections, few)


def only(connection: Connection, among: Among, pages: Sequence[UUID]) -> Among:
    """Return the same with none but these pages."""
    if among.pages is not None:
        pages = list(set(among.pages).intersection(pages))
    named = replace(among, pages=pages)
    return Among(among.collections, search_filters.passing(connection, named))


def _collections(caller: Caller, collection_id: UUID | None) -> list[UUID]:
    if collection_id is None:
        return sorted(caller.collections(Role.VIEWER))
    require(caller, collection_id, Role.VIEWER, kind="collection", object_id=collection_id)
    return [collection_id]


def _compared(
    connection: Connection,
    caller: Caller,
    collections: Sequence[UUID],
    filters: SearchFilters,
    comparison: Comparison,
) -> list[Compared]:
    named = search_filters.fields_named(
        connection, collections, comparison.field, filters.family_id, filters.version_id
    )
    if not named:
        raise UnknownFieldError(field=comparison.field)
    clear = all(may_see_pii(caller, each) for each in collections)
    if not clear and any(spec.pii for spec in named.values()):
        # Whoever may ask whether a value is above another finds it out by asking often.
        raise ForbiddenError(needed=Role.OPERATOR.value)
    kinds: dict[FieldType, list[UUID]] = {}
    for field_id, spec in named.items():
        kinds.setdefault(spec.type, []).append(field_id)
    found = []
    for kind, ids in kinds.items():
        number, value = _comparable(kind, comparison, named)
        found.append(Compared(ids, comparison.comparing, value, number))
    return found


def _comparable(
    kind: FieldType, comparison: Comparison, named: dict[UUID, FieldSpec]
) -> tuple[bool, str]:
    """Return whether the field is compared as a number, and the value as the database takes it."""
    how, text = comparison.comparing, comparison.value
    if how is Comparing.CONTAINS:
        plain = "".join(text.split()).lower()
        escaped = plain.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return False, f"%{escaped}%"
    if kind is FieldType.CHECKBOX:
        return False, _ticked(comparison)
    try:
        value: Normalized = normalize(kind, text)
    except NotOfTypeError as error:
        raise InvalidInputError(field=comparison.field, reason="cannot be compared so") from error
    if how in _ORDERS and kind not in _NUMBERS | _ORDERED:
        raise InvalidInputError(field=comparison.field, reason="cannot be compared so")
    return kind in _NUMBERS, "".join(str(value).split()).lower()


def _ticked(comparison: Comparison) -> str:
    if comparison.comparing in _ORDERS or comparison.value.lower() not in ("true", "false"):
        raise InvalidInputError(field=comparison.field, reason="cannot be compared so")
    return comparison.value.lower()


def _next(day: date | None) -> date | None:
    return day + timedelta(days=1) if day and day != date.max else None


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    """Return when a day begins; None, which bounds nothing, before or after all that is counted."""
    try:
        return datetime.combine(day, time(), zone).astimezone(UTC) if day else None
    except OverflowError:
        return None
