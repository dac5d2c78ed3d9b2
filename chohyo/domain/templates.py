"""Template families, their versions, pages and fields."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from chohyo.domain.geometry import Box


class FieldType(StrEnum):
    """What kind of value a field holds."""

    TEXT = "text"
    INTEGER = "integer"
    AMOUNT = "amount"
    DATE = "date"
    TIME = "time"
    PHONE = "phone"
    POSTAL_CODE = "postal_code"
    ADDRESS = "address"
    PERSON_NAME = "person_name"
    KANA_NAME = "kana_name"
    COMPANY_NAME = "company_name"
    EMAIL = "email"
    CODE = "code"
    BANK_ACCOUNT = "bank_account"
    MY_NUMBER = "my_number"
    CORPORATE_NUMBER = "corporate_number"
    SSN = "ssn"
    EIN = "ein"
    PERCENT = "percent"
    CHECKBOX = "checkbox"
    CHOICE = "choice"
    IMAGE = "image"


@dataclass(frozen=True, slots=True)
class FieldOption:
    """One mark of a choice: the printed word and the place where it is circled or ticked."""

    value: str
    box: Box


@dataclass(frozen=True, slots=True)
class TableCell:
    """The place of a field in a table with repeating rows; names are ASCII, `row` counts from 1.

    The fields with one `table` are the cells of an array of objects, whose keys are the columns.
    """

    table: str
    column: str
    row: int


class FieldEvidence(StrEnum):
    """What spoke for a field: for its place, its label, its type."""

    FILLED = "filled"
    RULED = "ruled"
    UNDERLINED = "underlined"
    COMB = "comb"
    SQUARE = "square"
    CIRCLED = "circled"
    PRINTED_PARTS = "printed_parts"
    LABEL_BESIDE = "label_beside"
    LABEL_ABOVE = "label_above"
    LABEL_INSIDE = "label_inside"
    TYPE_FROM_LABEL = "type_from_label"
    TYPE_FROM_UNIT = "type_from_unit"
    TYPE_FROM_VALUES = "type_from_values"
    CARRIED = "carried"
    PLACED = "placed"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A named, typed region to read, on template page `page_no` (from 1) of a version.

    `name` is ASCII and unique in the version; `label` is the print that names the field, in its
    language; `label_box` is where that print stands. `fill_rate` is the share of copies in which
    the field was filled when it was proposed, or None when nobody measured. `cell` places it in a
    table; `parts` are the places, in order, of a value that print divides, such as a date written
    between 年, 月 and 日; `evidence` says what the proposal went by. `title_ja` and `title_en` are
    what a person calls it where the label, or its translation, would not do. `allowed` lists the
    only values that may be written there, where there are few.
    """

    name: str
    label: str
    type: FieldType
    page_no: int
    box: Box
    order: int
    section: str = ""
    label_box: Box | None = None
    pii: bool = False
    required: bool = False
    comb: int = 0
    options: tuple[FieldOption, ...] = ()
    fill_rate: float | None = None
    cell: TableCell | None = None
    parts: tuple[Box, ...] = ()
    evidence: tuple[FieldEvidence, ...] = ()
    title_ja: str = ""
    title_en: str = ""
    allowed: tuple[str, ...] = ()

    @property
    def choices(self) -> tuple[str, ...]:
        """Return the values there are: the options of a choice, or what is allowed; else none."""
        return tuple(option.value for option in self.options) or self.allowed

    @property
    def place_is_a_guess(self) -> bool:
        """Say whether only the machine has said where the field is, and nobody since."""
        told = {FieldEvidence.CARRIED, FieldEvidence.PLACED}
        return bool(self.evidence) and not told.intersection(self.evidence)

    def placed(self) -> FieldSpec:
        """Return the field as one whose place a person has said."""
        if FieldEvidence.PLACED in self.evidence:
            return self
        return replace(self, evidence=(*self.evidence, FieldEvidence.PLACED))


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a published version: its specification under an id."""

    id: UUID
    version_id: UUID
    template_page_id: UUID
    spec: FieldSpec


@dataclass(frozen=True, slots=True)
class TemplateFamily:
    """A whole form type, whatever its edition and page."""

    id: UUID
    collection_id: UUID
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TemplatePage:
    """One page of a version, with its blank form.

    `blank_blob` names the rebuilt blank form people see; `reference_blob` the grey image that
    matching registers onto (long side 1,000 px). Both show the same frame.
    """

    id: UUID
    version_id: UUID
    page_no: int
    width: int
    height: int
    blank_blob: str
    reference_blob: str


@dataclass(frozen=True, slots=True)
class TemplateVersion:
    """One edition of a family, with its ordered pages and fields.

    `replaced_by` is the version of the same print that pages are routed to instead.
    """

    id: UUID
    family_id: UUID
    collection_id: UUID
    family_name: str
    label: str
    created_at: datetime
    pages: tuple[TemplatePage, ...] = ()
    fields: tuple[Field, ...] = field(default=())
    replaced_by: UUID | None = None


def free_label(label: str, taken: set[str]) -> str:
    """Return the label, with a number behind it when the family has one of that name."""
    free, number = label, 2
    while free in taken:
        free, number = f"{label} ({number})", number + 1
    return free
