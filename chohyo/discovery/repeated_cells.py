"""Give cells that look alike the same fields.

A form repeats itself: a column for each year, a block for each person. What copies fill in of one
cell tells of all cells with the same print, more surely than each of them alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.region import Region, RegionKind
from chohyo.discovery.ruling import Ruling

Mask = NDArray[np.bool_]

_LEAST_CELLS = 3
# In pixels: cells of one size, and print that lies so near to its like.
_SIZE, _OFF = 4, 3
# The correlation of print that is the same; other words have about 0.3.
_ALIKE = 0.6
# Less ink than this, in squares of 10 pixels, is no print to know a cell by.
_LEAST_INK = 0.6
_INSIDE = 0.7
# Of the cells that look alike: how many must be filled in to tell of the others, from how many on a
# place is a field of all, and up to how many it is none. An option is rarer: two cells tell of it.
_FILLED, _MANY, _FEW = 0.6, 0.5, 0.2
_OPTION_CELLS = 2


@dataclass(frozen=True, slots=True)
class _Group:
    """Regions at one place of cells that are alike; `cells` has each region's cell."""

    kind: RegionKind
    box: PixelBox
    regions: dict[int, Region]


def like_their_like(
    regions: Sequence[Region], cells: Sequence[PixelBox], ruling: Ruling
) -> list[Region]:
    """Return the regions with those of cells of the same print made the same."""
    result = list(regions)
    for alike in families(cells, ruling):
        inside = {
            number: [r for r in result if cell.covers(r.box) >= _INSIDE]
            for number, cell in enumerate(alike)
        }
        if sum(bool(own) for own in inside.values()) < _FILLED * len(alike):
            continue
        groups = _grouped(alike, inside)
        agreed = _agreed(groups, len(alike))
        gone = {r for own in inside.values() for r in own}
        result = [r for r in result if r not in gone]
        for number, cell in enumerate(alike):
            result += _of_cell(number, cell, inside[number], agreed, groups)
    return result


def families(cells: Sequence[PixelBox], ruling: Ruling) -> list[list[PixelBox]]:
    """Return three or more cells each that have one size and the same print."""
    left = [c for c in sorted(cells, key=lambda c: (c.y0, c.x0)) if _ink(c, ruling) >= _LEAST_INK]
    found = []
    while left:
        first, *others = left
        mine = _print(first, ruling)
        family = [first, *(c for c in others if _is_like(first, mine, c, ruling))]
        left = [c for c in others if c not in family]
        if len(family) >= _LEAST_CELLS:
            found.append(family)
    return found


def _ink(cell: PixelBox, ruling: Ruling) -> float:
    return float(_print(cell, ruling).sum()) / 100


def _print(cell: PixelBox, ruling: Ruling) -> Mask:
    inner = cell.inset(3)
    return ruling.text[inner.y0 : inner.y1, inner.x0 : inner.x1]


def _is_like(first: PixelBox, mine: Mask, cell: PixelBox, ruling: Ruling) -> bool:
    if abs(cell.width - first.width) > _SIZE or abs(cell.height - first.height) > _SIZE:
        return False
    other = _print(cell, ruling)
    height, width = min(mine.shape[0], other.shape[0]), min(mine.shape[1], other.shape[1])
    if min(height, width) <= 4 * _OFF:
        return False
    a, b = mine[:height, :width], other[:height, :width]
    # Letters themselves must agree: any two lines of print cover each other when blurred.
    core = b[_OFF:-_OFF, _OFF:-_OFF].astype(np.float32)
    found = cv2.matchTemplate(a.astype(np.float32), core, cv2.TM_CCOEFF_NORMED)
    return float(found.max()) >= _ALIKE


def _grouped(cells: Sequence[PixelBox], inside: dict[int, list[Region]]) -> list[_Group]:
    """Group the regions of all cells by kind and by their place in the cell."""
    groups: list[_Group] = []
    for number, own in inside.items():
        for region in own:
            place = _relative(region.box, cells[number])
            home = next(
                (g for g in groups if number not in g.regions and _fits(g, region, place)), None
            )
            if home is None:
                groups.append(_Group(region.kind, place, {number: region}))
            else:
                home.regions[number] = region
    return [
        replace(
            group,
            box=_median([_relative(r.box, cells[n]) for n, r in group.regions.items()]),
        )
        for group in groups
    ]


def _fits(group: _Group, region: Region, place: PixelBox) -> bool:
    return group.kind is region.kind and group.box.iou(place) >= 0.4


def _relative(box: PixelBox, cell: PixelBox) -> PixelBox:
    return PixelBox(box.x0 - cell.x0, box.y0 - cell.y0, box.x1 - cell.x0, box.y1 - cell.y0)


def _median(boxes: Sequence[PixelBox]) -> PixelBox:
    return PixelBox(*(round(float(edge)) for edge in np.median(np.array(boxes), axis=0)))


def _agreed(groups: Sequence[_Group], cells: int) -> list[_Group]:
    """Return the places that are fields of all cells, the surest of those that overlap.

    Where there are several options they come first: writing over them is what is left of rings.
    """
    likely = [
        group
        for group in groups
        if len(group.regions)
        >= (_OPTION_CELLS if group.kind is RegionKind.OPTION else max(2, _MANY * cells))
    ]
    kept: list[_Group] = []
    choice = sum(group.kind is RegionKind.OPTION for group in likely) > 1
    for group in sorted(likely, key=lambda g: _rank(g, choice)):
        if not any(_overlap(group.box, other.box) > 0.3 for other in kept):
            kept.append(group)
    return kept


def _rank(group: _Group, choice: bool) -> tuple[bool, int, PixelBox]:
    return choice and group.kind is not RegionKind.OPTION, -len(group.regions), group.box


def _overlap(one: PixelBox, other: PixelBox) -> float:
    return one.intersection(other) / max(1, min(one.area, other.area))


def _of_cell(
    number: int,
    cell: PixelBox,
    own: Sequence[Region],
    agreed: Sequence[_Group],
    groups: Sequence[_Group],
) -> list[Region]:
    """Return the regions of a cell: those of all, and of its own what does not contradict them."""
    regions = []
    for group in agreed:
        box = PixelBox(
            cell.x0 + group.box.x0, cell.y0 + group.box.y0,
            cell.x0 + group.box.x1, cell.y0 + group.box.y1,
        )  # fmt: skip
        like = group.regions.get(number) or next(iter(group.regions.values()))
        copies = frozenset().union(
            *(r.copies for r in own if r.kind is group.kind and _overlap(r.box, box) > 0.3)
        )
        regions.append(replace(like, box=box, copies=copies))
    rare = [g for g in groups if len(g.regions) <= _FEW * max(len(x.regions) for x in groups)]
    odd = {g.regions[number] for g in rare if number in g.regions}
    regions += [
        r
        for r in own
        if r not in odd and not any(_overlap(r.box, kept.box) > 0.3 for kept in regions)
    ]
    return regions
