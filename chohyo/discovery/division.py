"""Choose the division of copies that is most surely one of editions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.added_print import is_added_print
from chohyo.discovery.coincidence import Split, assumed_places, improbable, splits
from chohyo.discovery.exchanged_characters import Exchange, exchange
from chohyo.discovery.places import place_bounds
from chohyo.discovery.print_cells import CELL, STEP, CellLabels

_LOOKED_AT = 8  # divisions, those of the most cells
_MOST_PLACES = 6  # of a division: with more, it needs no close look
# Of 49 divisions with some evidence (own forms, en, orca), 28 of the 36 by editions exchange a
# character, for 12 it is most of what they do; none of the other 13. Chance makes so few places.
_RARER = 30.0
_MOST_OF_IT = 0.5  # of the cells: beside a long entry a character is one by chance
_OF_MARKS = 5.0  # digits that boxes ticked otherwise need: who fills a form in ticks in one way


def best_division(found: CellLabels, copies: NDArray[np.uint8]) -> Split | None:
    """Return the division that is most probably one of editions, None without any.

    Args:
        found: the labels of the copies by cell.
        copies: their softened ink in one frame, shape (n, height, width).
    """
    tried = [split for split in splits(found) if len(split.rows)]
    ordered = sorted(tried, key=lambda split: (-split.evidence, -len(split.rows)))
    looked = [_looked_at(split, found, copies) for split in ordered[:_LOOKED_AT]]
    return max([*looked, *ordered[_LOOKED_AT:]], key=lambda split: split.evidence, default=None)


def _looked_at(split: Split, found: CellLabels, copies: NDArray[np.uint8]) -> Split:
    """Return a division with the evidence of what it exchanges."""
    cells = found.cells[split.rows]
    bounds = place_bounds(cells)
    if len(bounds) > _MOST_PLACES:
        return split
    seen = [exchange(copies, split.sides, _in_px(each)) for each in bounds]
    printed = [
        each for each, what in zip(bounds, seen, strict=True)
        if what is Exchange.CHARACTER or is_added_print(copies, split.sides, _in_px(each))
    ]  # fmt: skip
    if sum(_share(cells, each) for each in printed) >= _MOST_OF_IT:
        rate = assumed_places(len(split.sides), int((split.sides == 1).sum())) / _RARER
        return replace(split, evidence=max(split.evidence, improbable(len(printed), rate)))
    if Exchange.FRAMED in seen and Exchange.OTHER not in seen:
        return replace(split, evidence=split.evidence - _OF_MARKS)
    return split


def _share(cells: NDArray[np.intp], bounds: Sequence[int]) -> float:
    """Return the share of cells within some bounds."""
    return float(((cells >= bounds[:2]) & (cells <= bounds[2:])).all(axis=1).mean())


def _in_px(bounds: Sequence[int]) -> tuple[int, int, int, int]:
    """Return the pixels of cells from the first row and column to the last ones."""
    top, left, bottom, right = (each * STEP for each in bounds)
    return top, left, bottom + CELL, right + CELL
