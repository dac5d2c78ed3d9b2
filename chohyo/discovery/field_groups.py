"""Join regions that are one field: the parts of a date, the words of a choice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from chohyo.discovery.field_labels import LabelFinder
from chohyo.discovery.pixel_box import PixelBox, around
from chohyo.discovery.region import Region, RegionKind

# The unit behind a blank, or behind a rest of what is written there; in 生年月日 it is of a label.
_DATE_PART = re.compile(r"(?!生年|.?年月日).?([年月日])")
# In heights of an option: how far the next option of one choice may be.
_OPTION_GAP = 9.0
# Of an option's area: a cell no larger than this is the option's own.
_OWN_CELL = 8.0
# Of the page's long side: the least seal (8 mm on A4) is larger than a ring around a word is high.
_LEAST_SEAL = 0.026
_SEAL_MARK = re.compile(r"[\W印]*")


def dates_joined(regions: Sequence[Region], finder: LabelFinder) -> list[Region]:
    """Join blanks before 年, 月 and 日 on one line to one date."""
    text = sorted((r for r in regions if _may_be_part(r)), key=lambda r: (r.box.x0, r.box.y0))
    parts = {r: _DATE_PART.match(finder.unit_behind(r.box)) for r in text}
    dates: list[Region] = []
    used: set[Region] = set()
    for first in text:
        if first in used or _part(parts, first) != "年":
            continue
        month = _next_part(first, "月", text, parts, used)
        day = _next_part(month, "日", text, parts, used) if month else None
        if month is None:
            continue
        group = [r for r in (first, month, day) if r is not None]
        used.update(group)
        dates.append(_date(group, finder.era_before(first.box)))
    return [r for r in regions if r not in used] + dates


def _may_be_part(region: Region) -> bool:
    return region.kind is RegionKind.TEXT and region.comb <= 2


def _part(parts: dict[Region, re.Match[str] | None], region: Region) -> str:
    match = parts[region]
    return match.group(1) if match else ""


def _next_part(
    before: Region,
    part: str,
    text: Sequence[Region],
    parts: dict[Region, re.Match[str] | None],
    used: set[Region],
) -> Region | None:
    for region in text:
        beside = 0 <= region.box.x0 - before.box.x1 <= 4 * before.box.height + 20
        fits = region not in used and region.box.shares_row(before.box, 0.6) and beside
        if fits and _part(parts, region) == part:
            return region
    return None


def _date(group: Sequence[Region], era: int | None) -> Region:
    box = around(r.box for r in group)
    # Room for the last part's own letter and the era, so that the whole date is read at once.
    letter = round(min(r.box.height for r in group) * 0.9)
    start = box.x0 if era is None else min(era, box.x0)
    wide = PixelBox(start, box.y0, box.x1 + letter, box.y1)
    copies = frozenset[int]().union(*(r.copies for r in group))
    parts = tuple(r.box for r in group)
    return replace(group[0], box=wide, copies=copies, kind=RegionKind.DATE, parts=parts)


def options_joined(
    regions: Sequence[Region], cell_of: Callable[[PixelBox], PixelBox | None]
) -> list[Region]:
    """Join circled words that stand in one row or one column to one choice.

    `cell_of` returns the closed cell around a box: a choice stands in one, or each of its options
    fills one of its own.
    """
    options = sorted(
        (r for r in regions if r.kind is RegionKind.OPTION), key=lambda r: (r.box.y0, r.box.x0)
    )
    cells = {option.box: cell_of(option.box) for option in options}
    held = Counter(cells.values())
    own = {box: cell if held[cell] == 1 else None for box, cell in cells.items()}
    groups: list[list[Region]] = []
    for option in options:
        home = next(
            (g for g in groups if any(_are_one_choice(o.box, option.box, cells, own) for o in g)),
            None,
        )
        if home is None:
            groups.append([option])
        else:
            home.append(option)
    choices = [
        Region(
            RegionKind.OPTION,
            around(o.box for o in group),
            frozenset[int]().union(*(o.copies for o in group)),
            options=tuple(sorted((o.box for o in group), key=lambda b: (b.x0, b.y0))),
        )
        for group in groups
    ]
    return [r for r in regions if r.kind is not RegionKind.OPTION] + choices


def seals_parted(regions: Sequence[Region], finder: LabelFinder, long_side: int) -> list[Region]:
    """Turn what looks like a single option into a seal, where it is as large and round as one.

    Nothing but the mark 印 is printed where copies are stamped.
    """
    return [
        replace(region, kind=RegionKind.SEAL, options=())
        if _is_seal(region, long_side) and _SEAL_MARK.fullmatch(finder.inside(region.box))
        else region
        for region in regions
    ]


def _is_seal(region: Region, long_side: int) -> bool:
    box = region.box
    alone = region.kind is RegionKind.OPTION and len(region.options) == 1
    round_enough = 0.8 < box.width / max(1, box.height) < 1.25
    return alone and round_enough and box.height >= _LEAST_SEAL * long_side


def _are_one_choice(
    first: PixelBox,
    second: PixelBox,
    cells: Mapping[PixelBox, PixelBox | None],
    own: Mapping[PixelBox, PixelBox | None],
) -> bool:
    """Say so of options beside each other in one cell, or in cells that hold one each, `own`."""
    if not _beside(first, second):
        return False
    if cells[first] == cells[second]:
        return True
    return all(
        (cell := own[option]) is not None and cell.area <= _OWN_CELL * option.area
        for option in (first, second)
    )


def _beside(first: PixelBox, second: PixelBox) -> bool:
    height = max(first.height, second.height)
    alike = min(first.height, second.height) > 0.6 * height
    row = first.shares_row(second, 0.6) and first.gap_x(second) < _OPTION_GAP * height
    column = abs(first.x0 - second.x0) < 0.5 * height and first.gap_y(second) < 0.8 * height
    return alike and (row or column)
