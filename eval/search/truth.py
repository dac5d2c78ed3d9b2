"""What stands on a page of a corpus, as its labels tell it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Box
from chohyo.errors import InvalidInputError
from chohyo.models.ocr import RecognizedText, TextLine
from chohyo.search.folding import fold, squeezed
from eval.search.noise import misread

# As a recogniser reads clean print: one character in fifty is wrong, missing or split.
READING_ERRORS = 0.02
_LEAST_VALUE = 4
_LEAST_LABEL = 4


@dataclass(frozen=True, slots=True)
class PageTruth:
    """The texts of a page from top to bottom, its values and its labels, all as printed."""

    lines: tuple[tuple[str, Box], ...]
    values: tuple[str, ...]
    labels: tuple[str, ...]

    @property
    def folded_values(self) -> set[str]:
        """Return the values as a search compares them."""
        return {squeezed(fold(value)) for value in self.values}


def read_truth(corpus: Path) -> dict[str, PageTruth]:
    """Return the truth of each page by its file.

    Raises:
        InvalidInputError: the labels lack something.
    """
    try:
        rows = [
            json.loads(line)
            for line in (corpus / "labels.jsonl").read_text("utf-8").splitlines()
            if line.strip()
        ]
        return {str(row["file"]): _truth(row["fields"], row.get("title") or "") for row in rows}
    except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise InvalidInputError(field="labels.jsonl", reason="is not acceptable") from error


class TruthReader:
    """Reads a page as its labels tell it, with the errors of a recogniser.

    `page` says which page is read next; it stands in for OCR, which takes seconds a page.
    """

    def __init__(self, truth: Mapping[str, PageTruth], seed: int) -> None:
        self._truth = truth
        self._seed = seed
        self.page = ""

    def read_page(self, image: NDArray[np.uint8]) -> list[TextLine]:
        """Return the lines of the page, some of them misread."""
        lot = Random(f"{self._seed} {self.page}")
        found = []
        for text, box in self._truth[self.page].lines:
            read = misread(text, READING_ERRORS, lot)
            corners = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
            found.append(TextLine(read, box, 0.9, corners))
        return found

    def read_regions(self, images: Sequence[NDArray[np.uint8]]) -> list[RecognizedText]:
        """Read nothing: values are not asked for."""
        return [RecognizedText("", 0.0, ())] * len(images)


def _truth(fields: Sequence[Mapping[str, Any]], title: str) -> PageTruth:
    lines: list[tuple[str, Box]] = [(title, Box(0.3, 0.02, 0.7, 0.05))] if title else []
    values, labels = [], []
    for each in fields:
        box = Box(*(min(1.0, max(0.0, float(side))) for side in each["bbox"]))
        label, value = str(each.get("label") or ""), str(each.get("value") or "")
        if label:
            lines.append((label, _left_of(box)))
            if sum(c.isalpha() for c in label) >= _LEAST_LABEL:
                labels.append(label)
        if value and each["type"] == "text":
            lines.append((value, box))
            if len(squeezed(fold(value))) >= _LEAST_VALUE:
                values.append(value)
    ordered = sorted(lines, key=lambda line: (round(line[1].y0, 2), line[1].x0))
    return PageTruth(tuple(ordered), tuple(values), tuple(dict.fromkeys(labels)))


def _left_of(box: Box) -> Box:
    return Box(max(0.0, box.x0 - 0.15), box.y0, max(0.01, box.x0), box.y1)
