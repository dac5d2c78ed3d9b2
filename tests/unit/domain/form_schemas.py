"""A form with a table, options, parts and hostile words, for tests of schemas."""

from __future__ import annotations

from uuid import UUID

from chohyo.discovery.titles import titles_of_labels
from chohyo.domain.geometry import Box
from chohyo.domain.schema import FormSchema, JsonSchema, SchemaPage, json_schema
from chohyo.domain.templates import FieldEvidence, FieldOption, FieldSpec, FieldType, TableCell

HOSTILE = "\"\"\"'); __import__('os').system('x') #\n\\N{BULLET} {0} <b>&\u202e\x01"
ID = UUID("019aa0d4-6a2e-7c1d-9b0f-3f5b8e2f1c77")


def cell(row: int, column: str, label: str, kind: FieldType, **more: object) -> FieldSpec:
    x = {"item": 0.1, "price": 0.4}[column]
    box = Box(x, 0.3 + 0.1 * row, x + 0.2, 0.35 + 0.1 * row)
    place = TableCell("lines", column, row)
    name = f"lines_{row}_{column}"
    return FieldSpec(name, label, kind, 1, box, 10 * row + (column == "price"), cell=place, **more)


def form(*specs: FieldSpec) -> FormSchema:
    return FormSchema(
        ID, "請求書", "2024", (SchemaPage(1, 100, 140), SchemaPage(2, 100, 140)), specs
    )


def written(*specs: FieldSpec) -> JsonSchema:
    return json_schema(form(*specs), titles_of_labels(spec.label for spec in specs))


NAME = FieldSpec(
    "holder_name", "氏名", FieldType.PERSON_NAME, 1, Box(0.1, 0.1, 0.4, 0.15), 1,
    section="1. 申請者", label_box=Box(0.0, 0.1, 0.1, 0.15), pii=True, required=True, fill_rate=0.8,
    evidence=(FieldEvidence.RULED, FieldEvidence.LABEL_BESIDE),
)  # fmt: skip
BORN = FieldSpec(
    "born", "生年月日", FieldType.DATE, 2, Box(0.1, 0.1, 0.4, 0.15), 2, fill_rate=0.0, comb=8,
    parts=(Box(0.1, 0.1, 0.2, 0.15), Box(0.3, 0.1, 0.4, 0.15)), title_en="Day of birth",
)  # fmt: skip
SEX = FieldSpec(
    "sex", "性別", FieldType.CHOICE, 2, Box(0.5, 0.1, 0.6, 0.15), 3,
    options=(
        FieldOption("男", Box(0.5, 0.1, 0.54, 0.15)),
        FieldOption(HOSTILE, Box(0.55, 0.1, 0.6, 0.15)),
    ),
)  # fmt: skip
CELLS = (
    cell(1, "item", "品名", FieldType.TEXT, required=True),
    cell(1, "price", "単価", FieldType.AMOUNT, fill_rate=0.5),
    cell(2, "item", HOSTILE, FieldType.DATE, pii=True),
    cell(2, "price", "単価", FieldType.AMOUNT, section="2"),
    cell(4, "item", "品名", FieldType.TEXT),
)
FIELDS = (NAME, BORN, SEX, *CELLS)
