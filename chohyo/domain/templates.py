"""Template families, their versions, pages and fields."""

from __future__ import annotations

from dataclasses import dataclass, field
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
class FieldSpec:
    """A named, typed region to read, on template page `page_no` (from 1) of a version.

    `name` is ASCII and unique in the version; `label` is the print that names the field, in its
    language; `label_box` is where that print stands. `fill_rate` is the share of copies in which
    the field was filled when it was proposed, or None when nobody measured.
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
    """One edition of a family, with its ordered pages and fields."""

    id: UUID
    family_id: UUID
    collection_id: UUID
    family_name: str
    label: str
    created_at: datetime
    pages: tuple[TemplatePage, ...] = ()
    fields: tuple[Field, ...] = field(default=())
