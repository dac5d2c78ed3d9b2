"""Tell what is left of filled-in values in the columns of a table from print.

Values that several copies share stay in a blank form as if they were printed. In a column whose
other cells are bare, print in cells that copies write in is such a remnant: what a form prints into
the rows of a table, it prints into all of them, or into cells that nobody writes in.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.ruling import Ruling
from chohyo.extraction.masks import stretches

_LEAST_ROWS = 4
# Of a column's cells, how many must be bare.
_BARE_SHARE = 0.4
# Fewer inked pixels are dirt.
_DIRT = 12
# In squares of a cell's height: less of a copy's ink is no writing.
_WRITTEN = 0.1
# In heights of a cell: how far edges of one column lie apart, and cells of it.
_EDGE, _GAP = 0.2, 0.4
_HEIGHTS = 1.25
# Of a ring, this much is in its cell.
_INSIDE = 0.7


def remnants(
    cells: Sequence[PixelBox],
    fills: NDArray[np.bool_],
    ruling: Ruling,
    ringed: Sequence[PixelBox] = (),
) -> list[PixelBox]:
    """Return the cells whose print is what is left of values.

    Args:
        cells: closed cells of the form.
        fills: what each copy has written, in half the size.
        ruling: its text is what seems to be printed.
        ringed: where copies have rings around print, which is none of their values.
    """
    found = []
    for column in columns_of(cells):
        bare = [cell for cell in column if not _is_inked(cell, ruling)]
        if len(bare) < _BARE_SHARE * len(column):
            continue
        for run in _runs([cell not in bare for cell in column], column):
            if not any(cell.covers(ring) > _INSIDE for cell in run for ring in ringed):
                found += [cell for cell in run if _is_written(cell, fills)]
    return found


def _runs(inked: Sequence[bool], column: Sequence[PixelBox]) -> list[Sequence[PixelBox]]:
    """Return the cells of a column that have print, those under one another together."""
    return [column[start:stop] for start, stop in stretches(inked).tolist()]


def columns_of(cells: Sequence[PixelBox]) -> list[list[PixelBox]]:
    """Return runs of at least four cells of one size, each directly under the one before."""
    columns: list[list[PixelBox]] = []
    for cell in sorted(cells, key=lambda c: (c.y0, c.x0)):
        home = next((c for c in columns if _is_under(c[-1], cell)), None)
        if home is None:
            columns.append([cell])
        else:
            home.append(cell)
    return [column for column in columns if len(column) >= _LEAST_ROWS]


def _is_under(upper: PixelBox, lower: PixelBox) -> bool:
    height = min(upper.height, lower.height)
    edge = max(3.0, _EDGE * height)
    return (
        abs(upper.x0 - lower.x0) <= edge
        and abs(upper.x1 - lower.x1) <= edge
        and max(upper.height, lower.height) <= _HEIGHTS * height
        and 0 <= lower.y0 - upper.y1 <= _GAP * height
    )


def _is_written(cell: PixelBox, fills: NDArray[np.bool_]) -> bool:
    inner = cell.inset(4)
    inside = fills[:, inner.y0 // 2 : inner.y1 // 2, inner.x0 // 2 : inner.x1 // 2]
    least = _WRITTEN * (cell.height / 2) ** 2
    return bool((inside.sum(axis=(1, 2)) >= least).any())


def _is_inked(cell: PixelBox, ruling: Ruling) -> bool:
    inner = cell.inset(3)
    return int(ruling.text[inner.y0 : inner.y1, inner.x0 : inner.x1].sum()) >= _DIRT
