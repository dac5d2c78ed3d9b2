"""Field specifications, both ways."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from api.v1.schemas.basics import Input, Label, Line
from chohyo.domain.geometry import Box
from chohyo.domain.templates import (
    FieldEvidence,
    FieldOption,
    FieldSpec,
    FieldType,
    TableCell,
)


def _upright(box: list[float]) -> list[float]:
    if not (box[0] < box[2] and box[1] < box[3]):
        raise PydanticCustomError("empty_box", "a box needs x0 < x1 and y0 < y1")
    return box


Fraction = Annotated[float, Field(ge=0, le=1)]
BoxModel = Annotated[
    list[Fraction],
    Field(min_length=4, max_length=4, description="`[x0, y0, x1, y1]` in fractions of the page"),
    AfterValidator(_upright),
]
# What is stored was checked when it came in; a place of print may touch the page's edge.
ShownBox = Annotated[
    list[float],
    BeforeValidator(lambda box: box.as_list() if isinstance(box, Box) else box),
    Field(description="`[x0, y0, x1, y1]` in fractions of the page"),
]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=80)]


class OptionModel(Input):
    """One mark of a choice: the printed word and the place where it is circled or ticked."""

    value: Line
    box: BoxModel


class CellModel(Input):
    """A field's place in a table with repeating rows; the row counts from 1."""

    table: Name
    column: Name
    row: Annotated[int, Field(ge=1, le=1000)]


class FieldModel(Input):
    """A named, typed region to read on template page `page_no`, which counts from 1."""

    name: Name
    label: Label
    type: FieldType
    page_no: Annotated[int, Field(ge=1)]
    box: BoxModel
    order: Annotated[int, Field(ge=0)]
    section: Label = ""
    label_box: BoxModel | None = None
    pii: bool = False
    required: bool = False
    comb: Annotated[int, Field(ge=0, le=100)] = 0
    options: Annotated[list[OptionModel], Field(default_factory=list, max_length=100)]
    fill_rate: Fraction | None = None
    cell: CellModel | None = None
    parts: Annotated[list[BoxModel], Field(default_factory=list, max_length=20)]
    evidence: Annotated[list[FieldEvidence], Field(default_factory=list, max_length=20)]
    allowed: Annotated[list[Line], Field(default_factory=list, max_length=100)]
    title_ja: Label = ""
    title_en: Label = ""

    @classmethod
    def of(cls, spec: FieldSpec) -> FieldModel:
        """Show a field's specification."""
        # What is stored was checked when it came in; a box of print may touch the page's edge.
        return cls.model_construct(
            name=spec.name,
            label=spec.label,
            type=spec.type,
            page_no=spec.page_no,
            box=spec.box.as_list(),
            order=spec.order,
            section=spec.section,
            label_box=spec.label_box.as_list() if spec.label_box else None,
            pii=spec.pii,
            required=spec.required,
            comb=spec.comb,
            options=[
                OptionModel.model_construct(value=option.value, box=option.box.as_list())
                for option in spec.options
            ],
            fill_rate=spec.fill_rate,
            cell=_cell(spec.cell),
            parts=[part.as_list() for part in spec.parts],
            evidence=list(spec.evidence),
            allowed=list(spec.allowed),
            title_ja=spec.title_ja,
            title_en=spec.title_en,
        )

    def spec(self) -> FieldSpec:
        """Return the specification as the library has it."""
        return FieldSpec(
            name=self.name,
            label=self.label,
            type=self.type,
            page_no=self.page_no,
            box=_box(self.box),
            order=self.order,
            section=self.section,
            label_box=_box(self.label_box) if self.label_box else None,
            pii=self.pii,
            required=self.required,
            comb=self.comb,
            options=tuple(FieldOption(each.value, _box(each.box)) for each in self.options),
            fill_rate=self.fill_rate,
            cell=TableCell(self.cell.table, self.cell.column, self.cell.row) if self.cell else None,
            parts=tuple(_box(each) for each in self.parts),
            evidence=tuple(self.evidence),
            allowed=tuple(self.allowed),
            title_ja=self.title_ja,
            title_en=self.title_en,
        )


def _box(corners: list[float]) -> Box:
    x0, y0, x1, y1 = corners
    return Box(x0, y0, x1, y1)


def _cell(place: TableCell | None) -> CellModel | None:
    if place is None:
        return None
    return CellModel.model_construct(table=place.table, column=place.column, row=place.row)
