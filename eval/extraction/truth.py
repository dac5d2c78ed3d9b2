"""The truth about filled fields, from a corpus' `labels.jsonl`."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from chohyo.domain.geometry import Box
from chohyo.domain.templates import FieldType
from chohyo.errors import InvalidInputError
from eval.corpus import CorpusPage

Quad = tuple[tuple[float, float], ...]

MARKS = ("check", "radio", "circle")
# Spaces between letters of one width tell words apart; beside a full-width one they are layout.
_WIDE_SPACE = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")


@dataclass(frozen=True, slots=True)
class TrueField:
    """A field of a filled page: `kind` is text, check, radio or circle; "" is left empty.

    `box` and `quad` are where it lies on the page, `text_box` where its value is written.
    `semantic` and `normalized` are known for our own forms only.
    """

    name: str
    kind: str
    value: str
    box: Box
    quad: Quad
    text_box: Box | None
    semantic: FieldType | None
    normalized: object

    @property
    def is_mark(self) -> bool:
        """Say whether the field is ticked or circled rather than written into."""
        return self.kind in MARKS


@dataclass(frozen=True, slots=True)
class FilledPage:
    """A page of the corpus with its fields; `ink` says how it was filled."""

    page: CorpusPage
    ink: str
    fields: tuple[TrueField, ...]

    @property
    def printed(self) -> bool:
        """Say whether the values are in print; handwriting is reported apart."""
        return not self.ink.startswith("hand")

    @property
    def group(self) -> str:
        """Name the part of the report that the page belongs to."""
        if self.page.kind == "fax":
            return "fax"
        return "printed" if self.printed else "handwriting"


def read_truth(folder: Path, pages: Sequence[CorpusPage]) -> list[FilledPage]:
    """Return the given pages with the truth about their fields, in their order.

    Raises:
        InvalidInputError: a row lacks something.
    """
    rows = {}
    for line in (folder / "labels.jsonl").read_text("utf-8").splitlines():
        if line.strip():
            row = json.loads(line)
            rows[row["file"]] = row
    return [_page(page, rows[page.file]) for page in pages]


def comparable(text: str) -> str:
    """Return a value in one width, with single spaces between words of Latin letters only."""
    folded = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()
    return _WIDE_SPACE.sub("", folded)


def overlapped(field: TrueField, others: Sequence[TrueField]) -> bool:
    """Say whether the value of another field is written into this field's box."""
    return any(
        other.text_box is not None and other.text_box.intersection(field.box) > 0.1 * field.box.area
        for other in others
        if other is not field and other.value and not other.is_mark
    )


def _page(page: CorpusPage, row: Mapping[str, Any]) -> FilledPage:
    try:
        fields = [_field(each) for each in row["fields"]]
        return FilledPage(page, str(row["ink"]), tuple(_named_apart(fields)))
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInputError(
            field="labels.jsonl", reason=f"{page.file} lacks {error}"
        ) from error


def _field(row: Mapping[str, Any]) -> TrueField:
    quad = tuple((float(x), float(y)) for x, y in row["quad"])
    inside = row.get("text_bbox")
    semantic = row.get("semantic_type")
    return TrueField(
        name=str(row["name"]),
        kind=str(row["type"]),
        value=str(row["value"]),
        box=Box(*row["bbox"]),
        quad=quad,
        text_box=Box(*inside) if inside else None,
        semantic=FieldType(semantic) if semantic in set(FieldType) else None,
        normalized=row.get("normalized"),
    )


def _named_apart(fields: Sequence[TrueField]) -> list[TrueField]:
    """Give fields that share a name (the buttons of a radio group) names of their own."""
    seen: dict[str, int] = {}
    apart = []
    for field in fields:
        name = field.name
        seen[name] = seen.get(name, 0) + 1
        apart.append(replace(field, name=f"{name}#{seen[name]}") if seen[name] > 1 else field)
    return apart
