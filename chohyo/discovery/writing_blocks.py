"""Join lines of writing to the blocks that are one field each, and give each block its room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from chohyo.discovery.fill_marks import Mark
from chohyo.discovery.pixel_box import PixelBox, around
from chohyo.discovery.region_growth import Surroundings
from chohyo.discovery.rows import HEADED, are_filled_apart, rows_of

# In heights of the line: words of one value are closer than this, lines of one text too.
_WORD_GAP = 2.5
_LINE_GAP = 1.1
# Nearer than this, writing of different copies is one line.
_SAME_LINE = 0.3
# As many copies end at one place when a blank is filled from its right end; such a blank begins at
# the print left of it, or these heights before the longest value.
_COPIES_TO_ALIGN, _LONGER = 3, 8.0
# Writing this near to the bottom of its cell, and this far below the top, is a line at the bottom,
# with so much room over it.
_AT_BOTTOM, _BELOW_TOP, _OVER_BOTTOM = 0.45, 1.2, 0.5
# A cell below this has room for two lines and no more: a text in it wraps, or there are two fields.
_LOW_CELL = 3.8
_FULL = 0.7
# Rooms of one column begin and end so near to each other, in widths, and rows of one height, in
# heights; how many tell of a row, and how much higher a room is that holds more than one.
_COLUMN_SLACK, _ROW_SLACK, _ROWS, _HIGHER = 0.06, 0.2, 3, 1.3

# In heights of the line: how far blanks of one column are looked for.
_COLUMN_REACH = 15.0


@dataclass(frozen=True, slots=True)
class _Line:
    mark: Mark
    bounds: PixelBox

    @property
    def box(self) -> PixelBox:
        return self.mark.box

    @property
    def height(self) -> float:
        return self.mark.line_height


def blocks_of(
    writing: Sequence[Mark], surroundings: Surroundings
) -> list[tuple[PixelBox, frozenset[int], float]]:
    """Return the blocks: the room of each, the copies that filled it, and its line's height."""
    rows = [row for mark in writing for row in rows_of(mark, surroundings)]
    lines = [_Line(m, surroundings.bounds(m.box, m.line_height)) for m in rows]
    lines = _heights_joined(_words_joined(lines, surroundings), surroundings)
    blocks = _lines_stacked(lines, surroundings)
    boxes = [around(line.box for line in block) for block in blocks]
    result: list[tuple[PixelBox, frozenset[int], float]] = []
    for index, block in enumerate(blocks):
        bounds = _within_neighbours(block, around(b.bounds for b in block), boxes)
        height = block[0].height
        rooms: Sequence[PixelBox] = surroundings.grown(boxes[index], height, bounds)
        if len(block) == 1:
            rooms = [surroundings.on_its_line(boxes[index], each, height) for each in rooms]
        # Where lines of print stand close, rows are given up for the width.
        room = max(rooms, key=lambda each: each.area)
        if len(block) == 1:
            room = _at_the_bottom(boxes[index], room, height, surroundings)
            room = _to_the_left(block[0].mark, room, boxes, surroundings)
        copies = frozenset().union(*(line.mark.copies for line in block))
        result.append((room, copies, height))
    lines_of = [box if len(block) == 1 else None for box, block in zip(boxes, blocks, strict=True)]
    even = _ends_aligned(_as_high_as_their_column(result, lines_of), surroundings)
    return _begins_aligned(even, surroundings)


def _as_high_as_their_column(
    rooms: Sequence[tuple[PixelBox, frozenset[int], float]], lines: Sequence[PixelBox | None]
) -> list[tuple[PixelBox, frozenset[int], float]]:
    """Cut rooms that are higher than others of their column to the row at their bottom.

    Where the text of a line wraps, its amount stands beside the last row of it.
    """
    usual = [_usual_row(room, [other for other, _, _ in rooms]) for room, _, _ in rooms]
    return [
        (room._replace(y0=min(line.y0, room.y1 - row)), copies, height)
        if line is not None and row is not None and _stands_on_its_row(line, room, row)
        else (room, copies, height)
        for (room, copies, height), line, row in zip(rooms, lines, usual, strict=True)
    ]


