"""Cut what is written in a field into the lines to recognise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.templates import FieldSpec, FieldType
from chohyo.extraction.arrangement import Arrangement
from chohyo.extraction.date_parts import part_images
from chohyo.extraction.emptiness import is_written
from chohyo.extraction.ink import Ink
from chohyo.extraction.lines import comb_line, in_line, text_lines
from chohyo.extraction.masks import Mask, grown
from chohyo.extraction.place_signs import PlaceSigns, place_signs
from chohyo.extraction.registered import RegisteredPage
from chohyo.extraction.strokes import Strokes, Window
from chohyo.models.ocr import RecognizedText

Image = NDArray[np.uint8]

NOT_READ = {FieldType.CHECKBOX, FieldType.CHOICE, FieldType.IMAGE}

_DARK = 0.3
# Ink below this is dirt: in pixels of a form whose long side is 2,200; a full stop has about 12.
_LEAST_INK = 24
_LEAST_EXTENT = 7
# Types whose parts may be separated by print of the form, which is then read along.
DIVIDED = {FieldType.DATE, FieldType.TIME}
_UNITS = " 円¥年月日時分秒回名人個枚件歳才点台本冊%％様印kgcm(){}[]（）「」〒"
# What is read where there is the corner or the side of a box.
_RULES = "1lI|LiJj[]()'`‘’\".,:;_-ー"
# Of the odds of the weakest letter: a text that says more may be so much less sure, and this much
# where all that was read without the print is part of it.
_SLACK, _SLACK_WITHIN = 0.05, 0.5


@dataclass(frozen=True, slots=True)
class Writing:
    """The images of one field's lines; none when the field is empty, `ink` being 0, or not read.

    `with_print` has them once more with print that stands among the writing, where there is any.
    `blanks` has one line for each blank of a date, None for an empty one. `place` tells of the box
    of a field with writing, where the box is in doubt.
    """

    images: tuple[Image, ...]
    ink: int
    with_print: tuple[Image, ...] = ()
    blanks: tuple[Image | None, ...] = ()
    place: PlaceSigns | None = None

    @property
    def crops(self) -> tuple[Image, ...]:
        """Return the images of its lines, without and with print."""
        return (*self.images, *self.with_print)


def written_in(
    page: RegisteredPage,
    strokes: Strokes,
    number: int,
    field: FieldSpec,
    arrangement: Arrangement | None = None,
) -> Writing:
    """Cut the lines of the field whose box has that number among the strokes' boxes.

    The arrangement of the page's boxes is asked for where the box's place is in doubt.
    """
    window, mine = strokes.within(number)
    writing = _cut(page, strokes, field, window, mine)
    if not writing.images or arrangement is None:
        return writing
    dark = np.asarray(page.fill[window.cut] > _DARK)
    standing = arrangement.standing(number)
    return replace(
        writing, place=place_signs(field, page.ink, strokes, window, mine, dark, standing)
    )


def _cut(
    page: RegisteredPage, strokes: Strokes, field: FieldSpec, window: Window, mine: Mask
) -> Writing:
    fill = np.where(mine, page.fill[window.cut], 0.0).astype(np.float32)
    ink = _amount_of_ink(fill, max(page.size))
    if ink and not is_written(page.ink, field.box, window, np.asarray(fill > _DARK)):
        ink = 0
    if not ink or field.type in NOT_READ:
        return Writing((), ink)
    others = strokes.others(window, mine)
    written = np.where(others, 0.0, page.written[window.cut]).astype(np.float32)
    lines = _lines(field, fill, fill, written)
    if field.type in DIVIDED:
        # Print beyond the box is that of its neighbours.
        text = np.where(
            Window.of(field.box, page.fill.shape).mask_in(window),
            page.text[window.cut], page.written[window.cut],
        )  # fmt: skip
        shown = np.where(others, 0.0, text).astype(np.float32)
        among = _lines(field, fill, shown, shown)
        return Writing(lines, ink, among, part_images(field, fill, window, page.fill.shape))
    fuller_fill, fuller_written = _with_print(page, window, fill, written)
    if fuller_fill is fill:
        return Writing(lines, ink)
    among = _lines(field, fuller_fill, fuller_fill, fuller_written)
    return Writing(lines, ink, among if len(among) == len(lines) else ())


def _lines(field: FieldSpec, fill: Ink, shown: Ink, soft: Ink) -> tuple[Image, ...]:
    if field.comb:
        line = comb_line(shown, soft)
        return (line,) if line is not None else ()
    return tuple(text_lines(fill, shown, soft))


def fuller(
    lines: Sequence[RecognizedText],
    with_print: Sequence[RecognizedText],
    *,
    in_cells: bool = False,
) -> list[RecognizedText]:
    """Take a line with the print among its writing where both together read as well or better.

    A value that all copies of a form had is taken for print, and so is part of a similar one. A
    unit printed behind a value is left out, and so are the rules at its sides, with `in_cells`
    also those among its letters.
    """
    if not with_print:
        return list(lines)
    return [
        more if _says_more(more, line, in_cells) else line
        for line, more in zip(lines, with_print, strict=True)
    ]


def _says_more(more: RecognizedText, line: RecognizedText, in_cells: bool) -> bool:
    alone, both = line.text.replace(" ", ""), more.text.replace(" ", "")
    longer = len(both.strip(_UNITS)) - len(alone.strip(_UNITS))
    if longer > 0 and not _only_rules(alone, both, in_cells):
        slack = _SLACK_WITHIN if _is_within(alone, both) else _SLACK
        return _weakest(more) >= _weakest(line) - slack
    return longer == 0 and len(alone) == len(both) and alone != both and _surer(more, line)


def _only_rules(alone: str, both: str, in_cells: bool) -> bool:
    """Say whether the print adds no more than rules of a box read as."""
    at = both.find(alone)
    if at >= 0:
        return not (both[:at] + both[at + len(alone) :]).strip(_RULES)
    added = Counter(both) - Counter(alone)
    return in_cells and _is_within(alone, both) and not set(added) - set(_RULES)


def _is_within(alone: str, both: str) -> bool:
    """Say whether the letters of one text stand in another, in their order."""
    rest = iter(both)
    return all(letter in rest for letter in alone)


def _surer(more: RecognizedText, line: RecognizedText) -> bool:
    return _weakest(more) > _weakest(line) and more.confidence > line.confidence


def _weakest(line: RecognizedText) -> float:
    return min(line.char_confidences, default=0.0)


def _with_print(page: RegisteredPage, window: Window, fill: Ink, written: Ink) -> tuple[Ink, Ink]:
    """Return fill and written once more with the print that stands in line with the writing."""
    kept = page.kept[window.cut]
    print_here = (kept > page.written[window.cut] + 0.1) & (kept > _DARK)
    beside = in_line(fill > _DARK, print_here)
    if not beside.any():
        return fill, written
    shown = grown(beside, 2)
    return np.where(shown, np.maximum(kept, fill), fill), np.where(
        shown, np.maximum(kept, written), written
    )


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
