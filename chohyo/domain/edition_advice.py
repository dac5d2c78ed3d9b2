"""What a chat model says of two editions, each sentence with the print it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from chohyo.domain.geometry import Box


class Relation(StrEnum):
    """What two groups are to each other: one form, editions of one, or two forms."""

    SAME_FORM = "same_form"
    EDITION = "edition"
    OTHER_FORM = "other_form"


@dataclass(frozen=True, slots=True)
class CitedPrint:
    """A place on a template page of this form, of the other one, or of both."""

    page_no: int
    here: Box | None
    there: Box | None


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence, and the print it rests on."""

    text: str
    cited: tuple[CitedPrint, ...]


@dataclass(frozen=True, slots=True)
class EditionAdvice:
    """Advice on a proposal beside another one; nothing follows from it by itself.

    `relation` is None where the model named none that rests on print; `dropped` counts the claims
    that did not.
    """

    other_id: UUID
    relation: Relation | None
    statements: tuple[Statement, ...]
    model: str
    dropped: int
