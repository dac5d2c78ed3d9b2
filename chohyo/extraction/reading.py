"""Read the values of a page's fields: only their regions, not the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Box, Transform
from chohyo.domain.templates import FieldSpec, FieldType
from chohyo.domain.values import Reading, ValueSource
from chohyo.extraction.ink import Ink
from chohyo.extraction.lines import comb_line, text_lines
from chohyo.extraction.marks import marked_options, tick_ink
from chohyo.extraction.normalize import NotOfTypeError, fold, normalize
from chohyo.extraction.registered import RegisteredPage, lay_onto
from chohyo.models.ocr import RecognizedText, prepare_crop

Image = NDArray[np.uint8]

_DARK = 0.3
# Ink below this is dirt: in pixels of a form whose long side is 2,200; a full stop has about 12.
_LEAST_INK = 24
_LEAST_EXTENT = 7
_FULL_LINE = Box(0.0, 0.0, 1.0, 1.0)
_TICK = 0.06
# Types whose parts may be separated by print of the form, which is then read along.
_READ_WITH_PRINT = {FieldType.DATE, FieldType.TIME}
_NO_SPACES = {
    FieldType.INTEGER, FieldType.AMOUNT, FieldType.DATE, FieldType.PHONE, FieldType.POSTAL_CODE,
    FieldType.EMAIL, FieldType.CODE, FieldType.PERCENT, FieldType.TIME,
}  # fmt: skip


class RegionRecognizer(Protocol):
    """A model that reads crops of one line each."""

    def read_regions(self, images: Sequence[Image]) -> list[RecognizedText]:
        """Read the crops, in their order."""


@dataclass(frozen=True, slots=True)
class _Writing:
    """The images of one field's lines; none when the field is empty."""

    images: tuple[Image, ...]
    ink: int


def read_fields(
    page_image: Image,
    transform: Transform,
    blank_image: Image,
    fields: Sequence[FieldSpec],
    recognizer: RegionRecognizer,
) -> list[Reading]:
    """Read fields of one template page from a page image; one reading a field, in their order.

    Args:
        page_image: the upright page, grey or colour.
        transform: leads from the page to the template page.
        blank_image: the template page's blank form.
        fields: fields of that template page.
        recognizer: reads the crops of all fields in one batch.
    """
    page = lay_onto(page_image, transform, blank_image)
    writings = [_writing(page, field) for field in fields]
    crops = [image for writing in writings for image in writing.images]
    texts = iter(recognizer.read_regions([prepare_crop(c, _FULL_LINE) for c in crops]))
    readings = []
    for field, writing in zip(fields, writings, strict=True):
        lines = [next(texts) for _ in writing.images]
        readings.append(_reading(page, field, writing, lines))
    return readings


def _writing(page: RegisteredPage, field: FieldSpec) -> _Writing:
    """Cut the lines to recognise; ticked, circled and drawn fields need none."""
    fill, shown = _cut(page.fill, field.box), _cut(page.text, field.box)
    ink = _amount_of_ink(fill, max(page.size))
    if not ink or field.type in {FieldType.CHECKBOX, FieldType.CHOICE, FieldType.IMAGE}:
        return _Writing((), ink)
    if field.comb:
        line = comb_line(fill, field.comb)
        return _Writing((line,) if line is not None else (), ink)
    with_print = field.type in _READ_WITH_PRINT
    return _Writing(tuple(text_lines(fill, shown if with_print else fill)), ink)


def _cut(ink: Ink, box: Box) -> Ink:
    height, width = ink.shape
    rows = slice(max(0, round(box.y0 * height)), max(1, round(box.y1 * height)))
    return ink[rows, max(0, round(box.x0 * width)) : max(1, round(box.x1 * width))]


def _amount_of_ink(fill: Ink, long_side: int) -> int:
    """Return the number of inked pixels, 0 when it is too little to be writing."""
    dark = fill > _DARK
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    if not len(rows):
        return 0
    scale = long_side / 2200
    extent = max(rows[-1] - rows[0], columns[-1] - columns[0]) + 1
    ink = int(dark.sum())
    return ink if ink >= _LEAST_INK * scale**2 and extent >= _LEAST_EXTENT * scale else 0


def _reading(
    page: RegisteredPage, field: FieldSpec, writing: _Writing, lines: Sequence[RecognizedText]
) -> Reading:
    box = page.on_page(field.box)
    if field.type is FieldType.CHECKBOX:
        return _checkbox(page, field, box)
    if field.type is FieldType.CHOICE:
        return _choice(page, field, box)
    if not writing.ink:
        return Reading("", None, _emptiness(page, field), True, True, box, ValueSource.INK)
    if field.type is FieldType.IMAGE:
        return Reading("", None, 1.0, False, True, box, ValueSource.INK)
    return _text(field, lines, box)


def _text(field: FieldSpec, lines: Sequence[RecognizedText], box: Box) -> Reading:
    raw = _joined(field, lines)
    value, valid = None, False
    if raw:
        try:
            value, valid = normalize(field.type, raw), True
        except NotOfTypeError:
            valid = False
    return Reading(raw, value, _confidence(lines), False, valid, box, ValueSource.OCR)


def _joined(field: FieldSpec, lines: Sequence[RecognizedText]) -> str:
    texts = [fold(line.text) for line in lines if line.text.strip()]
    latin = all(text.isascii() for text in texts)
    joined = (" " if latin else "").join(texts)
    return joined.replace(" ", "") if field.comb or field.type in _NO_SPACES else joined


def _confidence(lines: Sequence[RecognizedText]) -> float:
    """Return the confidence of the weakest line: a value is right when all of it is."""
    return min((line.confidence for line in lines), default=0.0)


def _emptiness(page: RegisteredPage, field: FieldSpec) -> float:
    """Return how sure it is that a field without writing is empty: the less ink, the surer."""
    dark = int((_cut(page.fill, field.box) > _DARK).sum())
    return max(0.5, 1.0 - 0.5 * dark / _LEAST_INK)


def _checkbox(page: RegisteredPage, field: FieldSpec, box: Box) -> Reading:
    ink = tick_ink(_cut(page.fill, field.box))
    ticked = ink > _TICK
    confidence = min(1.0, 0.5 + abs(ink - _TICK) / _TICK / 2)
    raw = "✓" if ticked else ""
    return Reading(raw, ticked, confidence, not ticked, True, box, ValueSource.INK)


def _choice(page: RegisteredPage, field: FieldSpec, box: Box) -> Reading:
    marked, confidence = marked_options(page.fill, field.options)
    raw = ", ".join(marked)
    return Reading(raw, raw or None, confidence, not raw, True, box, ValueSource.INK)
