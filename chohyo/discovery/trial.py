"""Try proposed fields on the copies they were proposed from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.field_types import typed_by_values
from chohyo.domain.geometry import Transform
from chohyo.domain.templates import FieldSpec
from chohyo.domain.values import Reading
from chohyo.extraction.reading import RegionRecognizer, read_fields

# Copies read for each template page: enough to tell a broken type, and a few seconds.
TRIED = 3


@dataclass(frozen=True, slots=True)
class Copy:
    """A filled copy of a template page: its image, and the transform onto the blank form."""

    image: NDArray[np.uint8]
    transform: Transform


def try_fields(
    copies: Sequence[Copy],
    blank_image: NDArray[np.uint8],
    fields: Sequence[FieldSpec],
    recognizer: RegionRecognizer,
) -> dict[str, list[Reading]]:
    """Read the fields of one template page on a few copies; readings by the field's name."""
    found: defaultdict[str, list[Reading]] = defaultdict(list)
    for copy in copies[:TRIED]:
        read = read_fields(copy.image, copy.transform, blank_image, fields, recognizer)
        for spec, reading in zip(fields, read, strict=True):
            found[spec.name].append(reading)
    return dict(found)


def retyped(
    fields: Sequence[FieldSpec], readings: Mapping[str, Sequence[Reading]]
) -> list[FieldSpec]:
    """Return the fields with the types that their values show, where labels left them open.

    The cells of one column of a table have one type, so that their values count together.
    """
    values: defaultdict[object, list[str]] = defaultdict(list)
    for spec in fields:
        values[_column(spec)] += [reading.raw for reading in readings.get(spec.name, ())]
    return [typed_by_values(spec, values[_column(spec)]) for spec in fields]


def _column(spec: FieldSpec) -> object:
    """Return what the fields of one column share, for other fields their name."""
    return (spec.cell.table, spec.cell.column, spec.type) if spec.cell else spec.name
