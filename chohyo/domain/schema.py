"""A version's fields as JSON Schema."""

from __future__ import annotations

from collections.abc import Sequence

from chohyo.domain.templates import FieldSpec, FieldType, TemplateVersion

# A JSON object whose values JSON can hold.
JsonSchema = dict[str, object]

_TYPES: dict[FieldType, dict[str, object]] = {
    FieldType.INTEGER: {"type": ["integer", "null"]},
    FieldType.AMOUNT: {"type": ["number", "null"]},
    FieldType.PERCENT: {"type": ["number", "null"]},
    FieldType.DATE: {"type": ["string", "null"], "format": "date"},
    FieldType.TIME: {"type": ["string", "null"], "format": "time"},
    FieldType.EMAIL: {"type": ["string", "null"], "format": "email"},
    FieldType.CHECKBOX: {"type": "boolean"},
}


def json_schema(version: TemplateVersion) -> JsonSchema:
    """Return the version's schema (JSON Schema 2020-12).

    The cells of a table become an array of objects, in the order of its rows. `x-` keys carry what
    a value's place on the page needs: page number (from 1), box (fractions of the page), field
    type, PII flag and section.
    """
    specs = [field.spec for field in version.fields]
    properties: dict[str, object] = {}
    for spec in specs:
        if spec.cell is None:
            properties[spec.name] = _property(spec)
        elif spec.cell.table not in properties:
            properties[spec.cell.table] = _array(
                [s for s in specs if s.cell and s.cell.table == spec.cell.table]
            )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:uuid:{version.id}",
        "title": version.family_name,
        "x-version": version.label,
        "type": "object",
        "properties": properties,
        "required": [spec.name for spec in specs if spec.required and spec.cell is None],
        "additionalProperties": False,
    }


def _array(cells: Sequence[FieldSpec]) -> JsonSchema:
    """Describe a table; `x-cells` names the field and the place of each column, row by row."""
    columns: dict[str, JsonSchema] = {}
    rows: dict[int, dict[str, object]] = {}
    for spec in cells:
        assert spec.cell is not None
        described = _property(spec)
        place = {"x-page": described.pop("x-page"), "x-box": described.pop("x-box")}
        columns.setdefault(spec.cell.column, described)
        rows.setdefault(spec.cell.row, {})[spec.cell.column] = {"x-name": spec.name, **place}
    return {
        "type": "array",
        "maxItems": len(rows),
        "items": {"type": "object", "properties": columns, "additionalProperties": False},
        "x-cells": [rows[number] for number in sorted(rows)],
    }


def _property(spec: FieldSpec) -> JsonSchema:
    described: JsonSchema = {
        "title": spec.label,
        **_TYPES.get(spec.type, {"type": ["string", "null"]}),
        "x-type": spec.type.value,
        "x-page": spec.page_no,
        "x-box": spec.box.as_list(),
        "x-pii": spec.pii,
    }
    if spec.section:
        described["x-section"] = spec.section
    if spec.options:
        described["enum"] = [*(option.value for option in spec.options), None]
    return described
