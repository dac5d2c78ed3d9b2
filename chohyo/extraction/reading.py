"""Read the values of a page's fields: only their regions, not the page."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Box, Transform
from chohyo.domain.templates import FieldEvidence, FieldSpec, FieldType
from chohyo.domain.values import Normalized, Reading, ValueSource
from chohyo.errors import PageMisplacedError
from chohyo.extraction.alternatives import likeliest_of
from chohyo.extraction.arrangement import Arrangement
from chohyo.extraction.confidence import (
    Signs,
    check_signs,
    choice_signs,
    empty_signs,
    text_signs,
    unread_signs,
)
from chohyo.extraction.date_parts import date_of
from chohyo.extraction.marks import TICK, circled, over_print, stands_out, tick_shares, ticked
from chohyo.extraction.normalize import fold, with_era
from chohyo.extraction.registered import RegisteredPage, lay_onto
from chohyo.extraction.strokes import Strokes, Window
from chohyo.extraction.typed import STRICT, typed
from chohyo.extraction.walls import cells_of
from chohyo.extraction.writing import DIVIDED, NOT_READ, Writing, fuller, written_in
from chohyo.models.ocr import RecognizedText, prepare_crop

Image = NDArray[np.uint8]

_DARK = 0.3
_BROKEN = 3  # digits in a line of a number that goes on in the next
_FULL_LINE = Box(0.0, 0.0, 1.0, 1.0)
_NOTHING = RecognizedText("", 0.0, ())
_NO_SPACES = {
    FieldType.INTEGER, FieldType.AMOUNT, FieldType.PHONE, FieldType.POSTAL_CODE,
    FieldType.EMAIL, FieldType.CODE, FieldType.PERCENT, FieldType.TIME, FieldType.MY_NUMBER,
    FieldType.CORPORATE_NUMBER, FieldType.SSN, FieldType.EIN,
}  # fmt: skip


# Spaces that part nothing: those between the parts of a date, where print parts them already.
_BESIDE_PARTS = re.compile(r" (?=\D)|(?<=\D) ")


# Full-width stops and commas leave a space behind them, within numbers of several groups and dates.
_GROUPS = re.compile(r"(?<=\d), (?=\d{3}(?!\d))")
_POINTS = re.compile(r"[A-Za-z]?\d{1,4}(?:\. ?\d{1,2}){2}")
_CELLS = re.compile(r"\d+(?:[:|]+\d*){2,}")
_PARTED = re.compile(r"\d+[年月日時分]?")
_COMB_RULES = re.compile(r"[ :;|.,'`\[\]]")
# No value begins or ends with these: specks, and ends of rules. Full stops may be meant.
_NO_ENDS = ",:; "
_AREA_CODE = re.compile(r"(?<!\)) ")


class RegionRecognizer(Protocol):
    """A model that reads crops of one line each."""

    def read_regions(self, images: Sequence[Image]) -> list[RecognizedText]:
        """Read the crops, in their order."""


@dataclass(frozen=True, slots=True)
class SignedReading:
    """A reading with the signs its confidence rests on; None where nothing was decided."""

    reading: Reading
    signs: Signs | None


def read_fields(
    page_image: Image,
    transform: Transform,
    blank_image: Image,
    fields: Sequence[FieldSpec],
    recognizer: RegionRecognizer,
    *,
    must_lie: bool = False,
    neighbours: Sequence[FieldSpec] = (),
) -> list[Reading]:
    """Read fields of one template page from a page image; one reading a field, in their order.

    Args:
        page_image: the upright page, grey or colour.
        transform: leads from the page to the template page.
        blank_image: the template page's blank form.
        fields: fields of that template page.
        recognizer: reads the crops of all fields in one batch.
        must_lie: guess no values of a page that does not lie on its blank form.
        neighbours: other fields of the page; they are not read, but have their strokes.

    Raises:
        PageMisplacedError: the page must lie on its blank form, and does not.
    """
    signed = read_with_signs(
        page_image, transform, blank_image, fields, recognizer,
        must_lie=must_lie, neighbours=neighbours,
    )  # fmt: skip
    return [each.reading for each in signed]


def read_with_signs(
    page_image: Image,
    transform: Transform,
    blank_image: Image,
    fields: Sequence[FieldSpec],
    recognizer: RegionRecognizer,
    *,
    must_lie: bool = False,
    neighbours: Sequence[FieldSpec] = (),
) -> list[SignedReading]:
    """Read fields as `read_fields` does, and keep what their confidence rests on."""
    there = [*fields, *neighbours]
    boxes = [field.box for field in there if field.type not in NOT_READ]
    page = lay_onto(page_image, transform, blank_image, boxes)
    if must_lie and not page.lies:
        raise PageMisplacedError
    fields = [_in_cells(page, field) for field in fields]
    strokes = Strokes(page.fill, [field.box for field in there], page.form)
    arrangement = Arrangement(there)
    writings = [
        written_in(page, strokes, number, field, arrangement if field.place_is_a_guess else None)
        for number, field in enumerate(fields)
    ]
    texts = _recognised(recognizer, fields, writings)
    ticks = _ticks(page, there)
    signed = [
        _reading(page, field, writing, read, ticks)
        for field, writing, read in zip(fields, writings, texts, strict=True)
    ]
    return _with_eras(fields, signed)


@dataclass(frozen=True, slots=True)
class _Texts:
    """What was read of a field: its lines, the same with print among them, a date's blanks."""

    lines: Sequence[RecognizedText]
    with_print: Sequence[RecognizedText]
    blanks: Sequence[RecognizedText] = ()


