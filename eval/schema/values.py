"""Judge the values that proposed fields give: normalised as they should be, or not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from chohyo.domain.templates import FieldSpec, FieldType
from chohyo.domain.values import Normalized, Reading
from chohyo.extraction.typed import typed
from eval.schema.matching import Matching
from eval.schema.truth import PageRow

_GROUPED = {FieldType.PHONE, FieldType.POSTAL_CODE}


def normalized_right(
    matchings: Sequence[Matching],
    copies: Sequence[PageRow],
    readings: Mapping[str, Sequence[Reading]],
) -> tuple[int, int]:
    """Return how many written values of matched fields come out normalised, and of how many.

    Values are those of the copies that the schema was tried on, in their order; where the truth has
    none that is normalised there is nothing to judge. Spaces within text do not count.
    """
    pairs = {true.name: place.field for each in matchings for place, true in each.pairs}
    right = total = 0
    for number, copy in enumerate(copies):
        for row in copy.fields:
            spec = pairs.get(row.name)
            if spec is None or row.kind != "text" or not row.value or row.normalized is None:
                continue
            read = readings.get(spec.name, ())
            if number < len(read):
                total += 1
                right += _bare(spec, _value(spec, read[number])) == _bare(spec, row.normalized)
    return right, total


def _value(spec: FieldSpec, reading: Reading) -> Normalized:
    return typed(spec, reading.raw, misread=True)[0] if reading.raw else None


def _bare(spec: FieldSpec, value: Normalized) -> Normalized:
    """Return a value as it is compared: of telephone and postal numbers how digits are grouped
    is a matter of taste."""
    if not isinstance(value, str):
        return value
    text = "".join(unicodedata.normalize("NFKC", value).split())
    return re.sub(r"\W", "", text) if spec.type in _GROUPED else text
