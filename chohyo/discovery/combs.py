"""Rows of boxes for one letter each: one field a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.blank_form import BlankForm
from chohyo.discovery.comb_cells import evened, writable
from chohyo.discovery.fill_marks import Mark
from chohyo.discovery.grey_ground import is_grey
from chohyo.discovery.letter_rows import missing_boxes
from chohyo.discovery.pixel_box import PixelBox, around
from chohyo.discovery.region import Region, RegionKind
from chohyo.discovery.ruling import comb_rows

Mask = NDArray[np.bool_]

# The widest cell of a comb, as a share of the page's long side: 9 mm on A4.
COMB_CELL = 0.03
# Of a cell's height: how wide each of two cells for a letter is, and how near to them another cell
# makes the two a part of a table.
_WIDTHS, _NEXT_CELL = (0.4, 1.3), 0.35
# Of a line's height: how wide and high print between two boxes is that is no dash or tick. Of its
# columns, how many are inked all the way down, and what counts as that, where it is their sides.
_LETTER, _SIDE, _ALL = 0.5, 0.5, 0.85


def letter_rows_of(
    narrow: Sequence[PixelBox], cells: Sequence[PixelBox], image: NDArray[np.uint8]
) -> list[list[PixelBox]]:
    """Return the rows of cells for one letter each, without those that the form prints grey.

    Args:
        narrow: the cells that are narrow enough for a letter.
        cells: all cells; two narrow ones are a row of their own where no other cell is near.
        image: the blank form.
    """
    white = [
        cell
        for cell in narrow
        if not is_grey(image[cell.y0 + 3 : cell.y1 - 3, cell.x0 + 3 : cell.x1 - 3])
    ]
    rows = comb_rows(white, max(image.shape))
    taken = {cell for row in rows for cell in row}
    return rows + _pairs([cell for cell in white if cell not in taken], cells)


def _pairs(narrow: Sequence[PixelBox], cells: Sequence[PixelBox]) -> list[list[PixelBox]]:
    low, high = _WIDTHS
    sized = [cell for cell in narrow if low * cell.height <= cell.width <= high * cell.height]
    pairs = comb_rows(sized, max((c.x1 for c in sized), default=0), least=2)
    return [pair for pair in pairs if len(pair) == 2 and _stands_alone(pair, cells)]


def _stands_alone(pair: Sequence[PixelBox], cells: Sequence[PixelBox]) -> bool:
    box = around(pair)
    near = box.inset(-round(_NEXT_CELL * box.height))
    return not any(near.intersection(cell) for cell in cells if cell not in pair)


def take_combs(
    writing: Sequence[Mark], rows: Sequence[Sequence[PixelBox]], text: Mask
) -> tuple[list[Region], list[Mark]]:
    """Turn rows of letter cells into one region each, with the writing that stands in them."""
    regions, left = [], list(writing)
    for printed in rows:
        row = writable(printed, text)
        if len(row) < 2:
            continue
        box = around(row)
        inside = [mark for mark in left if box.covers(mark.box) > 0.5]
        if inside:
            left = [mark for mark in left if mark not in inside]
            copies = frozenset().union(*(mark.copies for mark in inside))
            regions.append(Region(RegionKind.TEXT, box, copies, comb=len(row), parts=uneven(row)))
    return regions, left


def uneven(row: Sequence[PixelBox]) -> tuple[PixelBox, ...]:
    """Return the boxes of a comb whose gaps differ, as around a dash; none for an even one."""
    gaps = [a.gap_x(b) for a, b in pairwise(row)]
    usual = float(np.median(gaps))
    return tuple(row) if any(gap > usual + 0.15 * row[0].width + 2 for gap in gaps) else ()


def completed(regions: Sequence[Region], blank: BlankForm) -> list[Region]:
    """Return the regions with the boxes that rows of single letters lack."""
    widest = COMB_CELL * max(blank.image.shape)
    missing = missing_boxes([r.box for r in regions], blank.constant_ink, widest)
    kept = [r for r in regions if all(box.covers(r.box) < 0.6 for box in missing)]
    free = [box for box in missing if not any(r.box.intersection(box) for r in kept)]
    return kept + [Region(RegionKind.TEXT, box) for box in free]


def open_combs(regions: Sequence[Region], text: Mask) -> list[Region]:
    """Join single letters between dashes or ticks that do not close into cells.

    `text` is the form's print without rules: a letter of it parts fields, as 年 parts a date.
    """
    widest = COMB_CELL * max(text.shape)
    low = evened([r.box for r in regions], widest)
    by_box = {box: replace(r, box=box) for r, box in zip(regions, low, strict=True)}
    found = comb_rows(low, widest)
    heights = [max(by_box[box].line_height for box in row) for row in found]
    rows = [
        row
        for row, height in zip(found, heights, strict=True)
        if not any(_letter_between(a, b, text, height) for a, b in pairwise(row))
    ]
    members = {box for row in rows for box in row}
    joined = [
        Region(
            RegionKind.TEXT,
            around(row),
            frozenset().union(*(by_box[box].copies for box in row)),
            comb=len(row),
            parts=uneven(row),
            line_height=by_box[row[0]].line_height,
        )
        for row in rows
    ]
    return joined + [r for r, box in zip(regions, low, strict=True) if box not in members]


def _letter_between(left: PixelBox, right: PixelBox, text: Mask, height: float) -> bool:
    """Say whether print between two boxes is as wide and as high as a letter of a line."""
    rows = slice(max(left.y0, right.y0), min(left.y1, right.y1))
    between = text[rows, left.x1 : right.x0]
    columns, lines = between.any(axis=0), between.any(axis=1)
    if min(int(columns.sum()), int(lines.sum())) < _LETTER * max(height, 1.0):
        return False
    # The sides of boxes are drawn all the way down.
    drawn = between[:, columns].sum(axis=0) >= _ALL * lines.sum()
    return bool(drawn.mean() < _SIDE)