def _recognised(
    recognizer: RegionRecognizer, fields: Sequence[FieldSpec], writings: Sequence[Writing]
) -> list[_Texts]:
    """Read all lines in one batch, and then the blanks of dates that are none by their line."""
    first = _read_groups(recognizer, [writing.crops for writing in writings])
    parted = [
        (read[: len(writing.images)], read[len(writing.images) :])
        for read, writing in zip(first, writings, strict=True)
    ]
    doubtful = [
        () if _value(field, joined(field, among))[1] else writing.blanks
        for field, writing, (_, among) in zip(fields, writings, parted, strict=True)
    ]
    blanks = _read_groups(recognizer, doubtful)
    return [_Texts(*pair, read) for pair, read in zip(parted, blanks, strict=True)]


def _read_groups(
    recognizer: RegionRecognizer, groups: Sequence[Sequence[Image | None]]
) -> list[list[RecognizedText]]:
    """Read the images of all groups together; where there is none, there is no text."""
    images = [image for group in groups for image in group if image is not None]
    crops = [prepare_crop(image, _FULL_LINE) for image in images]
    texts = iter(recognizer.read_regions(crops) if crops else ())
    return [[_NOTHING if image is None else next(texts) for image in group] for group in groups]


def _in_cells(page: RegisteredPage, field: FieldSpec) -> FieldSpec:
    """Take a box around cells for the comb that it is, though nobody has said so."""
    if field.comb or field.type in NOT_READ:
        return field
    return replace(field, comb=cells_of(page.walls, field.box))


def _best(
    field: FieldSpec,
    lines: Sequence[RecognizedText],
    with_print: Sequence[RecognizedText],
    blanks: Sequence[RecognizedText] = (),
) -> Sequence[RecognizedText]:
    """Choose between a value alone, with the print among it, and blank by blank.

    The print between the parts of a date belongs to it where both together are one.
    """
    if field.type not in DIVIDED:
        chosen = fuller(lines, with_print, in_cells=bool(field.comb))
        return with_print if chosen == list(with_print) and with_print else chosen
    if _value(field, joined(field, with_print))[1]:
        return with_print
    date = date_of(blanks, joined(field, with_print)) if blanks else None
    if date is not None:
        return [date]
    # Without the print between them, digits of two parts look like one number.
    parts = len(_PARTED.findall(joined(field, with_print)))
    return with_print if parts > 1 and not _value(field, joined(field, lines))[1] else lines


