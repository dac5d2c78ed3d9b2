"""Cut what is written in a field into the lines to recognise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.templates import FieldSpec, FieldType
from chohyo.extraction.ink import Ink
from chohyo.extraction.lines import comb_line, text_lines
from chohyo.extraction.registered import RegisteredPage
from chohyo.extraction.strokes import Strokes, Window
from chohyo.models.ocr import RecognizedText

Image = NDArray[np.uint8]

NOT_READ = {FieldType.CHECKBOX, FieldType.CHOICE, FieldType.IMAGE}

_DARK = 0.3
# Ink below this is dirt: in pixels of a form whose long side is 2,200; a full stop has about 12.
LEAST_INK = 24
_LEAST_EXTENT = 7
# Types whose parts may be separated by print of the form, which is then read along.
DIVIDED = {FieldType.DATE, FieldType.TIME}
_UNITS = " 円¥年月日時分秒回名人個枚件歳才点台本冊%％様印kgcm(){}[]（）「」〒"
_SLACK = 0.05  # of the odds of the weakest letter


@dataclass(frozen=True, slots=True)
class Writing:
    """The images of one field's lines; none when the field is empty, `ink` being 0, or not read.

    `with_print` has them once more with print that stands among the writing, where there is any.
    """

    images: tuple[Image, ...]
    ink: int
    with_print: tuple[Image, ...] = ()

    @property
    def crops(self) -> tuple[Image, ...]:
        """Return all images to recognise."""
        return (*self.images, *self.with_print)


def written_in(page: RegisteredPage, strokes: Strokes, number: int, field: FieldSpec) -> Writing:
    """Cut the lines of the field whose box has that number among the strokes' boxes."""
    window, mine = strokes.within(number)
    fill = np.where(mine, page.fill[window.cut], 0.0).astype(np.float32)
    ink = _amount_of_ink(fill, max(page.size))
    if not ink or field.type in NOT_READ:
        return Writing((), ink)
    others = strokes.others(window, mine)
    written = np.where(others, 0.0, page.written[window.cut]).astype(np.float32)
    if field.comb:
        line = comb_line(fill, written)
        return Writing((line,) if line is not None else (), ink)
    lines = text_lines(fill, fill, written)
    if field.type in DIVIDED:
        shown = np.where(others, 0.0, page.text[window.cut]).astype(np.float32)
        return Writing(tuple(lines), ink, tuple(text_lines(fill, shown, shown)))
    among = _with_print(page, window, fill, written)
    return Writing(tuple(lines), ink, tuple(among) if len(among) == len(lines) else ())


def fuller(
    lines: Sequence[RecognizedText], with_print: Sequence[RecognizedText]
) -> list[RecognizedText]:
    """Take a line with the print among its writing where both together read as well or better.

    A value that all copies of a form had is taken for print, and so is part of a similar one. A
    unit printed behind a value is left out.
    """
    if not with_print:
        return list(lines)
    return [
        more
        if len(more.text.strip(_UNITS)) > len(line.text.strip())
        and _weakest(more) >= _weakest(line) - _SLACK
        else line
        for line, more in zip(lines, with_print, strict=True)
    ]


def _weakest(line: RecognizedText) -> float:
    return min(line.char_confidences, default=0.0)


def _with_print(page: RegisteredPage, window: Window, fill: Ink, written: Ink) -> list[Image]:
    """Cut the lines once more with the print that stands free among them."""
    kept = page.kept[window.cut]
    print_here = kept > page.written[window.cut] + 0.1
    if not print_here.any():
        return []
    both = np.where(print_here, kept, written).astype(np.float32)
    return text_lines(np.where(print_here, kept, fill).astype(np.float32), both, both)


def _amount_of_ink(fill: Ink, long_side: int) -> int:
    """Return the number of inked pixels, 0 when it is too little to be writing."""
    dark = fill > _DARK
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    if not len(rows):
        return 0
    scale = long_side / 2200
    extent = max(rows[-1] - rows[0], columns[-1] - columns[0]) + 1
    ink = int(dark.sum())
    return ink if ink >= LEAST_INK * scale**2 and extent >= _LEAST_EXTENT * scale else 0
