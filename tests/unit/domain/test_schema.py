"""A form's fields as JSON Schema."""

from __future__ import annotations

from dataclasses import replace

import jsonschema_rs
from form_schemas import BORN, FIELDS, NAME, cell, written

from chohyo.domain.schema import DIALECT
from chohyo.domain.templates import FieldType


def test_the_cells_of_a_table_become_an_array_of_objects() -> None:
    cells = [
        cell(row, column, label, kind)
        for row in (1, 2)
        for column, label, kind in (
            ("item", "品名", FieldType.TEXT),
            ("price", "単価", FieldType.AMOUNT),
        )
    ]
    total = replace(NAME, name="total", order=99)
    schema = written(*cells, total)
    assert list(schema["properties"]) == ["lines", "total"]
    table = schema["properties"]["lines"]
    assert (table["type"], table["maxItems"]) == ("array", 2)
    columns = table["items"]["properties"]
    assert [(name, each["title"]) for name, each in columns.items()] == [
        ("item", "品名"), ("price", "単価"),
    ]  # fmt: skip
    assert columns["price"]["type"] == ["number", "null"]
    assert table["x-cells"][1]["price"] == {
        "x-name": "lines_2_price", "x-page": 1, "x-box": [0.4, 0.5, 0.6000000000000001, 0.55],
        "x-order": 21,
    }  # fmt: skip
    assert schema["required"] == ["total"]


def test_a_field_is_titled_in_both_languages_and_says_how() -> None:
    born = written(BORN)["properties"]["born"]
    assert born["x-titles"] == {"ja": "生年月日", "en": "Day of birth"}
    assert born["x-title-sources"] == {"ja": "printed", "en": "given"}
    plain = written(replace(BORN, title_en=""))["properties"]["born"]
    assert plain["x-titles"]["en"] == "Birth date"
    assert plain["x-title-sources"]["en"] == "translated"
    odd = written(replace(BORN, label="年末調整の摘記", title_en=""))["properties"]["born"]
    assert odd["x-titles"]["en"] == "年末調整の摘記"
    assert odd["x-title-sources"]["en"] == "untranslated"


def test_a_table_that_is_called_like_a_field_gets_a_key_of_its_own() -> None:
    lines = replace(NAME, name="lines")
    assert list(written(lines, cell(1, "item", "品名", FieldType.TEXT))["properties"]) == [
        "lines", "lines_rows",
    ]  # fmt: skip


def test_what_is_written_is_a_json_schema() -> None:
    schema = written(*FIELDS)
    assert schema["$schema"] == DIALECT
    assert jsonschema_rs.meta.is_valid(schema)
