"""The Pydantic model of a form: it takes what is exported, and runs nothing else."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from typing import Any

import jsonschema_rs
import pydantic
import pytest
from form_schemas import FIELDS, HOSTILE, NAME, SEX, cell, form, written

from chohyo.discovery.titles import titles_of_labels
from chohyo.domain.geometry import Box
from chohyo.domain.records import record_of
from chohyo.domain.schema_source import pydantic_source
from chohyo.domain.templates import FieldSpec, FieldType
from chohyo.domain.values import Normalized, Reading, ValueSource

PLACE = Box(0, 0, 1, 1)
GOOD: dict[FieldType, Normalized] = {
    FieldType.INTEGER: 3, FieldType.AMOUNT: -12.5, FieldType.PERCENT: 8,
    FieldType.DATE: "2024-05-01",
    FieldType.TIME: "09:30", FieldType.CHECKBOX: True, FieldType.IMAGE: None,
}  # fmt: skip


def source(*specs: FieldSpec, name: str = "Invoice") -> str:
    return pydantic_source(form(*specs), titles_of_labels(s.label for s in specs), name)


def model(*specs: FieldSpec, name: str = "Invoice") -> Any:
    namespace: dict[str, Any] = {"__name__": "model_under_test"}
    code = compile(source(*specs, name=name), "model.py", "exec", dont_inherit=True)
    exec(code, namespace)
    found = [v for k, v in namespace.items() if isinstance(v, type) and not k.startswith("_")]
    return found[-1]


def reading(
    value: Normalized, raw: str = "x", *, empty: bool = False, valid: bool = True
) -> Reading:
    return Reading(raw, value, 0.9, empty, valid, PLACE, ValueSource.OCR)


def one(kind: FieldType) -> FieldSpec:
    return FieldSpec(f"a_{kind.value}", kind.value, kind, 1, PLACE, 0)


def test_a_record_of_every_type_fits_the_schema_and_the_model() -> None:
    specs = [one(kind) for kind in FieldType]
    read = {s.name: reading(GOOD.get(s.type, "文字")) for s in specs}
    record = record_of(specs, read)
    assert record.invalid == ()
    jsonschema_rs.validator_for(written(*specs)).validate(record.values)
    taken = model(*specs).model_validate_json(json.dumps(record.values))
    assert json.loads(taken.model_dump_json()) == record.values
    assert record.values["a_image"] is True


def test_tables_become_lists_of_rows_without_those_that_are_empty() -> None:
    read = {
        "holder_name": reading("山田花子"), "lines_1_item": reading("ねじ"),
        "lines_1_price": reading(120), "lines_2_price": reading(None, "", empty=True),
        "lines_4_item": reading("釘"),
    }  # fmt: skip
    record = record_of(FIELDS, read)
    assert record.values["lines"] == [{"item": "ねじ", "price": 120}, {"item": "釘", "price": None}]
    jsonschema_rs.validator_for(written(*FIELDS)).validate(record.values)
    taken = model(*FIELDS).model_validate(record.values)
    assert (taken.lines[0].price, taken.sex, taken.born) == (120, None, None)


def test_a_value_that_breaks_its_type_is_null_named_and_kept_raw() -> None:
    amount = one(FieldType.AMOUNT)
    record = record_of(
        [amount, SEX],
        {"a_amount": reading(None, "十二万", valid=False), "sex": reading("男, 女", "男, 女")},
    )
    assert record.values == {"a_amount": None, "sex": None}
    assert record.invalid == ("a_amount", "sex")
    assert record.raw == {"a_amount": "十二万", "sex": "男, 女"}


def test_masked_values_are_nowhere_in_a_record() -> None:
    record = record_of([NAME], {"holder_name": reading("•••", "•••")}, masked={"holder_name"})
    assert (record.values, record.raw, record.masked) == (
        {"holder_name": None}, {}, ("holder_name",),
    )  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["class", "import", "int", "str", "list", "copy", "json", "schema", "model_config", "match",
     "model_validate", "pydantic", "none", "field", HOSTILE, "x = 1\n    y", "名前", "_private",
     ""],
)  # fmt: skip
def test_no_name_label_or_option_gets_into_the_code(name: str) -> None:
    specs = [
        replace(SEX, name=name, label=HOSTILE, title_ja=HOSTILE, section=HOSTILE),
        one(FieldType.INTEGER), one(FieldType.TEXT),
        replace(cell(1, "item", HOSTILE, FieldType.TEXT), name="a"),
    ]  # fmt: skip
    tree = ast.parse(source(*specs, name=name))
    assert {type(node) for node in tree.body} <= {
        ast.Expr, ast.Import, ast.ImportFrom, ast.ClassDef,
    }  # fmt: skip
    called = {ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    assert called <= {
        "_pydantic.Field", "_pydantic.ConfigDict", "_pydantic.StringConstraints",
    }  # fmt: skip
    values = {name: HOSTILE, "a_integer": 1, "a_text": "2", "lines": []}
    taken = model(*specs, name=name).model_validate(values)
    assert taken.model_dump(by_alias=True) == values


def test_the_model_refuses_what_the_schema_refuses() -> None:
    for wrong in ({"born": "yesterday"}, {"stranger": 1}, {"sex": "x"}):
        with pytest.raises(pydantic.ValidationError):
            model(*FIELDS).model_validate({"holder_name": "x", "lines": [], **wrong})
