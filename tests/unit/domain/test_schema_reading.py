"""A schema file is read whole, or refused with all that is wrong."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest
from form_schemas import BORN, FIELDS, NAME, SEX, form, written
from hypothesis import given
from hypothesis import strategies as st

from chohyo.domain.geometry import Box
from chohyo.domain.templates import FieldSpec, FieldType
from chohyo.errors import SchemaRefusedError
from chohyo.services.schema_reading import read_schema
from chohyo.services.schemas import schema_of

PAGES = (1, 2)
WORDS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=40)


def read(schema: object) -> tuple[FieldSpec, ...]:
    return read_schema(json.dumps(schema).encode(), PAGES).fields


def mistakes(schema: object) -> set[tuple[str, str]]:
    data = schema if isinstance(schema, bytes) else json.dumps(schema).encode()
    with pytest.raises(SchemaRefusedError) as caught:
        read_schema(data, PAGES)
    return {(str(m.params["field"]), str(m.params["reason"])) for m in caught.value.mistakes}


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return the schema of all fields with one value set; None takes the key away."""
    schema: Any = copy.deepcopy(written(*FIELDS))
    steps = [int(step) if step.isdecimal() else step for step in path.split("/")]
    place = schema
    for step in steps[:-1]:
        place = place[step]
    if value is None:
        del place[steps[-1]]
    else:
        place[steps[-1]] = value
    return schema


def test_a_file_that_was_written_is_read_back_field_by_field() -> None:
    assert read(written(*FIELDS)) == FIELDS
    whole = read_schema(json.dumps(written(*FIELDS)).encode(), PAGES)
    assert (whole.name, whole.version_label) == ("請求書", "2024")


def test_the_only_values_of_a_text_are_written_and_read_back() -> None:
    listed = replace(NAME, type=FieldType.TEXT, cell=None, allowed=("営業部", "総務部"))
    schema = written(listed)
    assert schema["properties"][listed.name]["enum"] == ["営業部", "総務部", None]
    (again,) = read(schema)
    assert again.allowed == listed.allowed
    for wrong in ([], ["a"], ["a", 1, None], "ab"):
        schema["properties"][listed.name]["enum"] = wrong
        assert mistakes(schema)


@given(
    label=WORDS, section=WORDS, title_ja=WORDS, title_en=WORDS,
    kind=st.sampled_from([k for k in FieldType if k is not FieldType.CHOICE]),
    corners=st.lists(st.floats(0, 1), min_size=4, max_size=4, unique=True),
    pii=st.booleans(), required=st.booleans(), comb=st.integers(0, 100),
    rate=st.none() | st.floats(0, 1),
)  # fmt: skip
def test_writing_reading_and_writing_gives_the_same(
    label: str, section: str, title_ja: str, title_en: str, kind: FieldType, corners: list[float],
    pii: bool, required: bool, comb: int, rate: float | None,
) -> None:  # fmt: skip
    x0, x1, y0, y1 = *sorted(corners[:2]), *sorted(corners[2:])
    spec = FieldSpec(
        "field_1", label, kind, 1, Box(x0, y0, x1, y1), 0, section, None, pii, required, comb,
        fill_rate=rate, title_ja=title_ja, title_en=title_en,
    )  # fmt: skip
    once = json.dumps(schema_of(form(spec)))
    (again,) = read_schema(once.encode(), PAGES).fields
    assert json.dumps(schema_of(form(again))) == once