def _fitting(field: FieldSpec, lines: Sequence[RecognizedText]) -> Sequence[RecognizedText]:
    """Return the lines as they fit the field's type, where the next likeliest letters do."""

    def fits(tried: Sequence[RecognizedText]) -> bool:
        return _value(field, joined(field, tried))[1]

    if not (field.type in STRICT or field.allowed) or fits(lines):
        return lines
    return likeliest_of(lines, fits) or lines


def _with_eras(fields: Sequence[FieldSpec], signed: Sequence[SignedReading]) -> list[SignedReading]:
    """Complete dates that say no era by the era circled beside them."""
    chosen = [
        (field.box, each.reading.raw)
        for field, each in zip(fields, signed, strict=True)
        if field.type is FieldType.CHOICE and each.reading.raw
    ]
    completed = []
    for field, each in zip(fields, signed, strict=True):
        reading = each.reading
        if field.type is FieldType.DATE and not reading.empty:
            beside = [raw for box, raw in chosen if _is_beside(box, field.box)]
            found = next((date for raw in beside if (date := with_era(raw, reading.raw))), None)
            if found is not None:
                reading = replace(reading, normalized=found, valid=True)
        completed.append(SignedReading(reading, each.signs))
    return completed


def _is_beside(box: Box, date: Box) -> bool:
    """Say whether a box stands in the row of a date, before it or around its beginning."""
    return date.y0 <= box.center[1] <= date.y1 and box.x0 <= date.x0 + 0.02


def _reading(
    page: RegisteredPage,
    field: FieldSpec,
    writing: Writing,
    texts: _Texts,
    ticks: Mapping[str, float],
) -> SignedReading:
    box = page.on_page(field.box)
    if field.type is FieldType.CHECKBOX:
        return _checkbox(ticks[field.name], box)
    if field.type is FieldType.CHOICE:
        return _choice(page, field, box)
    if not writing.ink:
        seen = empty_signs(_ink_in(page, field))
        return _signed(Reading("", None, 1.0, True, True, box, ValueSource.INK), seen)
    if field.type is FieldType.IMAGE:
        return SignedReading(Reading("", None, 1.0, False, True, box, ValueSource.INK), None)
    chosen = _best(field, texts.lines, texts.with_print, texts.blanks)
    other = texts.lines if chosen is texts.with_print else texts.with_print
    best = _fitting(field, chosen)
    raw = joined(field, best)
    value, valid = _value(field, raw)
    reading = Reading(raw, value, 1.0, False, valid, box, ValueSource.OCR)
    place = _doubts(writing, raw, valid=valid)
    if not raw and not place:
        return _signed(reading, unread_signs(_ink_in(page, field)))
    seen = text_signs(
        best,
        other,
        among_print=bool(writing.with_print) and field.type not in DIVIDED,
        strict=field.type in STRICT or bool(field.allowed),
        valid=valid,
        place=place,
    )
    return _signed(reading, seen)


def _doubts(writing: Writing, raw: str, *, valid: bool) -> tuple[float, ...]:
    """Return the signs of a box that the machine has found, and nobody has drawn or carried on."""
    if writing.place is None:
        return ()
    return (*writing.place.values(), math.log1p(len(raw)), float(valid))


def _signed(reading: Reading, seen: Signs) -> SignedReading:
    return SignedReading(replace(reading, confidence=seen.confidence()), seen)


def _value(field: FieldSpec, raw: str) -> tuple[Normalized, bool]:
    """Return the typed value, and whether the text is one; a text that is none is kept raw."""
    return typed(field, raw, misread=True) if raw else (None, False)


