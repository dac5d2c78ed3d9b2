"""Tell boxes of which one is ticked (a choice) from boxes that are each ticked or not.

Print seldom says which they are; how copies tick them does. Runs of boxes in a row or a column are
cut into choices and single boxes so that the ticks become likeliest.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.blank_form import BlankForm
from chohyo.discovery.pixel_box import PixelBox, around
from chohyo.discovery.region import Region, RegionKind

# How often one box of a choice is ticked, none and several: where it is always answered, where it
# may be left open, and where it mostly is, as what an office fills in later.
_ANSWERS = ((0.95, 0.04, 0.01), (0.55, 0.44, 0.01), (0.1, 0.89, 0.01))
# How likely a run of boxes is to be a choice, before its ticks are seen: as
# such, by a cell of its own, or by its words.
_PRIOR, _PRIOR_OF_CELL, _PRIOR_OF_WORDS = math.log(0.01), math.log(0.5), math.log(0.8)
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
# Of a box's inside, clear of its sides, a copy that ticks it inks so much; a bare one next to none.
# A row or column of that inside which is inked throughout is a side of the box.
_TICKED, _SIDE = 0.1, 0.8
# How firmly the boxes of a page are held to its rate of ticks, in copies.
_FIRMNESS = 2.0


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
    rate = min(0.7, max(0.05, rate))
    cells = _in_cells(squares, cell_of)
    joined = [
        choice
        for alike in _alike(cells, word_of)
        for choice in _together(alike, word_of, copies, rate)
    ]
    for run in (*_rows(squares), *_columns(squares)):
        if not any(r.box in done.options for r in run for done in joined):
            joined += _choices(run, word_of, _PRIOR, copies, rate)
    taken = {box for choice in joined for box in choice.options}
    return [r for r in regions if r.box not in taken] + joined


def with_ticks(regions: Sequence[Region], blank: BlankForm) -> list[Region]:
    """Add the copies that tick a box with strokes too near its sides to be told from print.

    Ink inside a box that is not there in all copies is a tick, whatever is printed around it.
    """
    return [
        replace(region, copies=region.copies | _ticking(region.box, blank))
        if region.kind is RegionKind.CHECKBOX
        else region
        for region in regions
    ]


def _ticking(box: PixelBox, blank: BlankForm) -> frozenset[int]:
    inner = box.inset(max(4, round(0.28 * box.width)))
    inks = blank.inks[:, inner.y0 // 2 : (inner.y1 + 1) // 2, inner.x0 // 2 : (inner.x1 + 1) // 2]
    if blank.is_first_guess or not inks.size:
        return frozenset()
    varied = inks & ~inks.all(axis=0)
    return frozenset(copy for copy, ink in enumerate(varied) if _is_tick(ink))


def _is_tick(ink: NDArray[np.bool_]) -> bool:
    """Say whether ink inside a box is more than a side of the box that lies a little aside."""
    for _ in range(2):
        ink = _without_side(_without_side(ink).T).T
    return not ink.size or float(ink.mean()) > _TICKED


def _without_side(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return ink without its first row, or else its last, where that is inked throughout."""
    for edge, rest in ((ink[:1], ink[1:]), (ink[-1:], ink[:-1])):
        if edge.size and edge.mean() >= _SIDE:
            return rest
    return ink


def _in_cells(
    squares: Sequence[Region], cell_of: Callable[[PixelBox], PixelBox | None]
) -> list[list[Region]]:
    """Return the boxes of each cell that holds a few of them, line by line."""
    cells: dict[PixelBox, list[Region]] = {}
    for square in squares:
        if (cell := cell_of(square.box)) is not None:
            cells.setdefault(cell, []).append(square)
    return [_line_by_line(held) for held in cells.values() if 2 <= len(held) <= _MOST]


def _line_by_line(squares: Sequence[Region]) -> list[Region]:
    lines: list[list[Region]] = []
    for square in sorted(squares, key=lambda r: r.box.center[1]):
        if lines and lines[-1][0].box.shares_row(square.box, 0.5):
            lines[-1].append(square)
        else:
            lines.append([square])
    return [square for line in lines for square in sorted(line, key=lambda r: r.box.x0)]


