"""How fields read on a few pages, before anything is stored."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel

from api.v1.schemas.fields import BoxModel
from chohyo.domain.templates import FieldType
from chohyo.domain.values import Normalized
from chohyo.services.page_pictures import marked_address
from chohyo.services.trying import PageReading, Trial, TriedField


class PageReadingOut(BaseModel):
    """What a field reads on a page; all but the page is null where it does not lie on its form."""

    page_id: UUID
    raw: str | None
    value: Normalized
    empty: bool | None
    valid: bool | None
    confidence: float | None
    box: BoxModel | None
    crop: str | None

    @classmethod
    def of(cls, each: PageReading) -> PageReadingOut:
        """Show a reading."""
        reading = each.reading
        if reading is None:
            return cls(
                page_id=each.page.id, raw=None, value=None, empty=None, valid=None,
                confidence=None, box=None, crop=None,
            )  # fmt: skip
        return cls.model_construct(
            page_id=each.page.id,
            raw=reading.raw,
            value=reading.normalized,
            empty=reading.empty,
            valid=reading.valid,
            confidence=reading.confidence,
            box=reading.box.as_list(),
            crop="/v1" + marked_address(each.page.id, "crop", [reading.box]),
        )


class TriedFieldOut(BaseModel):
    """A field with what it reads, a page each."""

    name: str
    label: str
    type: FieldType
    pages: list[PageReadingOut]

    @classmethod
    def of(cls, tried: TriedField) -> TriedFieldOut:
        """Show a field."""
        return cls(
            name=tried.spec.name,
            label=tried.spec.label,
            type=tried.spec.type,
            pages=[PageReadingOut.of(each) for each in tried.pages],
        )


class TrialOut(BaseModel):
    """How fields read; pages not reached in time and fields beyond the 30th are counted."""

    fields: list[TriedFieldOut]
    pages_left: int
    fields_left: int

    @classmethod
    def of(cls, trial: Trial) -> TrialOut:
        """Show a trial."""
        return cls(
            fields=[TriedFieldOut.of(each) for each in trial.fields],
            pages_left=trial.left,
            fields_left=trial.fields_left,
        )
