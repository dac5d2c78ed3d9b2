"""A version's fields as JSON Schema."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from chohyo.domain.geometry import Box
from chohyo.domain.schema import json_schema
from chohyo.domain.templates import Field, FieldSpec, FieldType, TableCell, TemplateVersion


def version(*specs: FieldSpec) -> TemplateVersion:
    ids = uuid4(), uuid4(), uuid4()
    fields = tuple(Field(uuid4(), ids[0], uuid4(), spec) for spec in specs)
    return TemplateVersion(*ids, "請求書", "1", datetime.now(UTC), fields=fields)


def cell(row: int, column: str, label: str, kind: FieldType) -> FieldSpec:
    box = Box(0.1, 0.1 * row, 0.2, 0.1 * row + 0.05)
    place = TableCell("lines", column, row)
    return FieldSpec(f"lines_{row}_{column}", label, kind, 1, box, row, required=True, cell=place)


def test_the_cells_of_a_table_become_an_array_of_objects():
    cells = [
        cell(row, column, label, kind)
        for row in (1, 2)
        for column, label, kind in (
            ("item", "品名", FieldType.TEXT),
            ("price", "単価", FieldType.AMOUNT),
        )
    ]
    total = FieldSpec("total", "合計", FieldType.AMOUNT, 1, Box(0, 0, 1, 1), 9, required=True)
    schema = json_schema(version(*cells, total))
    assert list(schema["properties"]) == ["lines", "total"]
    table = schema["properties"]["lines"]
    assert (table["type"], table["maxItems"]) == ("array", 2)
    columns = table["items"]["properties"]
    assert [(name, each["title"]) for name, each in columns.items()] == [
        ("item", "品名"), ("price", "単価"),
    ]  # fmt: skip
    assert columns["price"]["type"] == ["number", "null"]
    assert table["x-cells"][1]["price"] == {
        "x-name": "lines_2_price", "x-page": 1, "x-box": [0.1, 0.2, 0.2, 0.25],
    }  # fmt: skip
    assert schema["required"] == ["total"]


def test_fields_outside_tables_keep_their_own_properties():
    spec = FieldSpec("ssn", "SSN", FieldType.SSN, 1, Box(0, 0, 1, 1), 1, pii=True)
    described = json_schema(version(spec))["properties"]["ssn"]
    assert (described["x-type"], described["x-pii"]) == ("ssn", True)
