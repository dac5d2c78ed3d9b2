"""Find the regions of a blank form that are meant to be filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.barcodes import barcodes
from chohyo.discovery.bare_ticks import bare_ticks
from chohyo.discovery.blank_form import BlankForm
from chohyo.discovery.broken_squares import broken_squares
from chohyo.discovery.cell_mates import joined_in_cells
from chohyo.discovery.column_residue import remnants
from chohyo.discovery.combs import (
    COMB_CELL,
    completed,
    letter_rows_of,
    open_combs,
    take_combs,
    uneven,
)
from chohyo.discovery.dashed_combs import divided
from chohyo.discovery.dirt import extent_of, is_dirt
from chohyo.discovery.fill_marks import (
    barriers_of,
    find_circles,
    find_ringed_words,
    find_seals,
    find_writing,
    halved,
)
from chohyo.discovery.grey_ground import is_left_alone
from chohyo.discovery.gutters import find_gutters
from chohyo.discovery.letter_rows import letter_squares
from chohyo.discovery.pixel_box import PixelBox, around
from chohyo.discovery.region import Region, RegionKind
from chohyo.discovery.region_growth import Surroundings
from chohyo.discovery.ruling import (
    Ruling,
    find_cells,
    find_flat_frames,
    find_ruling,
    find_squares,
    find_underlines,
)
from chohyo.discovery.shared_squares import shared_squares
from chohyo.discovery.writing_blocks import blocks_of

Mask = NDArray[np.bool_]

# Of the copies, from how many on their fill at a place tells of a line of writing, and the share of
# a stroke that such fill touches.
_BUSY, _BUSY_SHARE = 0.4, 0.3
# In widths of a square: how far a tick may go beyond it.
_TICK_REACH = 3
# The largest square cell that is ticked and not written in: 5 mm on A4.
_TICKED_CELL = 0.017
_MAX_EMPTY_CELL = 0.12
# Of the page's long side: what is flatter is a dash, part of a rule or dirt, but no value.
_LOWEST = 0.0035
# Of a region's area: what lies so much in a barcode is the room between its bars.
_IN_CODE = 0.5
# With this many copies, a cell that nobody filled is taken for a field only beside filled ones.
_COPIES_THAT_TELL = 3


def survey(blank: BlankForm) -> tuple[list[Region], Surroundings]:
    """Return the regions to fill in, from what varies and from the ruling; and that ruling."""
    ruling = find_ruling(blank.constant_ink)
    ruling = replace(ruling, text=ruling.text & ~find_residue(ruling.text, blank.variation))
    squares = find_squares(blank.constant_ink)
    squares += broken_squares(blank.constant_ink, squares)
    squares += shared_squares(blank, squares)
    squares += find_flat_frames(blank.constant_ink)
    closed = [c for c in find_cells(ruling) if not any(c.iou(s) > 0.5 for s in squares)]
    letters = letter_squares(squares, closed, COMB_CELL * max(blank.image.shape))
    squares = [square for square in squares if square not in letters]
    closed += [square.inset(2) for square in letters]
    cells = divided(closed, blank.constant_ink)
    dashed = frozenset(cells).difference(closed)
    surroundings = Surroundings(ruling, cells, dashed=dashed)
    regions = _regions(blank, ruling, squares, cells, surroundings)
    rings = [region.box for region in regions if region.kind is RegionKind.OPTION]
    left = remnants(closed, blank.fills, ruling, rings)
    if not left:
        return regions, surroundings
    text = ruling.text.copy()
    for cell in left:
        text[cell.y0 : cell.y1, cell.x0 : cell.x1] = False
    ruling = replace(ruling, text=text)
    surroundings = Surroundings(ruling, cells, left, dashed)
    return _regions(blank, ruling, squares, cells, surroundings), surroundings


def find_residue(text: Mask, variation: NDArray[np.float32]) -> Mask:
    """Mask the strokes that many copies write across: values that were alike there, no print.

    `variation` is the share of copies with fill, by pixel. Print that divides a value has writing
    beside it and none above, below and through it.
    """
    busy = cv2.dilate((variation >= _BUSY).astype(np.uint8), np.ones((5, 3), np.uint8)) > 0
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        text.astype(np.uint8), connectivity=8
    )
    touched = np.bincount(labels[busy & text], minlength=count)
    residue = touched >= _BUSY_SHARE * stats[:, cv2.CC_STAT_AREA]
    residue[0] = False
    return np.asarray(residue[labels])


def _regions(
    blank: BlankForm,
    ruling: Ruling,
    squares: Sequence[PixelBox],
    cells: Sequence[PixelBox],
    surroundings: Surroundings,
) -> list[Region]:
    fills = blank.fills.copy()
    ticked = _take_squares(fills, squares)
    stamped = _take_seals(fills)
    circled = _take_circles(fills, ruling.text, blank.constant_ink)
    ticked += _take_squares(fills, _ticked_places(fills, blank, squares))
    barriers = barriers_of(ruling.text | ruling.lines)
    found = find_writing(fills, barriers)
    gutters = find_gutters(found, fills)
    if gutters:
        for strip in gutters:
            barriers[strip.y0 : strip.y1, strip.x0 : strip.x1] = True
        found = find_writing(fills, barriers)
        surroundings = surroundings.with_gutters(gutters)
    writing = [mark.scaled(2) for mark in found]
    printed = extent_of(ruling)
    writing = [mark for mark in writing if not is_dirt(mark, blank, ruling, printed)]
    widest = COMB_CELL * max(blank.image.shape)
    # Dashes tell of a comb whatever its width; ruled cells as wide may be a table's.
    narrow = [c for c in cells if c.width <= widest or c in surroundings.dashed]
    rows = letter_rows_of(narrow, cells, blank.image)
    combs, writing = take_combs(writing, rows, ruling.text)
    written = [
        Region(RegionKind.TEXT, box, copies, line_height=height)
        for box, copies, height in blocks_of(writing, surroundings)
    ]
    written = [r for r in written if r.line_height >= _LOWEST * max(blank.image.shape)]
    written = joined_in_cells(written, surroundings)
    written = completed(written, blank)
    written = open_combs(written, ruling.text)
    written = [_ticked_cell(region, surroundings, blank) for region in written]
    filled = _without_repeats([*combs, *ticked, *stamped, *circled, *written])
    regions = filled + _never_filled(blank, ruling, cells, filled, narrow)
    codes = barcodes(blank.constant_ink)
    regions = [r for r in regions if not any(code.covers(r.box) > _IN_CODE for code in codes)]
    return [region for region in regions if not is_left_alone(region, blank)]


def _take_squares(fills: NDArray[np.bool_], squares: Sequence[PixelBox]) -> list[Region]:
    """Turn squares into checkboxes and take their ticks out of the fill."""
    regions = []
    for box in squares:
        inner = box.inset(max(3, min(box.width, box.height) // 6))
        ticks = fills[:, inner.y0 // 2 : inner.y1 // 2, inner.x0 // 2 : inner.x1 // 2]
        copies = np.flatnonzero(ticks.mean(axis=(1, 2)) > 0.08)
        room = box.inset(-max(1, min(box.width, box.height) // 10))
        regions.append(Region(RegionKind.CHECKBOX, room, frozenset(int(i) for i in copies)))
        _erase_ticks(fills, box)
    return regions


def _ticked_places(
    fills: NDArray[np.bool_], blank: BlankForm, squares: Sequence[PixelBox]
) -> list[PixelBox]:
    """Return the places that copies tick where no box is printed."""
    halves = [PixelBox(*(edge // 2 for edge in square)) for square in squares]
    found = bare_ticks(fills, halved(blank.constant_ink), halves)
    return [box.scaled(2) for box in found]


def _erase_ticks(fills: NDArray[np.bool_], square: PixelBox) -> None:
    """Erase the strokes that meet a square, with what of them leaves it."""
    size = min(square.width, square.height)
    near = square.inset(-_TICK_REACH * size)
    view = fills[:, max(0, near.y0) // 2 : near.y1 // 2, max(0, near.x0) // 2 : near.x1 // 2]
    middle = square.inset(-size // 4)
    top, left = middle.y0 // 2 - max(0, near.y0) // 2, middle.x0 // 2 - max(0, near.x0) // 2
    inside = np.zeros(view[0].shape, np.bool_)
    inside[max(0, top) : top + middle.height // 2, max(0, left) : left + middle.width // 2] = True
    for fill in view:
        _, labels = cv2.connectedComponents(cv2.dilate(fill.astype(np.uint8), np.ones((3, 3))))
        fill[np.isin(labels, np.unique(labels[inside & fill]))] = False


def _take_seals(fills: NDArray[np.bool_]) -> list[Region]:
    """Turn places that are stamped into regions and take the stamps out of the fill."""
    regions = []
    for mark in find_seals(fills):
        for copy, box in mark.parts:
            fills[copy, box.y0 : box.y1, box.x0 : box.x1] = False
        regions.append(Region(RegionKind.SEAL, mark.scaled(2).box, mark.copies))
    return regions


def _take_circles(fills: NDArray[np.bool_], text: Mask, ink: Mask) -> list[Region]:
    """Turn circled print into options and take the circles out of the fill."""
    marks = find_circles(fills, halved(text), barriers_of(ink))
    for mark in marks:
        for copy, box in mark.parts:
            fills[copy, box.y0 : box.y1, box.x0 : box.x1] = False
    hidden = find_ringed_words(fills)
    for mark in hidden:
        # The copies that have no ring there show the word as if they had written it.
        fills[:, mark.box.y0 : mark.box.y1, mark.box.x0 : mark.box.x1] = False
    return [
        Region(RegionKind.OPTION, mark.scaled(2).box, mark.copies) for mark in (*marks, *hidden)
    ]


def _ticked_cell(region: Region, surroundings: Surroundings, blank: BlankForm) -> Region:
    """Return a region as a box to tick when it is a square cell with room for a tick alone."""
    cell = surroundings.cell_of(region.box)
    largest = _TICKED_CELL * max(blank.image.shape)
    if region.comb or cell is None or max(cell.width, cell.height) > largest:
        return region
    if max(cell.width, cell.height) > 1.3 * min(cell.width, cell.height):
        return region
    return replace(region, kind=RegionKind.CHECKBOX, box=cell.inset(-2))


def _without_repeats(regions: Sequence[Region]) -> list[Region]:
    """Join text regions that grew to the same place; an option or checkbox keeps its own."""
    kept: list[Region] = []
    for region in sorted(regions, key=lambda r: (r.kind is RegionKind.TEXT, -r.box.area, r.box)):
        twin = next((i for i, k in enumerate(kept) if _is_same_place(k, region)), None)
        if twin is None:
            kept.append(region)
        else:
            kept[twin] = replace(kept[twin], copies=kept[twin].copies | region.copies)
    return kept


def _is_same_place(kept: Region, region: Region) -> bool:
    if kept.kind is not RegionKind.TEXT:
        return kept.box.covers(region.box) > 0.6
    return kept.box.iou(region.box) > 0.5 or kept.box.covers(region.box) > 0.75


def _never_filled(
    blank: BlankForm,
    ruling: Ruling,
    cells: Sequence[PixelBox],
    filled: Sequence[Region],
    narrow: Sequence[PixelBox],
) -> list[Region]:
    """Return empty cells and underlines that the copies leave blank but others may fill.

    Those in a row of `narrow` cells, for one letter each, are one field.
    """
    if blank.is_first_guess:
        return []
    used = [r.box for r in filled]
    empty = [c for c in cells if _is_empty_cell(c, ruling, max(blank.image.shape))]
    free = [c for c in empty if not any(c.intersection(u) for u in used)]
    written = [r.box for r in filled if r.kind is RegionKind.TEXT]
    written += [c for c in cells if any(r.comb and r.box.covers(c) > 0.9 for r in filled)]
    if blank.copies >= _COPIES_THAT_TELL:
        free = [c for c in free if any(_is_like(c, w) for w in written)]
    lines = [
        line
        for line in (
            _room_on(u, ruling, blank) for u in find_underlines(ruling, blank.constant_ink)
        )
        if line is not None and not any(line.intersection(u) for u in [*used, *free])
    ]
    rows = letter_rows_of([c for c in free if c in narrow], cells, blank.image)
    single = [c for c in free if not any(c in row for row in rows)]
    return [
        *(Region(RegionKind.TEXT, around(r), comb=len(r), parts=uneven(r)) for r in rows),
        *(Region(RegionKind.TEXT, box.inset(2)) for box in [*single, *lines]),
    ]


def _is_empty_cell(cell: PixelBox, ruling: Ruling, long_side: int) -> bool:
    if cell.height > _MAX_EMPTY_CELL * long_side or cell.width < 0.6 * cell.height:
        return False
    if cell.height < 0.008 * long_side:
        return False
    return ruling.is_bare(cell)


def _is_like(cell: PixelBox, other: PixelBox) -> bool:
    """Say whether the cell continues a filled one's column or row."""
    slack = 0.15
    same_column = abs(cell.x0 - other.x0) + abs(cell.x1 - other.x1) < 2 * slack * cell.width
    same_row = abs(cell.y0 - other.y0) + abs(cell.y1 - other.y1) < 2 * slack * cell.height
    return (same_column and cell.height < 1.6 * other.height) or (
        same_row and cell.width < 1.6 * other.width
    )


def _room_on(line: PixelBox, ruling: Ruling, blank: BlankForm) -> PixelBox | None:
    """Return the free room above an underline, or None when print stands on it."""
    height = round(0.012 * max(blank.image.shape))
    room = PixelBox(line.x0, max(0, line.y0 - height), line.x1, line.y0)
    inked = ruling.text[room.y0 : room.y1, room.x0 : room.x1].any(axis=0)
    if inked.mean() > 0.1:
        return None
    return room
