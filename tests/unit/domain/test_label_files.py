"""Pages with what was read, for labelling tools."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from uuid import UUID

from form_schemas import FIELDS, HOSTILE, NAME

from chohyo.domain.geometry import Box
from chohyo.domain.label_files import (
    LabelledPage,
    azure_fields,
    azure_labels,
    label_studio_config,
    label_studio_tasks,
)
from chohyo.domain.values import Reading, ValueSource

BY_NAME = {spec.name: spec for spec in FIELDS}


def read(name: str, raw: str, box: Box) -> tuple:
    return BY_NAME[name], Reading(raw, raw, 0.75, not raw, True, box, ValueSource.OCR)


PAGE = LabelledPage(
    UUID(int=1), "images/p.png", 1000, 1400,
    (
        read("holder_name", "山田花子", Box(0.1, 0.2, 0.35, 0.25)),
        read("lines_4_item", "釘", Box(-0.01, 0.7, 0.3, 0.75)),
        read("sex", "", Box(0.5, 0.1, 0.6, 0.15)),
    ),
)  # fmt: skip


def test_label_studio_gets_a_label_for_each_field_whatever_it_is_called() -> None:
    view = ET.fromstring(label_studio_config([*FIELDS, replace(NAME, name="x", label=HOSTILE)]))
    labels = view.findall("./RectangleLabels/Label")
    assert [each.get("value") for each in labels] == [*BY_NAME, "x"]
    assert labels[0].get("hint") == "氏名"
    names = {each.get("name") for each in view.iter() if each.get("name")}
    assert {each.get("toName") for each in view.iter()} - {None} <= names


def test_label_studio_gets_rectangles_in_per_cent_with_the_text_in_them() -> None:
    (task,) = label_studio_tasks([PAGE], "chohyo")
    assert task["data"]["image"] == "/data/local-files/?d=chohyo/images/p.png"
    results = task["predictions"][0]["result"]
    box = {"x": 10.0, "y": 20.0, "width": 25.0, "height": 5.0, "rotation": 0}
    assert {k: round(v, 6) for k, v in results[0]["value"].items() if k in box} == box
    assert (results[0]["value"]["rectanglelabels"], results[0]["score"]) == (["holder_name"], 0.75)
    assert results[1]["value"]["text"] == ["山田花子"]
    assert results[0]["id"] == results[1]["id"]
    assert [each["type"] for each in results] == [
        "rectanglelabels", "textarea", "rectanglelabels", "textarea", "rectanglelabels",
    ]  # fmt: skip


def test_azure_gets_tables_as_arrays_of_objects_that_are_defined_apart() -> None:
    told = azure_fields(FIELDS)
    kinds = {each["fieldKey"]: each["fieldType"] for each in told["fields"]}
    assert kinds == {"holder_name": "string", "born": "date", "sex": "string", "lines": "array"}
    rows = next(each for each in told["fields"] if each["fieldKey"] == "lines")
    defined = told["definitions"][rows["itemType"]]
    assert [(each["fieldKey"], each["fieldType"]) for each in defined["fields"]] == [
        ("item", "string"), ("price", "number"),
    ]  # fmt: skip


def test_azure_gets_filled_fields_with_polygons_in_fractions_of_the_page() -> None:
    told = azure_labels(PAGE, FIELDS)
    assert told["document"] == "p.png"
    assert [each["label"] for each in told["labels"]] == ["holder_name", "lines/3/item"]
    first, row = (each["value"][0] for each in told["labels"])
    assert first == {
        "page": 1, "text": "山田花子",
        "boundingBoxes": [[0.1, 0.2, 0.35, 0.2, 0.35, 0.25, 0.1, 0.25]],
    }  # fmt: skip
    assert row["boundingBoxes"][0][0] == 0.0
