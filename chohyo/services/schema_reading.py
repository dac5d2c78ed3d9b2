"""Read the fields of a form from a schema file, or say all that is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from chohyo.discovery.titles import titles_of_labels
from chohyo.domain.figures import overlap
from chohyo.domain.geometry import Box
from chohyo.domain.schema import LANGUAGES, TitleSource, value_type
from chohyo.domain.templates import FieldOption, FieldSpec, FieldType, TableCell
from chohyo.errors import SchemaMistakeError, SchemaRefusedError
from chohyo.services.schema_file import (
    CellIn,
    ColumnIn,
    Corners,
    FieldIn,
    SchemaIn,
    TableIn,
    parse,
    pointer,
)

_MOST_FIELDS = 1000
# What a cell may say otherwise than its column; None takes it away.
_OWN = ("label", "titles", "title_sources", "kind", "pii", "section", "comb", "evidence", "enum")
_LISTED = {FieldType.TEXT, FieldType.CODE}
_MOST_LISTED, _LONGEST_LISTED = 101, 200
_WITHOUT: dict[str, Any] = {"section": "", "comb": 0, "evidence": ()}


@dataclass(frozen=True, slots=True)
class ReadSchema:
    """What a schema file says: a form's name, its version, and its fields in reading order."""

    name: str
    version_label: str
    fields: tuple[FieldSpec, ...]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A field, and where in the file it and its name stand."""

    spec: FieldSpec
    at: tuple[str | int, ...]
    named_at: tuple[str | int, ...]


def read_schema(
    data: bytes, pages: Collection[int], known: Collection[FieldSpec] = ()
) -> ReadSchema:
    """Read a schema for a form that has these template pages.

    Titles that follow from the label are left to it. Fields that are `known` may overlap.

    Raises:
        SchemaRefusedError: with all that is wrong with it, by JSON pointer.
    """
    schema = parse(data)
    placed = list(_fields(schema))
    mistakes = [
        *_frame_mistakes(schema),
        *(each for one in placed for each in _field_mistakes(one, pages)),
        *_repeated_names(placed),
        *_overlaps(placed, set(known)),
    ]
    if mistakes:
        raise SchemaRefusedError.of(mistakes)
    specs = sorted((one.spec for one in placed), key=lambda spec: spec.order)
    return ReadSchema(schema.name.strip(), schema.version.strip(), tuple(specs))


def _fields(schema: SchemaIn) -> Iterator[_Placed]:
    number = 0
    for name, each in schema.properties.items():
        at = ("properties", name)
        if isinstance(each, FieldIn):
            spec = _spec(name, each, number, required=name in schema.required)
            yield _Placed(spec, at, at)
            number += 1
            continue
        for row, cells in enumerate(each.cells):
            for column, cell in cells.items():
                if column not in each.items.properties:
                    continue
                merged = _merged(each.items.properties[column], cell)
                place = TableCell(name, column, row + 1)
                spec = _spec(cell.name, merged, number, required=cell.required, cell=place)
                where = (*at, "x-cells", row, column)
                yield _Placed(spec, where, (*where, "x-name"))
                number += 1


def _merged(column: ColumnIn, cell: CellIn) -> FieldIn:
    """Return what a cell is: as its column, but for what it says itself."""
    own = {
        key: _WITHOUT.get(key, getattr(column, key)) if value is None else value
        for key in _OWN
        if key in cell.model_fields_set
        for value in [getattr(cell, key)]
    }
    common = {key: getattr(column, key) for key in _OWN}
    if "label" in own:
        common |= {"titles": None}
    common |= own
    placed = {
        key: getattr(cell, key)
        for key in ("page", "box", "order", "label_box", "options", "parts", "fill_rate")
    }
    return FieldIn.model_construct(**common, **placed)


def _spec(
    name: str, each: FieldIn, number: int, *, required: bool, cell: TableCell | None = None
) -> FieldSpec:
    given = _given_titles(each)
    return FieldSpec(
        name=name,
        label=each.label,
        type=each.kind,
        page_no=each.page,
        box=Box(*each.box),
        order=number if each.order is None else each.order,
        section=each.section,
        label_box=_box(each.label_box),
        pii=each.pii,
        required=required,
        comb=each.comb,
        options=tuple(FieldOption(option.value, Box(*option.box)) for option in each.options),
        fill_rate=each.fill_rate,
        cell=cell,
        parts=tuple(Box(*part) for part in each.parts),
        evidence=each.evidence,
        title_ja=given["ja"],
        title_en=given["en"],
        allowed=tuple(each.enum[:-1]) if not each.options and _is_list(each.enum) else (),
    )


def _box(corners: Corners | None) -> Box | None:
    return Box(*corners) if corners else None


def _given_titles(each: FieldIn) -> dict[str, str]:
    """Return the titles that do not follow from the label: a person gave them."""
    known = titles_of_labels([each.label])[each.label]
    given = dict.fromkeys(LANGUAGES, "")
    for language in LANGUAGES if each.titles else ():
        text = getattr(each.titles, language)
        is_given = getattr(each.title_sources, language) is TitleSource.GIVEN
        given[language] = text if is_given or text != known[language].text else ""
    return given


def _frame_mistakes(schema: SchemaIn) -> Iterator[SchemaMistakeError]:
    fields = {name for name, each in schema.properties.items() if isinstance(each, FieldIn)}
    for number, name in enumerate(schema.required):
        if name not in fields:
            yield SchemaMistakeError(
                field=pointer("required", number), reason="names no field", other=""
            )
    for name, each in schema.properties.items():
        if isinstance(each, TableIn):
            yield from _table_mistakes(("properties", name), each)
        else:
            yield from _value_mistakes(("properties", name), each)
    if sum(len(t.cells) if isinstance(t, TableIn) else 1 for t in schema.properties.values()) > (
        _MOST_FIELDS
    ):
        yield SchemaMistakeError(field=pointer("properties"), reason="is too long", other="")


def _table_mistakes(at: tuple[str | int, ...], table: TableIn) -> Iterator[SchemaMistakeError]:
    if table.most is not None and table.most != len(table.cells):
        yield SchemaMistakeError(
            field=pointer(*at, "maxItems"), reason="is not the number of rows", other=""
        )
    used = {column for row in table.cells for column in row}
    for column, each in table.items.properties.items():
        where = (*at, "items", "properties", column)
        yield from _value_mistakes(where, each)
        if column not in used:
            yield SchemaMistakeError(field=pointer(*where), reason="has no cell", other="")
    for number, row in enumerate(table.cells):
        for column, cell in row.items():
            where = (*at, "x-cells", number, column)
            if column not in table.items.properties:
                yield SchemaMistakeError(field=pointer(*where), reason="is no column", other="")
            else:
                yield from _value_mistakes(where, cell, table.items.properties[column])


def _value_mistakes(
    at: tuple[str | int, ...], each: ColumnIn | CellIn, column: ColumnIn | None = None
) -> Iterator[SchemaMistakeError]:
    """Yield where what JSON holds is said otherwise than `x-type` and `x-options` have it."""
    kind = each.kind or (column.kind if column else None)
    assert kind is not None
    said = {"type": each.json_type, "format": each.format, "pattern": each.pattern}
    for key, value in said.items():
        if value is not None and value != value_type(kind).get(key):
            yield SchemaMistakeError(
                field=pointer(*at, key), reason="does not go with the type", other=" (x-type)"
            )
    if not isinstance(each, FieldIn | CellIn):
        return  # the options are with the cells
    enum = column.enum if column and "enum" not in each.model_fields_set else each.enum
    listed = not each.options and kind in _LISTED and _is_list(enum)
    if enum is not None and not listed and enum != [*(o.value for o in each.options), None]:
        yield SchemaMistakeError(
            field=pointer(*at, "enum"), reason="does not go with the options",
            other=" (x-options)",
        )  # fmt: skip


def _is_list(enum: Any) -> bool:
    """Say whether the only values of a text are listed, with null for one that is empty."""
    if not isinstance(enum, list) or not 2 <= len(enum) <= _MOST_LISTED or enum[-1] is not None:
        return False
    return all(isinstance(text, str) and 0 < len(text) <= _LONGEST_LISTED for text in enum[:-1])


def _field_mistakes(one: _Placed, pages: Collection[int]) -> Iterator[SchemaMistakeError]:
    if one.spec.page_no not in pages:
        yield SchemaMistakeError(
            field=pointer(*one.at, "x-page"), reason="lies on no page of this form", other=""
        )


def _repeated_names(placed: Sequence[_Placed]) -> Iterator[SchemaMistakeError]:
    first: dict[str, _Placed] = {}
    for one in placed:
        before = first.setdefault(one.spec.name, one)
        if before is not one:
            yield SchemaMistakeError(
                field=pointer(*one.named_at), reason="is used twice",
                other=f" ({pointer(*before.named_at)})",
            )  # fmt: skip


def _overlaps(
    placed: Sequence[_Placed], known: Collection[FieldSpec]
) -> Iterator[SchemaMistakeError]:
    for number, one in enumerate(placed):
        for before in placed[:number]:
            news = not (one.spec in known and before.spec in known)
            if news and one.spec.page_no == before.spec.page_no and overlap(one.spec, before.spec):
                yield SchemaMistakeError(
                    field=pointer(*one.at, "x-box"), reason="overlaps another field",
                    other=f" ({pointer(*before.at, 'x-box')})",
                )  # fmt: skip
