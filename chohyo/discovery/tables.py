"""Find tables with repeating rows among the regions of a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chohyo.discovery.pixel_box import PixelBox, around
from chohyo.discovery.region import Region, RegionKind

# From as many rows of as many columns on, like regions are a table.
_LEAST_ROWS, _LEAST_COLUMNS = 3, 2
# In heights of a row: how far rows may lie apart, and edges of one column.
_ROW_GAP, _EDGE = 0.9, 0.45
# And how far the other edge, where something beside the writing narrows a room.
_CUT = 1.3


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the regions of each row, from left to right, with the column of each."""

    rows: tuple[tuple[tuple[int, Region], ...], ...]
    columns: tuple[PixelBox, ...]

    @property
    def box(self) -> PixelBox:
        """Return the smallest box around all columns."""
        return around(self.columns)

    @property
    def places(self) -> dict[Region, tuple[int, int]]:
        """Return the row, from 1, and the column, from 0, of each region."""
        return {r: (n, c) for n, row in enumerate(self.rows, 1) for c, r in row}


def find_tables(regions: Sequence[Region]) -> list[Table]:
    """Return the tables: rows under one another whose regions stand in the same columns."""
    written = [r for r in regions if r.kind in {RegionKind.TEXT, RegionKind.DATE}]
    columns = [c for c in _columns(written) if len(c) >= _LEAST_ROWS]
    tables = []
    while columns:
        first = columns.pop(0)
        beside = [c for c in columns if _share_rows(first, c)]
        columns = [c for c in columns if c not in beside]
        if len(beside) + 1 >= _LEAST_COLUMNS:
            tables.append(_table(_completed([first, *beside], written)))
            columns = [c for c in columns if not any(r in tables[-1].places for r in c)]
    return tables


def _completed(
    columns: Sequence[Sequence[Region]], regions: Sequence[Region]
) -> list[list[Region]]:
    """Add the regions that stand in a row and a column of a table, though not in one run."""
    taken = {r for column in columns for r in column}
    rows = max(columns, key=len)
    whole = [list(column) for column in columns]
    for region in regions:
        if region in taken or not any(r.box.shares_row(region.box, 0.8) for r in rows):
            continue
        for column in whole:
            alone = not any(r.box.shares_row(region.box, 0.5) for r in column)
            if alone and _in_column(column[0].box, region.box):
                column.append(region)
                taken.add(region)
                break
    return whole


def _in_column(one: PixelBox, other: PixelBox) -> bool:
    edge = _CUT * min(one.height, other.height)
    alike = 0.75 < one.height / max(1, other.height) < 1.33
    return alike and abs(one.x0 - other.x0) <= edge and abs(one.x1 - other.x1) <= edge


def _columns(regions: Sequence[Region]) -> list[list[Region]]:
    """Return runs of regions of one width and height, each directly under the one before."""
    columns: list[list[Region]] = []
    for region in sorted(regions, key=lambda r: (r.box.y0, r.box.x0)):
        home = next((c for c in columns if _is_under(c[-1].box, region.box)), None)
        if home is None:
            columns.append([region])
        else:
            home.append(region)
    return sorted(columns, key=lambda c: (-len(c), c[0].box.x0))


def _is_under(upper: PixelBox, lower: PixelBox) -> bool:
    height = min(upper.height, lower.height)
    return (
        min(abs(upper.x0 - lower.x0), abs(upper.x1 - lower.x1)) <= _EDGE * height
        and max(abs(upper.x0 - lower.x0), abs(upper.x1 - lower.x1)) <= _CUT * height
        and max(upper.height, lower.height) <= 1.35 * height
        and -0.2 * height <= lower.y0 - upper.y1 <= _ROW_GAP * height
    )


def _share_rows(first: Sequence[Region], other: Sequence[Region]) -> bool:
    """Say whether most of the shorter column's regions stand in rows of the longer one."""
    shared = sum(any(r.box.shares_row(o.box, 0.8) for o in first) for r in other)
    alike = 0.7 < other[0].box.height / max(1, first[0].box.height) < 1.4
    return alike and shared >= 0.8 * min(len(first), len(other)) and shared >= _LEAST_ROWS


def _table(columns: Sequence[Sequence[Region]]) -> Table:
    ordered = sorted(columns, key=lambda c: c[0].box.x0)
    rows: list[list[tuple[int, Region]]] = []
    cells = [(n, region) for n, column in enumerate(ordered) for region in column]
    for cell in sorted(cells, key=lambda c: (c[1].box.center[1], c[0])):
        home = next((row for row in rows[-1:] if row[0][1].box.shares_row(cell[1].box, 0.6)), None)
        if home is None:
            rows.append([cell])
        else:
            home.append(cell)
    return Table(
        tuple(tuple(sorted(row, key=lambda c: c[0])) for row in rows),
        tuple(around(r.box for r in column) for column in ordered),
    )
