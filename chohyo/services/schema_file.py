"""The shape of a schema file: the JSON Schema that `chohyo.domain.schema` writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    ValidationError,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from chohyo.domain.schema import TitleSource
from chohyo.domain.templates import FieldEvidence, FieldType
from chohyo.errors import SchemaMistakeError, SchemaRefusedError

Corners = tuple[float, float, float, float]


def _upright(box: Corners) -> Corners:
    if not (box[0] < box[2] and box[1] < box[3]):
        raise PydanticCustomError("empty_box", "a box needs x0 < x1 and y0 < y1")
    return box


Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
BoxIn = Annotated[tuple[Fraction, Fraction, Fraction, Fraction], AfterValidator(_upright)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=80)]
# PostgreSQL keeps no NUL in a text.
Words = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")]
_TAGS = {"field", "table"}


class _Part(BaseModel):
    """A JSON object of the file: unknown keys are refused; ours begin with `x-`."""

    model_config = ConfigDict(
        extra="forbid", strict=True, alias_generator=lambda name: "x-" + name.replace("_", "-")
    )


class TitlesIn(_Part):
    """What a field is called in each language."""

    ja: Words = Field("", alias="ja")
    en: Words = Field("", alias="en")


class SourcesIn(_Part):
    """Where the titles come from."""

    ja: TitleSource = Field(TitleSource.PRINTED, alias="ja")
    en: TitleSource = Field(TitleSource.PRINTED, alias="en")


class OptionIn(_Part):
    """A mark of a choice."""

    value: Words
    box: BoxIn


class ColumnIn(_Part):
    """What the cells of a column have in common."""

    label: Words = Field("", alias="title")
    titles: TitlesIn | None = None
    title_sources: SourcesIn = SourcesIn()
    json_type: Any = Field(None, alias="type")
    format: Any = Field(None, alias="format")
    pattern: Any = Field(None, alias="pattern")
    enum: Any = Field(None, alias="enum")
    kind: FieldType = Field(alias="x-type")
    pii: bool = False
    section: Words = ""
    comb: Annotated[int, Field(ge=0, le=100)] = 0
    evidence: Annotated[tuple[FieldEvidence, ...], Field(max_length=20)] = ()


class _Placed(_Part):
    page: Annotated[int, Field(ge=1, le=100_000)]
    box: BoxIn
    order: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    label_box: BoxIn | None = None
    options: Annotated[tuple[OptionIn, ...], Field(max_length=100)] = ()
    parts: Annotated[tuple[BoxIn, ...], Field(max_length=20)] = ()
    fill_rate: Fraction | None = None


class FieldIn(ColumnIn, _Placed):
    """A field that stands for itself."""


class CellIn(_Placed):
    """A cell of a table: its field, and what it has otherwise than its column."""

    name: Name
    required: bool = False
    label: Words | None = Field(None, alias="title")
    titles: TitlesIn | None = None
    title_sources: SourcesIn | None = None
    json_type: Any = Field(None, alias="type")
    format: Any = Field(None, alias="format")
    pattern: Any = Field(None, alias="pattern")
    enum: Any = Field(None, alias="enum")
    kind: FieldType | None = Field(None, alias="x-type")
    pii: bool | None = None
    section: Words | None = None
    comb: Annotated[int, Field(ge=0, le=100)] | None = None
    evidence: Annotated[tuple[FieldEvidence, ...], Field(max_length=20)] | None = None


class RowIn(_Part):
    """What a row of a table is: an object with the columns as keys."""

    json_type: Literal["object"] = Field("object", alias="type")
    properties: dict[Name, ColumnIn] = Field(alias="properties")
    additional: Literal[False] = Field(False, alias="additionalProperties")


class TableIn(_Part):
    """A table with repeating rows."""

    json_type: Literal["array"] = Field(alias="type")
    most: int | None = Field(None, alias="maxItems")
    items: RowIn = Field(alias="items")
    cells: Annotated[list[dict[Name, CellIn]], Field(min_length=1, max_length=1000)]


class PageIn(_Part):
    """A template page, as it was when the file was written."""

    page: int
    width: int
    height: int


def _tag(value: Any) -> str:
    table = isinstance(value, dict) and ("x-cells" in value or value.get("type") == "array")
    return "table" if table or isinstance(value, TableIn) else "field"


PropertyIn = Annotated[
    Annotated[FieldIn, Tag("field")] | Annotated[TableIn, Tag("table")], Discriminator(_tag)
]


class SchemaIn(_Part):
    """A whole schema file."""

    dialect: Literal["https://json-schema.org/draft/2020-12/schema"] = Field(
        "https://json-schema.org/draft/2020-12/schema", alias="$schema"
    )
    id: Words = Field("", alias="$id")
    name: Words = Field("", alias="title")
    version: Words = ""
    pages: list[PageIn] = []
    json_type: Literal["object"] = Field("object", alias="type")
    properties: Annotated[dict[Name, PropertyIn], Field(max_length=1000, alias="properties")]
    required: list[str] = Field([], alias="required")
    additional: Literal[False] = Field(False, alias="additionalProperties")


# What is wrong, by pydantic's word for it.
_MISTAKES: dict[str, SchemaMistakeError] = {
    "missing": SchemaMistakeError(field="", reason="is missing", other=""),
    "extra_forbidden": SchemaMistakeError(field="", reason="is not known", other=""),
    "enum": SchemaMistakeError(field="", reason="is none of the allowed values", other=""),
    "literal_error": SchemaMistakeError(field="", reason="is none of the allowed values", other=""),
    "string_too_long": SchemaMistakeError(field="", reason="is too long", other=""),
    "too_long": SchemaMistakeError(field="", reason="is too long", other=""),
    "too_short": SchemaMistakeError(field="", reason="must not be empty", other=""),
    "json_invalid": SchemaMistakeError(field="", reason="is not valid JSON", other=""),
    "empty_box": SchemaMistakeError(
        field="", reason="must have its place on the page", other=""
    ),
    "string_pattern_mismatch": SchemaMistakeError(
        field="",
        reason="must be lower-case letters, digits and underscores, with a letter first",
        other="",
    ),
}  # fmt: skip
_OFF_PAGE = SchemaMistakeError(field="", reason="lies off the page", other="")
_OUT_OF_RANGE = SchemaMistakeError(field="", reason="is out of range", other="")
_WRONG_TYPE = SchemaMistakeError(field="", reason="is of the wrong type", other="")
_RANGES = {"greater_than_equal", "less_than_equal", "finite_number"}
_BOXES = ("x-box", "x-label-box", "x-parts")


def parse(data: bytes) -> SchemaIn:
    """Return a schema file's parts.

    Raises:
        SchemaRefusedError: with all that is wrong with its shape, by JSON pointer.
    """
    try:
        parsed = SchemaIn.model_validate_json(data)
    except ValidationError as error:
        raise SchemaRefusedError.of([_mistake(each) for each in error.errors()]) from error
    repeated = [
        SchemaMistakeError(field=pointer, reason="is used twice", other="")
        for pointer in repeated_keys(data)
    ]
    if repeated:
        raise SchemaRefusedError.of(repeated)
    return parsed


def pointer(*steps: str | int) -> str:
    """Return the JSON pointer (RFC 6901) of a place in the file."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def repeated_keys(data: bytes) -> list[str]:
    """Return the JSON pointers of keys that stand in one object twice: readers keep the last."""
    return list(_repeated(json.loads(data, object_pairs_hook=_Object), ()))


class _Object:
    """An object with all its pairs."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        self.pairs = pairs


def _repeated(value: Any, path: tuple[str | int, ...]) -> Iterator[str]:
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from _repeated(each, (*path, number))
    if isinstance(value, _Object):
        seen: set[str] = set()
        for key, each in value.pairs:
            if key in seen:
                yield pointer(*path, key)
            seen.add(key)
            yield from _repeated(each, (*path, key))


def _mistake(error: ErrorDetails) -> SchemaMistakeError:
    place = list(error["loc"])
    if len(place) > 2 and place[0] == "properties" and place[2] in _TAGS:
        del place[2]
    if place and place[-1] == "[key]":
        del place[-1]
    kind = _MISTAKES.get(error["type"], _WRONG_TYPE)
    if error["type"] in _RANGES:
        kind = _OFF_PAGE if any(step in _BOXES for step in place) else _OUT_OF_RANGE
    return SchemaMistakeError(**{**kind.params, "field": pointer(*place) or "#"})