def _usual_row(room: PixelBox, others: Sequence[PixelBox]) -> int | None:
    """Return how high the low rooms of a column are, if several are alike."""
    slack = _COLUMN_SLACK * room.width
    heights = sorted(
        other.height
        for other in others
        if abs(other.x0 - room.x0) <= slack and abs(other.x1 - room.x1) <= slack
    )
    lowest = heights[len(heights) // 4]
    alike = [height for height in heights if abs(height - lowest) <= _ROW_SLACK * lowest]
    return max(alike) if len(alike) >= _ROWS else None


def _stands_on_its_row(line: PixelBox, room: PixelBox, row: int) -> bool:
    return room.height > _HIGHER * row and line.y0 >= room.y1 - (1 + _ROW_SLACK) * row


def _begin_at_one_place(block: Sequence[_Line]) -> bool:
    """Say whether several copies' values begin at one place and end at others, as words do."""
    parts = [part for line in block for part in line.mark.parts]
    starts, stops = zip(*((box.x0, box.x1) for _, box in parts), strict=True)
    several = len({copy for copy, _ in parts}) > 1
    height = block[0].height
    return several and np.ptp(starts) < 0.5 * height and bool(np.ptp(stops) > height)


def _to_the_left(
    mark: Mark, room: PixelBox, others: Sequence[PixelBox], surroundings: Surroundings
) -> PixelBox:
    """Return the room in the open of what is set to the right, from the print left of it on."""
    if surroundings.cell_of(mark.box) is not None or not _is_set_to_the_right(mark):
        return room
    ends = [o.x1 for o in others if o.x1 <= mark.box.x0 and o.shares_row(room, 0.3)]
    far = mark.box.x0 - round(_LONGER * mark.line_height)
    return room._replace(x0=min(room.x0, max([surroundings.free_left(mark.box), far, *ends])))


def _is_set_to_the_right(mark: Mark) -> bool:
    """Say whether the copies' values end at one place and begin at others, as amounts do."""
    starts, stops = zip(*((box.x0, box.x1) for _, box in mark.parts), strict=True)
    height = mark.line_height
    several = len(mark.copies) >= _COPIES_TO_ALIGN
    return several and np.ptp(stops) < 0.6 * height and bool(np.ptp(starts) > height)


def _at_the_bottom(
    box: PixelBox, room: PixelBox, height: float, surroundings: Surroundings
) -> PixelBox:
    """Return the lower part of a high cell when what is written stands on its bottom."""
    cell = surroundings.cell_of(box)
    if cell is None or cell.y1 - box.y1 > _AT_BOTTOM * height:
        return room
    if box.y0 - room.y0 < _BELOW_TOP * height:
        return room
    return room._replace(y0=box.y0 - round(_OVER_BOTTOM * height))


def _ends_aligned(
    blocks: Sequence[tuple[PixelBox, frozenset[int], float]], surroundings: Surroundings
) -> list[tuple[PixelBox, frozenset[int], float]]:
    """Let blanks in the open that begin under one another end where the longest of them ends."""
    aligned = []
    for room, copies, height in blocks:
        if surroundings.cell_of(room) is not None:
            aligned.append((room, copies, height))
            continue
        ends = [
            other.x1
            for other, _, _ in blocks
            if abs(other.x0 - room.x0) < height
            and other.gap_y(room) < 2.5 * height
            and surroundings.cell_of(other) is None
        ]
        end = min(max(ends), max(room.x1, surroundings.free_right(room)))
        neighbours = [o.x0 for o, _, _ in blocks if o.x0 >= room.x1 and o.shares_row(room, 0.3)]
        end = min([end, *neighbours])
        aligned.append((PixelBox(room.x0, room.y0, max(end, room.x1), room.y1), copies, height))
    return aligned


def _begins_aligned(
    blocks: Sequence[tuple[PixelBox, frozenset[int], float]], surroundings: Surroundings
) -> list[tuple[PixelBox, frozenset[int], float]]:
    """Let blanks in the open that end under one another begin where several of them begin.

    Of amounts in a column some are short in all copies.
    """
    open_ = [room for room, _, _ in blocks if surroundings.cell_of(room) is None]
    return [
        (room._replace(x0=_begin_in_column(room, height, open_, surroundings)), copies, height)
        if room in open_
        else (room, copies, height)
        for room, copies, height in blocks
    ]


def _begin_in_column(
    room: PixelBox, height: float, others: Sequence[PixelBox], surroundings: Surroundings
) -> int:
    """Return where a blank begins in a column of blanks: behind print and what stands left."""
    column = [
        o for o in others if abs(o.x1 - room.x1) < height and o.height < _HIGHER * room.height
    ]
    begins = sorted(o.x0 for o in column if o.gap_y(room) < _COLUMN_REACH * height)
    agreed = [b for b in begins if sum(abs(o - b) < height for o in begins) >= _ROWS]
    if not agreed or agreed[0] >= room.x0:
        return room.x0
    ends = [o.x1 for o in others if o.x1 <= room.x0 and o.shares_row(room, 0.3)]
    return min(room.x0, max([agreed[0], surroundings.free_left(room), *ends]))


def _words_joined(lines: list[_Line], surroundings: Surroundings) -> list[_Line]:
    """Join marks that stand side by side on a line with nothing printed between them."""
    rightwards = sorted(lines, key=lambda i: (i.box.x0, i.box.y0))
    return _joined(rightwards, _continues, surroundings)


def _joined(
    lines: Sequence[_Line],
    belong: Callable[[_Line, _Line, Surroundings], bool],
    surroundings: Surroundings,
) -> list[_Line]:
    """Join each line to the first of those before it to which it belongs."""
    joined: list[_Line] = []
    for line in lines:
        home = next((i for i, o in enumerate(joined) if belong(o, line, surroundings)), None)
        if home is None:
            joined.append(line)
            continue
        mark = Mark(
            around((joined[home].box, line.box)), (*joined[home].mark.parts, *line.mark.parts)
        )
        joined[home] = _Line(mark, surroundings.bounds(mark.box, mark.line_height))
    return joined


def _continues(first: _Line, second: _Line, surroundings: Surroundings) -> bool:
    gap = first.box.gap_x(second.box)
    if not first.box.shares_row(second.box, 0.6) or gap > _WORD_GAP * first.height:
        return False
    return gap <= 0 or not surroundings.is_parted(first.box, second.box)


def _heights_joined(lines: Sequence[_Line], surroundings: Surroundings) -> list[_Line]:
    """Join what copies wrote at one place, each at a height of its own."""
    downwards = sorted(lines, key=lambda i: (i.box.y0, i.box.x0))
    return _joined(downwards, _is_same, surroundings)


def _is_same(upper: _Line, lower: _Line, surroundings: Surroundings) -> bool:
    """Say whether lines lie nearer than any two lines of a form, and no copy has both."""
    a, b = upper.box, lower.box
    height = min(upper.height, lower.height)
    alike = (
        max(a.height, b.height) < 1.5 * height and max(upper.height, lower.height) < 1.4 * height
    )
    return (
        alike
        and a.gap_y(b) <= _SAME_LINE * height
        and a.shares_column(b, 0.5)
        and not upper.mark.copies & lower.mark.copies
        and not surroundings.text_between(a, b)
        and not surroundings.are_headed_apart(a, b, HEADED * height)
    )


def _lines_stacked(lines: list[_Line], surroundings: Surroundings) -> list[list[_Line]]:
    """Join lines over one another that are one text."""
    blocks: list[list[_Line]] = []
    for line in sorted(lines, key=lambda i: (i.box.y0, i.box.x0)):
        home = next((b for b in blocks if _is_next_line(b[-1], line, lines, surroundings)), None)
        if home is None or are_filled_apart([each.mark for each in home], line.mark):
            blocks.append([line])
        else:
            home.append(line)
    return blocks


def _is_next_line(
    upper: _Line, lower: _Line, lines: Sequence[_Line], surroundings: Surroundings
) -> bool:
    a, b = upper.box, lower.box
    height = min(upper.height, lower.height)
    close = b.y0 >= a.y0 + 0.5 * height and a.gap_y(b) <= _LINE_GAP * height
    similar = max(upper.height, lower.height) < 1.8 * height
    if not (close and similar and a.shares_column(b, 0.3)):
        return False
    if surroundings.text_between(a, b):
        return False
    if surroundings.has_text_left(b, 3 * height):
        return False
    cell = surroundings.cell_of(a)
    if cell is not None and cell == surroundings.cell_of(b):
        low = cell.height < _LOW_CELL * height
        if low and not _wraps(upper.mark, lower.mark, cell):
            return False
        return not _has_columns(a, b, cell, lines)
    return abs(a.x0 - b.x0) < height and _wraps(upper.mark, lower.mark, a)


def _has_columns(upper: PixelBox, lower: PixelBox, cell: PixelBox, lines: Sequence[_Line]) -> bool:
    """Say whether other writing stands beside both lines in their cell, as in an unruled table."""
    rows = (upper, lower)
    beside = [
        {
            id(o)
            for o in lines
            if o.box not in rows and cell.covers(o.box) > 0.5 and o.box.shares_row(r)
        }
        for r in rows
    ]
    return all(beside)


def _wraps(upper: Mark, lower: Mark, room: PixelBox) -> bool:
    """Say whether, in each copy with the lower line, the upper one fills about the room's width."""
    ends = {copy: box.x1 for copy, box in upper.parts}
    full = upper.box.x0 + _FULL * (max(room.x1, upper.box.x1) - upper.box.x0)
    return all(copy in ends and ends[copy] >= full for copy in lower.copies)


def _within_neighbours(
    block: Sequence[_Line], bounds: PixelBox, others: Sequence[PixelBox]
) -> PixelBox:
    """Cut the bounds where another block's writing begins.

    Of the paper between two blanks the left one has the most, where values begin at one place.
    """
    box = around(line.box for line in block)
    mine = 0.25 if _begin_at_one_place(block) else 0.5
    x0, y0, x1, y1 = bounds
    for other in others:
        if other == box:
            continue
        if other.shares_row(box, 0.3):
            if other.x0 >= box.x1:
                x1 = min(x1, (box.x1 + 3 * other.x0) // 4)
            elif other.x1 <= box.x0:
                x0 = max(x0, round(box.x0 - mine * (box.x0 - other.x1)))
        elif other.shares_column(box, 0.2):
            if other.y0 >= box.y1 - 2:
                y1 = min(y1, (box.y1 + other.y0) // 2)
            elif other.y1 <= box.y0 + 2:
                y0 = max(y0, (other.y1 + box.y0) // 2)
    return PixelBox(min(x0, box.x0), min(y0, box.y0), max(x1, box.x1), max(y1, box.y1))
