"""Read a date by its parts: what is written in each of its blanks, whatever is printed between.

A line with the print between its blanks reads as a whole date, and says the era; but where a value
leaves its blank, or the print is worn, parts are read as print or run together. What is written is
told apart by the blank it stands in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.templates import FieldSpec
from chohyo.extraction.ink import Ink
from chohyo.extraction.lines import text_lines
from chohyo.extraction.masks import grown
from chohyo.extraction.strokes import Window
from chohyo.models.ocr import RecognizedText

Image = NDArray[np.uint8]

_DARK = 0.3
_UNITS = "年月日"
_PART = re.compile(r"\d{1,4}")
_ERA = re.compile(r"明治|大正|昭和|平成|令和")
# A line that says of each part what it is, though one may be left out.
_ORDERLY = re.compile(r"\D*(元|\d{0,4})年(\d{0,2}月)?\d{0,2}日?\W*")


def part_images(
    field: FieldSpec, fill: Ink, window: Window, shape: tuple[int, int]
) -> tuple[Image | None, ...]:
    """Return what is written in each blank of a date, as one line, or None where nothing is.

    Args:
        field: a date whose parts are blanks in one row, from the left: year, month and day.
        fill: the date's ink in the window.
        window: where that is on the page.
        shape: height and width of the page in pixels.

    Returns an empty tuple when there are no such parts, or a blank has several lines.
    """
    if not _are_in_a_row(field):
        return ()
    blanks = [Window.of(part, shape) for part in field.parts]
    spans = [(blank.left - window.left, blank.right - window.left) for blank in blanks]
    _, labels, stats, _ = cv2.connectedComponentsWithStats(
        grown(fill > _DARK, 1).astype(np.uint8), connectivity=8
    )
    middle = stats[:, cv2.CC_STAT_LEFT] + stats[:, cv2.CC_STAT_WIDTH] / 2.0
    owner = np.array([_nearest(x, spans) for x in middle])
    owner[0] = -1
    images: list[Image | None] = []
    for number in range(len(spans)):
        own = np.where(owner[labels] == number, fill, 0.0).astype(np.float32)
        lines = text_lines(own, own, own)
        if len(lines) > 1:
            return ()
        images.append(lines[0] if lines else None)
    return tuple(images)


def _are_in_a_row(field: FieldSpec) -> bool:
    parts = field.parts
    if not 2 <= len(parts) <= len(_UNITS):
        return False
    beside = all(a.x1 <= b.x0 + 0.25 * b.width for a, b in pairwise(parts))
    return beside and max(p.y0 for p in parts) < min(p.y1 for p in parts)


def _nearest(x: float, spans: Sequence[tuple[int, int]]) -> int:
    away = [max(left - x, x - right, 0.0) for left, right in spans]
    return int(np.argmin(away))


def date_of(blanks: Sequence[RecognizedText], whole: str) -> RecognizedText | None:
    """Return the date that the texts of its blanks make, with the era that the whole line says.

    None when that line is in order, though it is no whole date, when a blank holds anything but a
    number, or when the form has other units between its blanks.
    """
    texts = [blank.text.strip() for blank in blanks]
    written = [text for text in texts if text]
    if not written or not set(_UNITS[: len(blanks)]) & set(whole):
        return None
    if not all(_PART.fullmatch(text) for text in written):
        return None
    if _ORDERLY.fullmatch(whole) and re.findall(r"\d+", whole) != written:
        return None
    era = _ERA.search(whole)
    sure = sum(blank.confidence for blank in blanks if blank.text) / len(written)
    pieces = [era.group() if era else ""]
    odds = [sure] * len(pieces[0])
    for blank, text, unit in zip(blanks, texts, _UNITS, strict=False):
        if text:
            pieces.append(text + unit)
            odds += [*blank.char_confidences[: len(text)], sure]
    return RecognizedText("".join(pieces), sure, tuple(odds))
