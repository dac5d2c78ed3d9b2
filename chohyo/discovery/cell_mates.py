"""Regions of one cell that are one field: nothing is printed in it, and copies write in turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chohyo.discovery.pixel_box import PixelBox, around
from chohyo.discovery.region import Region
from chohyo.discovery.region_growth import Surroundings

# Of a region, how much lies in its cell.
_IN_CELL = 0.7
# So many copies tell that regions side by side are filled in by turns.
_COPIES_THAT_TELL = 3


def joined_in_cells(regions: Sequence[Region], surroundings: Surroundings) -> list[Region]:
    """Join the text regions of an empty cell that are lines, or beginnings, of one field.

    A lower line that is never written without the upper one is its second line. Where values begin
    left in some copies and end right in others, none has both.
    """
    by_cell: dict[PixelBox, list[Region]] = {}
    joined = []
    for region in regions:
        cell = surroundings.cell_of(region.box)
        if region.comb or cell is None or cell.covers(region.box) < _IN_CELL:
            joined.append(region)
        else:
            by_cell.setdefault(cell, []).append(region)
    for cell, mates in by_cell.items():
        if len(mates) > 1 and surroundings.ruling.is_bare(cell):
            joined += _joined(sorted(mates, key=lambda r: (r.box.y0, r.box.x0)))
        else:
            joined += mates
    return joined


def _joined(mates: Sequence[Region]) -> list[Region]:
    kept: list[Region] = []
    for region in mates:
        place = next((n for n, other in enumerate(kept) if _are_one(other, region)), None)
        if place is None:
            kept.append(region)
        else:
            first = kept[place]
            box, copies = around([first.box, region.box]), first.copies | region.copies
            kept[place] = replace(first, box=box, copies=copies)
    return kept


def _are_one(upper: Region, lower: Region) -> bool:
    """Say whether two regions are one field; `upper` begins higher, or as high and left."""
    if upper.box.shares_row(lower.box):
        by_turns = not upper.copies & lower.copies
        enough = len(upper.copies | lower.copies) >= _COPIES_THAT_TELL
        return by_turns and enough and upper.box.gap_x(lower.box) < 0
    return upper.box.shares_column(lower.box) and lower.copies <= upper.copies
