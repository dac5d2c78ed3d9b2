"""Values with their evidence."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel

from api.v1.schemas.basics import Evidence, FindingOut, Input, Prose
from chohyo.domain.templates import FieldType
from chohyo.domain.values import Normalized, ValueSource, needs_review
from chohyo.services.values import FieldValue, InstanceView


class ValueOut(BaseModel):
    """A value as read and as typed. `box` is `[x0, y0, x1, y1]` in fractions of the page.

    `value` is null when the field is empty, or when `raw` breaks its type and `valid` is false.
    `confidence` is the probability that the value is right; `needs_review` says that a person
    should look at it.
    """

    id: UUID
    field_id: UUID
    label: str
    type: FieldType
    raw: str
    value: Normalized
    confidence: float
    valid: bool
    empty: bool
    needs_review: bool
    source: ValueSource
    page_id: UUID
    box: list[float]
    masked: bool
    evidence: Evidence

    @classmethod
    def of(cls, each: FieldValue) -> ValueOut:
        """Show a value."""
        value, reading, spec = each.value, each.value.reading, each.field.spec
        at = f"/v1/values/{value.id}"
        return cls(
            id=value.id,
            field_id=each.field.id,
            label=spec.label,
            type=spec.type,
            raw=reading.raw,
            value=reading.normalized,
            confidence=reading.confidence,
            valid=reading.valid,
            empty=reading.empty,
            needs_review=needs_review(reading),
            source=reading.source,
            page_id=value.page_id,
            box=reading.box.as_list(),
            masked=each.masked,
            evidence=Evidence(crop=f"{at}/crop", overlay=f"{at}/overlay"),
        )


class InstanceOut(BaseModel):
    """A filled form: its version, its pages, and its values by the name of the field."""

    instance_id: UUID
    document_id: UUID
    version_id: UUID
    version: str
    family_id: UUID
    family: str
    first_page_no: int
    page_ids: list[UUID]
    missing_pages: list[int]
    findings: list[FindingOut]
    values: dict[str, ValueOut]

    @classmethod
    def of(cls, view: InstanceView, locale: str) -> InstanceOut:
        """Show a form instance."""
        return cls(
            instance_id=view.instance.id,
            document_id=view.document.id,
            version_id=view.version.id,
            version=view.version.label,
            family_id=view.version.family_id,
            family=view.version.family_name,
            first_page_no=view.instance.first_page_no,
            page_ids=list(view.instance.page_ids),
            missing_pages=list(view.instance.missing_pages),
            findings=[FindingOut.of(each, locale) for each in view.instance.findings],
            values=values_by_name(view.values),
        )


class Correction(Input):
    """What a person read; text that breaks the field's type is kept and flagged."""

    text: Prose


def values_by_name(values: tuple[FieldValue, ...]) -> dict[str, ValueOut]:
    """Show values under the names of their fields, in the fields' order."""
    return {each.field.spec.name: ValueOut.of(each) for each in values}
