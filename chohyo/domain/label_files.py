"""Read pages as files of labelling tools: Label Studio, and Azure Document Intelligence.

Label Studio: a labelling configuration and tasks with predictions, in per cent of the page
(labelstud.io/guide/task_format). Azure: `fields.json` and a `labels.json` for each document, in its
schema of 2021-03-01, with polygons in fractions of the page; its `ocr.json` is Azure's own to make.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chohyo.domain.schema import tables_of
from chohyo.domain.templates import FieldSpec, FieldType
from chohyo.domain.values import Reading

_AZURE = "https://schema.cognitiveservices.azure.com/formrecognizer/2021-03-01"
_AZURE_TYPES = {
    FieldType.INTEGER: "integer",
    FieldType.AMOUNT: "number",
    FieldType.PERCENT: "number",
    FieldType.DATE: "date",
    FieldType.TIME: "time",
    FieldType.CHECKBOX: "selectionMark",
    FieldType.IMAGE: "signature",
}
# XML 1.0 has no place for these, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """A page with what was read on it; `image` is its file's name in the bundle."""

    page_id: UUID
    image: str
    width: int
    height: int
    readings: tuple[tuple[FieldSpec, Reading], ...]


def label_studio_config(specs: Sequence[FieldSpec]) -> str:
    """Return the labelling configuration: a rectangle for each field, with its text."""
    view = ET.Element("View")
    ET.SubElement(view, "Image", name="image", value="$image", zoom="true")
    labels = ET.SubElement(view, "RectangleLabels", name="field", toName="image")
    for spec in specs:
        ET.SubElement(labels, "Label", value=spec.name, hint=_NOT_XML.sub("", spec.label))
    ET.SubElement(
        view, "TextArea", name="text", toName="image", perRegion="true", editable="true",
        displayMode="region-list", rows="1",
    )  # fmt: skip
    ET.indent(view)
    return ET.tostring(view, encoding="unicode") + "\n"


def label_studio_tasks(pages: Sequence[LabelledPage], folder: str) -> list[dict[str, object]]:
    """Return a task for each page; its image is below `folder` of Label Studio's local files."""
    return [
        {
            "data": {
                "image": f"/data/local-files/?d={folder}/{page.image}",
                "page_id": str(page.page_id),
            },
            "predictions": [
                {
                    "model_version": "chohyo",
                    "result": [
                        result for spec, reading in page.readings
                        for result in _studio_results(page, spec, reading)
                    ],
                }
            ],
        }
        for page in pages
    ]  # fmt: skip


def _studio_results(
    page: LabelledPage, spec: FieldSpec, reading: Reading
) -> list[dict[str, object]]:
    box = reading.box
    place = {
        "x": 100 * box.x0, "y": 100 * box.y0, "width": 100 * box.width,
        "height": 100 * box.height, "rotation": 0,
    }  # fmt: skip
    common = {
        "id": spec.name, "to_name": "image", "original_width": page.width,
        "original_height": page.height, "image_rotation": 0, "score": reading.confidence,
    }  # fmt: skip
    kind = {"from_name": "field", "type": "rectanglelabels"}
    results = [{**common, **kind, "value": {**place, "rectanglelabels": [spec.name]}}]
    if not reading.empty and reading.raw:
        written = {"from_name": "text", "type": "textarea"}
        results.append({**common, **written, "value": {**place, "text": [reading.raw]}})
    return results


def azure_fields(specs: Sequence[FieldSpec]) -> dict[str, object]:
    """Return `fields.json`: the fields, a table as an array of objects that are defined apart."""
    tables = tables_of(specs)
    fields: list[dict[str, object]] = []
    for spec in specs:
        table = next((name for name, cells in tables.items() if spec in cells), None)
        if table is None:
            fields.append(_azure_field(spec.name, spec.type))
        elif not any(each["fieldKey"] == table for each in fields):
            array = {"fieldKey": table, "fieldType": "array", "itemType": f"{table}_object"}
            fields.append({**array, "fieldFormat": "not-specified", "fields": None})
    return {
        "$schema": f"{_AZURE}/fields.json",
        "fields": fields,
        "definitions": {
            f"{name}_object": _definition(name, table) for name, table in tables.items()
        },
    }


def _definition(name: str, table: Sequence[FieldSpec]) -> dict[str, object]:
    columns: dict[str, FieldType] = {}
    for spec in table:
        if spec.cell is not None:
            columns.setdefault(spec.cell.column, spec.type)
    return {
        "fieldKey": f"{name}_object",
        "fieldType": "object",
        "fieldFormat": "not-specified",
        "itemType": None,
        "fields": [_azure_field(column, kind) for column, kind in columns.items()],
    }


def _azure_field(key: str, kind: FieldType) -> dict[str, object]:
    return {
        "fieldKey": key,
        "fieldType": _AZURE_TYPES.get(kind, "string"),
        "fieldFormat": "not-specified",
        "itemType": None,
        "fields": None,
    }


def azure_labels(page: LabelledPage, specs: Sequence[FieldSpec]) -> dict[str, object]:
    """Return the `labels.json` of a page; a table's cells are `table/row/column`, rows from 0."""
    keys = {spec.name: spec.name for spec in specs}
    for table, cells in tables_of(specs).items():
        keys |= {s.name: f"{table}/{s.cell.row - 1}/{s.cell.column}" for s in cells if s.cell}
    return {
        "$schema": f"{_AZURE}/labels.json",
        "document": page.image.rsplit("/", 1)[-1],
        "labels": [
            {
                "label": keys[spec.name],
                "value": [{"page": 1, "text": reading.raw, "boundingBoxes": [_polygon(reading)]}],
                "labelType": "region",
            }
            for spec, reading in page.readings
            if not reading.empty
        ],
    }


def _polygon(reading: Reading) -> list[float]:
    """Return the corners, clockwise from the top left, on the page."""
    x0, y0, x1, y1 = (min(1.0, max(0.0, corner)) for corner in reading.box.as_list())
    return [x0, y0, x1, y0, x1, y1, x0, y1]
