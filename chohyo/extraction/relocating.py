"""Find, around a field's box, a value that a person says is written there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Box, Transform
from chohyo.domain.templates import FieldSpec
from chohyo.extraction.normalize import fold
from chohyo.extraction.reading import RegionRecognizer, joined
from chohyo.extraction.registered import RegisteredPage, lay_onto
from chohyo.extraction.strokes import Strokes
from chohyo.extraction.writing import NOT_READ, fuller, written_in
from chohyo.models.ocr import prepare_crop

Image = NDArray[np.uint8]

_FULL_LINE = Box(0.0, 0.0, 1.0, 1.0)
# Added to a box on a side: of the page's width, and of the box's height.
_WIDER, _TALLER = (0.05, 0.12, 0.3), 0.6


def place_of(
    text: str,
    page_image: Image,
    transform: Transform,
    blank_image: Image,
    field: FieldSpec,
    neighbours: Sequence[FieldSpec],
    recognizer: RegionRecognizer,
) -> Box | None:
    """Return where on the template page the text is written, near the field and in no other box.

    The box is tried as it is, grown to its sides and beyond them, and moved to each side; the
    first that reads exactly as the text, but for spaces and letter case, tells the place. None
    when none does.
    """
    written_into = [each.box for each in neighbours if each.type not in NOT_READ]
    page = lay_onto(page_image, transform, blank_image, [field.box, *written_into])
    tried, last = [], len(neighbours)
    for box in _around(field.box):
        # The others come first: what both boxes hold is theirs.
        strokes = Strokes(page.fill, [*(each.box for each in neighbours), box], page.form)
        spec = replace(field, box=box)
        tried.append((spec, strokes, written_in(page, strokes, last, spec)))
    crops = [prepare_crop(crop, _FULL_LINE) for _, _, writing in tried for crop in writing.crops]
    texts = iter(recognizer.read_regions(crops))
    found: Box | None = None
    for spec, strokes, writing in tried:
        lines = [next(texts) for _ in writing.images]
        longer = [next(texts) for _ in writing.with_print]
        read = {_bare(joined(spec, each)) for each in (lines, longer, fuller(lines, longer))}
        if found is None and _bare(text) and _bare(text) in read:
            found = _inked(page, strokes, last)
    return found


def _around(box: Box) -> list[Box]:
    """Return the box, and where else its value may stand, the nearest first.

    Far reach does no harm: what is found must read as the text, and be in no other box.
    """
    w, h = box.width, box.height
    places = [box]
    for wide in _WIDER:
        places.append(Box(box.x0, box.y0, box.x1 + wide, box.y1))
        places.append(Box(box.x0 - wide, box.y0, box.x1, box.y1))
    for tall in (_TALLER * h, 2 * _TALLER * h):
        places.append(Box(box.x0, box.y0 - tall, box.x1, box.y1))
        places.append(Box(box.x0, box.y0, box.x1, box.y1 + tall))
    places += [box.grown(wide, _TALLER * h) for wide in _WIDER]
    places += [
        Box(box.x0, box.y0 - h, box.x1, box.y0),
        Box(box.x0, box.y1, box.x1, box.y1 + h),
        Box(box.x1, box.y0, box.x1 + w, box.y1),
        Box(box.x0 - w, box.y0, box.x0, box.y1),
    ]
    return [each for each in map(_on_page, places) if each.area > 0]


def _on_page(box: Box) -> Box:
    x0, y0, x1, y1 = (min(1.0, max(0.0, edge)) for edge in box.as_list())
    return Box(x0, y0, x1, y1)


def _inked(page: RegisteredPage, strokes: Strokes, number: int) -> Box | None:
    """Return the box around the strokes of the box with that number."""
    window, mine = strokes.within(number)
    rows, columns = np.flatnonzero(mine.any(axis=1)), np.flatnonzero(mine.any(axis=0))
    if not len(rows):
        return None
    width, height = page.size
    return Box(
        (window.left + int(columns[0])) / width,
        (window.top + int(rows[0])) / height,
        (window.left + int(columns[-1]) + 1) / width,
        (window.top + int(rows[-1]) + 1) / height,
    )


def _bare(text: str) -> str:
    return fold(text).replace(" ", "").casefold()
