"""Tell boxes of which one is ticked (a choice) from boxes that are each ticked or not.

Print seldom says which they are; how copies tick them does. Runs of boxes in a row or a column are
cut into choices and single boxes so that the ticks become likeliest.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from chohyo.discovery.field_regions import Region
from chohyo.discovery.pixel_box import PixelBox, around
from chohyo.discovery.region_kind import RegionKind

# How often one box of a choice is ticked, none and several: where it is always answered, and where
# it may be left open.
_ANSWERS = ((0.95, 0.04, 0.01), (0.55, 0.44, 0.01))
# How likely a run of boxes is to be a choice, before its ticks are seen: as
# such, by a cell of its own, or by its words.
_PRIOR, _PRIOR_OF_CELL, _PRIOR_OF_WORDS = math.log(0.02), math.log(0.5), math.log(0.8)
_WORDS = (
    re.compile(r"^(yes|no|n/?a|unsure|unknown)\b", re.IGNORECASE),
    re.compile(r"^(はい|いいえ|有り?|無し?|あり|なし|要|不要|可|否|した|しない|済|未)"),
    re.compile(r"^(男性?|女性?|male|female|[mf]\b)", re.IGNORECASE),
    re.compile(r"^(明治|大正|昭和|平成|令和)"),
    re.compile(
        r"^(single|married|divorced|widowed|checking|savings|普通|当座|貯蓄)", re.IGNORECASE
    ),
)
_MOST = 10
# In widths of a box: how far apart boxes of one run stand in a row, and in a column.
_ROW_GAP, _COLUMN_GAP = 22.0, 2.5


def ticks_joined(
    regions: Sequence[Region],
    word_of: Callable[[PixelBox], str],
    cell_of: Callable[[PixelBox], PixelBox | None],
    copies: int,
) -> list[Region]:
    """Join boxes of which the copies tick one to choices.

    Args:
        regions: all regions of a page.
        word_of: the print that belongs to a box.
        cell_of: the closed cell around a box.
        copies: how many copies there are.
    """
    squares = [r for r in regions if r.kind is RegionKind.CHECKBOX]
    rate = sum(len(r.copies) for r in squares) / max(1, copies * len(squares))
    joined: list[Region] = []
    runs = [(run, _PRIOR_OF_CELL) for run in _in_cells(squares, cell_of)]
    runs += [(run, _PRIOR) for run in (*_rows(squares), *_columns(squares))]
    for run, prior in runs:
        if not any(r.box in done.options for r in run for done in joined):
            joined += _choices(run, word_of, prior, copies, min(0.7, max(0.05, rate)))
    taken = {box for choice in joined for box in choice.options}
    return [r for r in regions if r.box not in taken] + joined


def _in_cells(
    squares: Sequence[Region], cell_of: Callable[[PixelBox], PixelBox | None]
) -> list[list[Region]]:
    """Return the boxes of each cell that holds a few of them, line by line."""
    cells: dict[PixelBox, list[Region]] = {}
    for square in squares:
        if (cell := cell_of(square.box)) is not None:
            cells.setdefault(cell, []).append(square)
    return [
        sorted(held, key=lambda r: (round(r.box.center[1] / r.box.height), r.box.x0))
        for held in cells.values()
        if 2 <= len(held) <= _MOST
    ]


def _rows(squares: Sequence[Region]) -> list[list[Region]]:
    return _runs(
        sorted(squares, key=lambda r: (r.box.x0, r.box.y0)),
        lambda a, b: (
            a.box.shares_row(b.box, 0.6) and 0 < a.box.gap_x(b.box) < _ROW_GAP * a.box.width
        ),
    )


def _columns(squares: Sequence[Region]) -> list[list[Region]]:
    return _runs(
        sorted(squares, key=lambda r: (r.box.y0, r.box.x0)),
        lambda a, b: (
            a.box.shares_column(b.box, 0.8) and 0 < a.box.gap_y(b.box) < _COLUMN_GAP * a.box.height
        ),
    )


def _runs(
    squares: Sequence[Region], follows: Callable[[Region, Region], bool]
) -> list[list[Region]]:
    runs: list[list[Region]] = []
    for square in squares:
        home = next((run for run in runs if follows(run[-1], square)), None)
        if home is None:
            runs.append([square])
        else:
            home.append(square)
    return [run for run in runs if len(run) > 1]


def _choices(
    run: Sequence[Region],
    word_of: Callable[[PixelBox], str],
    prior: float,
    copies: int,
    rate: float,
) -> list[Region]:
    """Cut a run where that makes its ticks likeliest; return the pieces that are choices."""
    words = [word_of(r.box) for r in run]
    best: list[tuple[float, list[tuple[int, int]]]] = [(0.0, [])]
    for stop in range(1, len(run) + 1):
        options = []
        for start in range(max(0, stop - _MOST), stop):
            score, pieces = best[start]
            alone = stop - start == 1
            likely = (
                _as_box(run[start], copies, rate)
                if alone
                else _as_choice(
                    run[start:stop],
                    words[start:stop],
                    prior if stop - start == len(run) else _PRIOR,
                    copies,
                )
            )
            options.append((score + likely, [*pieces, (start, stop)]))
        best.append(max(options, key=lambda option: (option[0], -len(option[1]))))
    return [
        Region(
            RegionKind.TICKED_OPTION,
            around(r.box for r in run[start:stop]),
            frozenset[int]().union(*(r.copies for r in run[start:stop])),
            options=tuple(r.box for r in run[start:stop]),
        )
        for start, stop in best[-1][1]
        if stop - start > 1
    ]


def _as_box(square: Region, copies: int, rate: float) -> float:
    ticked = len(square.copies)
    return ticked * math.log(rate) + (copies - ticked) * math.log(1 - rate)


def _as_choice(squares: Sequence[Region], words: Sequence[str], prior: float, copies: int) -> float:
    told = any(sum(bool(kind.search(word)) for word in words) > 1 for kind in _WORDS)
    ticked = [sum(copy in square.copies for square in squares) for copy in range(copies)]
    return (_PRIOR_OF_WORDS if told else prior) + max(
        sum(
            math.log(
                one / len(squares) if n == 1 else none if n == 0 else several / 2 ** len(squares)
            )
            for n in ticked
        )
        for one, none, several in _ANSWERS
    )
