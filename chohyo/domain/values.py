"""Values read from a page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from chohyo.domain.geometry import Box

# JSON-compatible normalised value: text, number, truth value, or nothing for "left empty".
Normalized = str | int | float | bool | None


class ValueSource(StrEnum):
    """Where a value came from."""

    OCR = "ocr"
    TEXT_LAYER = "text_layer"
    INK = "ink"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a field's region gave, before it is stored.

    `raw` is the text as read ("" when empty); `normalized` the typed value, None when empty or when
    the raw text breaks the type (then `valid` is False). `box` is the region on the page that was
    read. `confidence` in 0..1.
    """

    raw: str
    normalized: Normalized
    confidence: float
    empty: bool
    valid: bool
    box: Box
    source: ValueSource


# A value with a better chance than this of being right is not shown to anyone unasked.
SURE_ENOUGH = 0.8


def needs_review(reading: Reading) -> bool:
    """Say whether a person should look at a reading: it is unsure, or breaks its type."""
    if reading.source is ValueSource.PERSON:
        return False
    return not reading.valid or reading.confidence < SURE_ENOUGH


@dataclass(frozen=True, slots=True)
class Value:
    """A stored reading: of one field, in one form instance, on one page."""

    id: UUID
    collection_id: UUID
    instance_id: UUID
    page_id: UUID
    field_id: UUID
    reading: Reading