def _alike(
    runs: Sequence[Sequence[Region]], word_of: Callable[[PixelBox], str]
) -> list[list[Sequence[Region]]]:
    """Put runs of the same words together: the same question, asked of several persons."""
    groups: dict[tuple[str, ...], list[Sequence[Region]]] = {}
    for run in runs:
        words = tuple(word_of(r.box) for r in run)
        key = words if all(words) else (*words, str(len(groups)))
        groups.setdefault(key, []).append(run)
    return list(groups.values())


def _together(
    runs: Sequence[Sequence[Region]],
    word_of: Callable[[PixelBox], str],
    copies: int,
    rate: float,
) -> list[Region]:
    """Cut runs of the same words alike, as if there were more copies of one."""
    joint = [
        replace(
            same[0],
            copies=frozenset(n * copies + c for n, each in enumerate(same) for c in each.copies),
        )
        for same in zip(*runs, strict=True)
    ]
    places = {region.box: place for place, region in enumerate(joint)}
    pieces = [
        [places[box] for box in choice.options]
        for choice in _choices(joint, word_of, _PRIOR_OF_CELL, copies * len(runs), rate)
    ]
    return [_choice([run[place] for place in piece]) for run in runs for piece in pieces]


def _choice(squares: Sequence[Region]) -> Region:
    return Region(
        RegionKind.TICKED_OPTION,
        around(r.box for r in squares),
        frozenset[int]().union(*(r.copies for r in squares)),
        options=tuple(r.box for r in squares),
    )


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
            if stop - start == 1:
                score += _as_box(run[start], copies, rate)
            else:
                whole = prior if stop - start == len(run) else _PRIOR
                told = _PRIOR_OF_WORDS if _are_answers(words, start, stop) else whole
                score += told + _as_choice(run[start:stop], copies)
            options.append((score, [*pieces, (start, stop)]))
        best.append(max(options, key=lambda option: (option[0], -len(option[1]))))
    return [_choice(run[start:stop]) for start, stop in best[-1][1] if stop - start > 1]


def _are_answers(words: Sequence[str], start: int, stop: int) -> bool:
    """Say whether words are answers to one question, and those beside them no further ones."""
    inside = words[start:stop]
    beside = [word for word in (*words[:start][-1:], *words[stop : stop + 1]) if word not in inside]
    return any(
        sum(bool(kind.search(word)) for word in inside) > 1
        and not any(kind.search(word) for word in beside)
        for kind in _WORDS
    )


def _as_box(square: Region, copies: int, rate: float) -> float:
    """Return how likely the ticks of a box of its own are; some are ticked more often than others.

    Its rate is drawn from a beta distribution around the page's (Skellam, 1948).
    """
    ticked = len(square.copies)
    return _log_beta(
        _FIRMNESS * rate + ticked, _FIRMNESS * (1 - rate) + copies - ticked
    ) - _log_beta(_FIRMNESS * rate, _FIRMNESS * (1 - rate))


def _as_choice(squares: Sequence[Region], copies: int) -> float:
    """Return how likely the ticks of a choice are, some answers being commoner than others.

    Their shares are drawn from a Dirichlet distribution (Jeffreys' prior).
    """
    ticked = [sum(copy in square.copies for square in squares) for copy in range(copies)]
    alone = [copy for copy in range(copies) if ticked[copy] == 1]
    counts = [sum(copy in square.copies for copy in alone) for square in squares]
    shares = (
        math.lgamma(len(squares) / 2) - math.lgamma(len(squares) / 2 + len(alone))
        + sum(math.lgamma(count + 0.5) - math.lgamma(0.5) for count in counts)
    )  # fmt: skip
    return shares + max(
        sum(
            math.log(one if n == 1 else none if n == 0 else several / 2 ** len(squares))
            for n in ticked
        )
        for one, none, several in _ANSWERS
    )


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
