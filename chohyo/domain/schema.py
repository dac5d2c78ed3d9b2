"""The fields of a form as JSON Schema (2020-12), with all that reading them takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from chohyo.domain.geometry import Box
from chohyo.domain.templates import FieldSpec, FieldType

# A JSON object whose values JSON can hold.
JsonSchema = dict[str, object]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
LANGUAGES = ("ja", "en")

_TEXT: JsonSchema = {"type": ["string", "null"]}
_TYPES: dict[FieldType, JsonSchema] = {
    FieldType.INTEGER: {"type": ["integer", "null"]},
    FieldType.AMOUNT: {"type": ["number", "null"]},
    FieldType.PERCENT: {"type": ["number", "null"]},
    FieldType.DATE: {"type": ["string", "null"], "format": "date"},
    FieldType.TIME: {"type": ["string", "null"], "pattern": "^[0-2][0-9]:[0-5][0-9]$"},
    FieldType.EMAIL: {"type": ["string", "null"], "format": "email"},
    FieldType.CHECKBOX: {"type": ["boolean", "null"]},
    FieldType.IMAGE: {"type": ["boolean", "null"]},
}


class TitleSource(StrEnum):
    """Where a field's title in a language comes from."""

    PRINTED = "printed"
    TRANSLATED = "translated"
    UNTRANSLATED = "untranslated"
    GIVEN = "given"


@dataclass(frozen=True, slots=True)
class Title:
    """What a field is called in a language; an untranslated one is the label as printed."""

    text: str
    source: TitleSource


@dataclass(frozen=True, slots=True)
class SchemaPage:
    """A template page a schema's boxes lie on; its size is that of the blank form, in pixels."""

    page_no: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class FormSchema:
    """What a schema is written from: a published version, or a proposal."""

    id: UUID
    name: str
    version_label: str
    pages: tuple[SchemaPage, ...]
    fields: tuple[FieldSpec, ...]


# By label, then by language.
Titles = Mapping[str, Mapping[str, Title]]


def json_schema(form: FormSchema, titles: Titles) -> JsonSchema:
    """Return a form's schema (JSON Schema 2020-12).

    The cells of a table become an array of objects, in the order of its rows. `x-` keys carry all
    else that a field is: type, page (from 1), box (fractions of the page), reading order, PII flag,
    options with their places. `titles` has the labels in both languages.
    """
    specs = sorted(form.fields, key=lambda spec: (spec.order, spec.name))
    tables = tables_of(specs)
    properties: JsonSchema = {}
    for spec in specs:
        name = next((name for name, cells in tables.items() if spec in cells), None)
        if name is None:
            properties[spec.name] = _property(spec, titles)
        elif name not in properties:
            properties[name] = _array(tables[name], titles)
    return {
        "$schema": DIALECT,
        "$id": f"urn:uuid:{form.id}",
        "title": form.name,
        "x-version": form.version_label,
        "x-pages": [
            {"x-page": page.page_no, "x-width": page.width, "x-height": page.height}
            for page in form.pages
        ],
        "type": "object",
        "properties": properties,
        "required": [s.name for s in specs if s.required and s.name in properties],
        "additionalProperties": False,
    }


def tables_of(specs: Sequence[FieldSpec]) -> dict[str, list[FieldSpec]]:
    """Return the cells of each table, by the name of its property.

    A second field at a cell's place is none of them; a table that a field is called like gets
    another name.
    """
    taken = {spec.name for spec in specs if spec.cell is None}
    names: dict[str, str] = {}
    tables: dict[str, list[FieldSpec]] = {}
    places = set()
    for spec in specs:
        if spec.cell is None or spec.cell in places:
            continue
        places.add(spec.cell)
        if spec.cell.table not in names:
            name = spec.cell.table
            while name in taken:
                name += "_rows"
            names[spec.cell.table] = name
            taken.add(name)
        tables.setdefault(names[spec.cell.table], []).append(spec)
    return tables


def value_type(kind: FieldType) -> JsonSchema:
    """Return the part of a schema that says what values of a type are in JSON."""
    return dict(_TYPES.get(kind, _TEXT))


def _array(cells: Sequence[FieldSpec], titles: Titles) -> JsonSchema:
    """Describe a table; `x-cells` has the field of each column, row by row.

    What a cell has otherwise than the column's first one stands with the cell.
    """
    columns: dict[str, JsonSchema] = {}
    rows: dict[int, JsonSchema] = {}
    for spec in cells:
        assert spec.cell is not None
        described = _property(spec, titles)
        column = columns.setdefault(
            spec.cell.column, {key: each for key, each in described.items() if key not in _PLACED}
        )
        own = {key: each for key, each in described.items() if column.get(key) != each}
        own |= {key: None for key in column if key not in described}
        rows.setdefault(spec.cell.row, {})[spec.cell.column] = {
            "x-name": spec.name, **own, **({"x-required": True} if spec.required else {}),
        }  # fmt: skip
    return {
        "type": "array",
        "maxItems": max(rows),
        "items": {"type": "object", "properties": columns, "additionalProperties": False},
        "x-cells": [rows.get(number, {}) for number in range(1, max(rows) + 1)],
    }


# What each cell has for itself.
_PLACED = ("x-page", "x-box", "x-order", "x-label-box", "x-parts", "x-options", "x-fill-rate")


def _property(spec: FieldSpec, titles: Titles) -> JsonSchema:
    told = titles_of(spec, titles)
    described: JsonSchema = {
        "title": spec.label,
        "x-titles": {language: title.text for language, title in told.items()},
        "x-title-sources": {language: title.source.value for language, title in told.items()},
        **value_type(spec.type),
        **_enumerated(spec),
        "x-type": spec.type.value,
        "x-page": spec.page_no,
        "x-box": _corners(spec.box),
        "x-order": spec.order,
        "x-pii": spec.pii,
    }
    return described | _rest(spec)


def titles_of(spec: FieldSpec, titles: Titles) -> dict[str, Title]:
    """Return what a field is called in each language: as given, else by its label."""
    given = {"ja": spec.title_ja, "en": spec.title_en}
    known = titles.get(spec.label, {})
    printed = Title(spec.label, TitleSource.UNTRANSLATED)
    return {
        language: Title(given[language], TitleSource.GIVEN)
        if given[language]
        else known.get(language, printed)
        for language in LANGUAGES
    }


def _enumerated(spec: FieldSpec) -> JsonSchema:
    return {"enum": [*spec.choices, None]} if spec.choices else {}


def _rest(spec: FieldSpec) -> JsonSchema:
    """Describe what not every field has."""
    rest: JsonSchema = {
        "x-section": spec.section,
        "x-label-box": _corners(spec.label_box) if spec.label_box else None,
        "x-comb": spec.comb,
        "x-options": [
            {"x-value": option.value, "x-box": _corners(option.box)} for option in spec.options
        ],
        "x-parts": [_corners(part) for part in spec.parts],
        "x-evidence": [each.value for each in spec.evidence],
    }
    rest = {key: value for key, value in rest.items() if value}
    # A rate of nought is a measurement too.
    return rest if spec.fill_rate is None else rest | {"x-fill-rate": spec.fill_rate}


def _corners(box: Box) -> list[float]:
    return [min(1.0, max(0.0, corner)) for corner in box.as_list()]