def joined(field: FieldSpec, lines: Sequence[RecognizedText]) -> str:
    """Return the text of a field's lines, without the spaces that its type has none of."""
    texts = [fold(line.text) for line in lines if line.text.strip()]
    joined = (" " if _are_parted(texts) else "").join(map(_tidied, texts)).strip(_NO_ENDS)
    if not joined.isascii():
        joined = joined.replace("~", "〜")
    if field.type is FieldType.DATE and not field.comb:
        return _BESIDE_PARTS.sub("", joined)
    if field.type is FieldType.PHONE and not field.comb:
        return _AREA_CODE.sub("", joined)
    if not field.comb:
        return joined.replace(" ", "") if field.type in _NO_SPACES else joined
    word, rest = joined.replace(" ", ""), _COMB_RULES.sub("", joined)
    return rest if rest.isdigit() else word


def _are_parted(texts: Sequence[str]) -> bool:
    """Say whether a space parts lines: not in Japanese, nor in a number that a narrow box broke."""
    broken = len(texts) > 1 and all(text.isdigit() and len(text) <= _BROKEN for text in texts)
    return all(text.isascii() for text in texts) and not broken


def _tidied(text: str) -> str:
    """Take out the spaces between letters that stand in cells, and rests of print at the ends."""
    text = _GROUPS.sub(",", text.strip("_ "))
    for opening, closing in ("()", "[]"):
        if opening not in text:
            text = text.removesuffix(closing).rstrip().removeprefix(closing).lstrip()
        if closing not in text:
            text = text.removeprefix(opening).lstrip().removesuffix(opening).rstrip()
    if _POINTS.fullmatch(text):
        return text.replace(" ", "")
    if _CELLS.fullmatch(text):
        return _COMB_RULES.sub("", text)
    parts = text.split(" ")
    single = [len(part) == 1 for part in parts]
    digits = all(part.isdigit() for part in parts)
    in_cells = (all(single) and (len(parts) > 2 or digits)) or (
        digits and any(single) and len(parts) > 2
    )
    return "".join(parts) if in_cells else text


def _ink_in(page: RegisteredPage, field: FieldSpec) -> int:
    """Return how many pixels of ink that is no print are in a field."""
    inside = page.fill[Window.of(field.box, page.fill.shape).cut]
    return int((inside > _DARK).sum())


def _ticks(page: RegisteredPage, fields: Sequence[FieldSpec]) -> dict[str, float]:
    """Return how much of each checkbox is ticked, by name."""
    squares = [field for field in fields if field.type is FieldType.CHECKBOX]
    shares = tick_shares(page.marks, [field.box for field in squares])
    return {field.name: share for field, share in zip(squares, shares, strict=True)}


def _checkbox(share: float, box: Box) -> SignedReading:
    found, sure = ticked(share)
    reading = Reading("✓" if found else "", found, sure, not found, True, box, ValueSource.INK)
    return _signed(reading, check_signs(share, TICK))


def _choice(page: RegisteredPage, field: FieldSpec, box: Box) -> SignedReading:
    """Tell the marked options: by rings around them, or by ticks where they stand at squares."""
    boxes = [option.box for option in field.options]
    marks = circled(page.marks.all, boxes)
    if FieldEvidence.SQUARE in field.evidence or not any(is_set for is_set, _ in marks):
        ticks = tick_shares(page.marks, boxes)
        if FieldEvidence.SQUARE in field.evidence or (
            stands_out(ticks) and over_print(page.marks, boxes[int(np.argmax(ticks))])
        ):
            marks = [ticked(share) for share in ticks]
    raw = ", ".join(o.value for o, (is_set, _) in zip(field.options, marks, strict=True) if is_set)
    seen = choice_signs([2.0 * sure - 1.0 for _, sure in marks], sum(is_set for is_set, _ in marks))
    return _signed(Reading(raw, raw or None, 1.0, not raw, True, box, ValueSource.INK), seen)
