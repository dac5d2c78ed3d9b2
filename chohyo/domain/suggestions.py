"""What people corrected, and what several corrections that agree suggest about a field."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID, uuid5

from chohyo.domain.geometry import Box
from chohyo.domain.templates import Field, FieldSpec, FieldType

_NAMESPACE = UUID("0f4a7e4e-7f0b-5c1e-9d0a-6a1b3c5d7e90")


class SuggestionKind(StrEnum):
    """What a suggestion changes about a field."""

    TYPE = "type"
    BOX = "box"
    ALLOWED = "allowed"
    REQUIRED = "required"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Correction:
    """A value that a person looked at: what the machine had read there, and what they say.

    `found` is the place, on the template page, where what they typed was found when it was
    `looked` for around the field's box; None when it was not found.
    """

    value_id: UUID
    page_id: UUID
    document_id: UUID
    field_id: UUID
    was_raw: str
    was_empty: bool
    raw: str
    looked: bool = False
    found: Box | None = None

    @property
    def changed(self) -> bool:
        """Say whether the machine had been wrong."""
        return self.raw.strip() != self.was_raw.strip()

    @property
    def empty(self) -> bool:
        """Say whether nothing is written there."""
        return not self.raw.strip()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A change of a field that corrections speak for; nothing is changed until somebody accepts.

    Just one of `type`, `box` and `allowed` is set, by its kind; for `required` and `optional` none.
    `share` is how many of the field's corrections agree, in 0..1.
    """

    field: Field
    kind: SuggestionKind
    evidence: tuple[Correction, ...]
    share: float
    type: FieldType | None = None
    box: Box | None = None
    allowed: tuple[str, ...] = ()
    pii: bool = False

    @property
    def id(self) -> UUID:
        """Return its id: the same whenever the same change is suggested."""
        target = self.type.value if self.type else ""
        return uuid5(_NAMESPACE, f"{self.field.id} {self.kind.value} {target}")

    def applied(self) -> FieldSpec:
        """Return the field as it would be."""
        spec = self.field.spec
        if self.type is not None:
            return replace(spec, type=self.type, pii=spec.pii or self.pii)
        if self.box is not None:
            return replace(spec, box=self.box).placed()
        if self.allowed:
            return replace(spec, allowed=self.allowed)
        return replace(spec, required=self.kind is SuggestionKind.REQUIRED)