@pytest.mark.parametrize(
    ("path", "value", "place", "reason"),
    [
        ("color", "red", "/color", "is not known"),
        ("properties/born/x-color", 1, "/properties/born/x-color", "is not known"),
        ("properties/born/x-box/2", 1.5, "/properties/born/x-box/2", "lies off the page"),
        ("properties/born/x-box", [0.4, 0.1, 0.1, 0.2], "/properties/born/x-box",
         "must have its place on the page"),
        ("properties/born/x-box", [0.4, 0.1, 0.1], "/properties/born/x-box/3", "is missing"),
        ("properties/born/x-page", 3, "/properties/born/x-page", "lies on no page of this form"),
        ("properties/born/x-page", True, "/properties/born/x-page", "is of the wrong type"),
        ("properties/born/x-type", "poem", "/properties/born/x-type",
         "is none of the allowed values"),
        ("properties/born/x-type", None, "/properties/born/x-type", "is missing"),
        ("properties/born/type", "integer", "/properties/born/type", "does not go with the type"),
        ("properties/sex/enum", ["男", None], "/properties/sex/enum",
         "does not go with the options"),
        ("properties/born/x-order", -1, "/properties/born/x-order", "is out of range"),
        ("properties/born/title", "x" * 501, "/properties/born/title", "is too long"),
        ("properties/Born Day", {"x-type": "date", "x-page": 1, "x-box": [0, 0, 0.1, 0.1]},
         "/properties/Born Day",
         "must be lower-case letters, digits and underscores, with a letter first"),
        ("required", ["nobody"], "/required/0", "names no field"),
        ("$schema", "http://json-schema.org/draft-07/schema#", "/$schema",
         "is none of the allowed values"),
        ("properties/lines/maxItems", 9, "/properties/lines/maxItems", "is not the number of rows"),
        ("properties/lines/x-cells/0/item/x-name", "born",
         "/properties/lines/x-cells/0/item/x-name", "is used twice"),
        ("properties/lines/x-cells/0/cost", {"x-name": "a", "x-page": 1, "x-box": [0, 0, 0.1, 0.1]},
         "/properties/lines/x-cells/0/cost", "is no column"),
        ("properties/lines/items/properties/tax", {"x-type": "amount"},
         "/properties/lines/items/properties/tax", "has no cell"),
        ("properties/lines/x-cells", [], "/properties/lines/x-cells", "must not be empty"),
        ("properties/sex/x-box", [0.1, 0.1, 0.4, 0.15], "/properties/sex/x-box",
         "overlaps another field"),
        ("properties/a~1b", 1, "/properties/a~01b", "is of the wrong type"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_its_json_pointer(
    path: str, value: Any, place: str, reason: str
) -> None:
    assert (place, reason) in mistakes(changed(path, value))


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    schema = changed("properties/born/x-page", 7)
    schema["properties"]["sex"]["x-page"] = 8
    schema["required"] = ["nobody"]
    assert {place for place, _ in mistakes(schema)} == {
        "/properties/born/x-page", "/properties/sex/x-page", "/required/0",
    }  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"properties": {"a": {"title": "\\ud800"}}}',
     b'{"properties": {"a": {"x-box": [NaN, 0, 1, 1]}}}', b"1" * 100_000],
)  # fmt: skip
def test_a_file_that_is_none_is_refused(data: bytes) -> None:
    assert mistakes(data)


def test_a_key_that_stands_there_twice_is_refused() -> None:
    whole = json.dumps(written(NAME))
    held = json.dumps(written(NAME)["properties"]["holder_name"])
    twice = whole.replace('"holder_name": {', f'"holder_name": {held}, "holder_name": {{', 1)
    assert ("/properties/holder_name", "is used twice") in mistakes(twice.encode())


def test_fields_that_overlapped_before_may_stay() -> None:
    over = replace(SEX, box=BORN.box)
    data = json.dumps(written(BORN, over)).encode()
    with pytest.raises(SchemaRefusedError):
        read_schema(data, PAGES)
    assert read_schema(data, PAGES, known=(BORN, over)).fields == (BORN, over)


def test_a_file_written_by_hand_needs_only_type_page_and_box() -> None:
    least = {"x-type": "amount", "x-page": 1, "x-box": [0, 0, 0.5, 0.1]}
    (spec,) = read({"properties": {"total": least}})
    assert spec == FieldSpec("total", "", FieldType.AMOUNT, 1, Box(0, 0, 0.5, 0.1), 0)
