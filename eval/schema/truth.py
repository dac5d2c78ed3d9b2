"""The true fields of a template, in the frame of its blank form."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from chohyo.domain.geometry import Box, Transform
from chohyo.domain.values import Normalized
from chohyo.errors import InvalidInputError

# Coarse kinds, the only ones the corpora tell apart.
_KINDS = {"text": "text", "check": "check", "radio": "choice", "circle": "choice"}
_Quad = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field on one page of a corpus, as its label row has it; places are fractions of the page.

    `kind` is `text`, `check`, `choice` or `image`; `semantic` the type where our own forms give it,
    else "", and `normalized` its value there; `parts` are the cells of a value that print divides.
    """

    name: str
    label: str
    kind: str
    semantic: str
    quad: _Quad
    parts: tuple[Box, ...]
    value: str
    normalized: Normalized


@dataclass(frozen=True, slots=True)
class PageRow:
    """What a corpus says about one page beside its layout."""

    lang: str
    ink: str
    fields: tuple[FieldRow, ...]


@dataclass(frozen=True, slots=True)
class TrueField:
    """A field of a template; `box` and `parts` are fractions of the blank form."""

    name: str
    label: str
    kind: str
    semantic: str
    box: Box
    parts: tuple[Box, ...]


def read_rows(folder: Path) -> dict[str, PageRow]:
    """Return the rows of a corpus with their fields, by file.

    Raises:
        InvalidInputError: a row lacks what a field needs.
    """
    rows = {}
    for number, line in enumerate((folder / "labels.jsonl").read_text("utf-8").splitlines(), 1):
        try:
            row: Mapping[str, Any] = json.loads(line)
            fields = tuple(_field(field) for field in row["fields"])
            rows[str(row["file"])] = PageRow(str(row["lang"]), str(row["ink"]), fields)
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidInputError(
                field="labels.jsonl", reason=f"line {number} has fields that make no sense"
            ) from error
    return rows


def true_fields(pages: Sequence[tuple[PageRow, Transform]]) -> list[TrueField]:
    """Return the fields of a template from copies of it, each with its way onto the blank form.

    A field's place is the median over the copies: none of them lies perfectly.
    """
    places: defaultdict[int, list[Box]] = defaultdict(list)
    parts: defaultdict[int, list[list[Box]]] = defaultdict(list)
    for row, laid in pages:
        for number, field in enumerate(row.fields):
            places[number].append(_upright([laid.point(x, y) for x, y in field.quad]))
            parts[number].append([laid.box(part) for part in field.parts])
    first = pages[0][0]
    return [
        TrueField(
            field.name, field.label, field.kind, field.semantic,
            _median(places[number]),
            tuple(_median(same) for same in zip(*parts[number], strict=True)),
        )
        for number, field in enumerate(first.fields)
    ]  # fmt: skip


def _field(field: Mapping[str, Any]) -> FieldRow:
    semantic = str(field.get("semantic_type", ""))
    return FieldRow(
        name=str(field["name"]),
        label=str(field["label"]),
        # Boxes to tick of which one is an answer, and seals, are recorded as marks like any others.
        kind=semantic if semantic in {"choice", "image"} else _KINDS[str(field["type"])],
        semantic=semantic,
        quad=tuple((float(x), float(y)) for x, y in field["quad"]),
        parts=tuple(Box(*part["bbox"]) for part in field.get("parts", ())),
        value=str(field["value"]),
        normalized=field.get("normalized"),
    )


def _upright(quad: Sequence[tuple[float, float]]) -> Box:
    """Return the box whose sides run through the middles of a quad's sides, clockwise given."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad
    return Box((ax + dx) / 2, (ay + by) / 2, (bx + cx) / 2, (cy + dy) / 2)


def _median(boxes: Sequence[Box]) -> Box:
    x0, y0, x1, y1 = np.median([box.as_list() for box in boxes], axis=0).tolist()
    return Box(x0, y0, x1, y1)
