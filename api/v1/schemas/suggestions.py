"""What corrections suggest about the fields of a published version."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from api.v1.schemas.basics import Input
from chohyo.domain.suggestions import Correction, Suggestion, SuggestionKind
from chohyo.domain.templates import FieldType


class CorrectionOut(BaseModel):
    """A value that a person corrected: what the machine had read, and what they say."""

    value_id: UUID
    page_id: UUID
    was: str
    raw: str
    crop: str

    @classmethod
    def of(cls, each: Correction) -> CorrectionOut:
        """Show a correction."""
        return cls(
            value_id=each.value_id,
            page_id=each.page_id,
            was=each.was_raw,
            raw=each.raw,
            crop=f"/v1/values/{each.value_id}/crop",
        )


class SuggestionOut(BaseModel):
    """A change of a field that corrections speak for; `share` of them agree.

    By its kind one of `suggested_type`, `suggested_box` and `suggested_values` says to what.
    """

    id: UUID
    field_id: UUID
    name: str
    label: str
    kind: SuggestionKind
    type: FieldType
    suggested_type: FieldType | None
    suggested_box: list[float] | None
    suggested_values: list[str] | None
    share: float
    evidence: list[CorrectionOut]

    @classmethod
    def of(cls, each: Suggestion) -> SuggestionOut:
        """Show a suggestion."""
        spec = each.field.spec
        return cls(
            id=each.id,
            field_id=each.field.id,
            name=spec.name,
            label=spec.label,
            kind=each.kind,
            type=spec.type,
            suggested_type=each.type,
            suggested_box=each.box.as_list() if each.box else None,
            suggested_values=list(each.allowed) or None,
            share=each.share,
            evidence=[CorrectionOut.of(one) for one in each.evidence],
        )


class SuggestionsOut(BaseModel):
    """All that corrections suggest about a version's fields, in the fields' order."""

    items: list[SuggestionOut]


class Acceptance(Input):
    """Which suggestions are accepted, together."""

    suggestion_ids: Annotated[list[UUID], Field(min_length=1, max_length=200)]


class AcceptedOut(BaseModel):
    """The version that was published in the place of the old one."""

    version_id: UUID
