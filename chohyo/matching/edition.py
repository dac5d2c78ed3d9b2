"""Tell the editions of one form apart: where their print differs decides, not the average."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Box, Transform
from chohyo.domain.matches import Region
from chohyo.matching.features import PageFeatures
from chohyo.matching.fine_print import (
    CELL,
    DIFFERENT_PX,
    STEP,
    cell_sums,
    certain_ink,
    possible_ink,
    strokes,
)
from chohyo.matching.refinement import warp
from chohyo.matching.registration import as_matrix

_SOFTEN = 0.8  # px; forgives half a pixel of misalignment
_MIN_CONTRAST = 0.08  # the same as a share of both editions' ink there
_MIN_ENERGY = 2.0  # of squared darkness in a cell, before two prints count as different
_CAP_ENERGY = 20.0  # beyond this a place counts no more, so that one big box does not outvote all
_MIN_PRESENT = 0.5  # of an edition's own ink that must be on the page
_MIN_MARGIN = 0.10
_MAX_REGIONS = 12


@dataclass(frozen=True, slots=True)
class EditionReference:
    """An edition's reference page, and how the page in question lies on it."""

    features: PageFeatures
    transform: Transform


@dataclass(frozen=True, slots=True)
class EditionChoice:
    """Which edition the page is, as a position in the list that was asked about.

    `margin` is 0 when the page fits two editions alike, 1 when it fits only the chosen one.
    `present` is the share of the chosen edition's own ink that is on the page. `reason` is
    `clear`, `edition-unclear` or `edition-unknown`. `regions` lie on the chosen reference.
    """

    index: int
    margin: float
    present: float
    reason: str
    regions: tuple[Region, ...] = ()


@dataclass(frozen=True, slots=True)
class _Duel:
    """What the places where two editions differ say for the first of them."""

    lean: float  # -1 … 1, positive for the first
    present: float
    cells: tuple[tuple[int, int, float], ...]


def choose_edition(page: PageFeatures, editions: Sequence[EditionReference]) -> EditionChoice:
    """Return the edition whose differing print is on the page.

    With one edition there is nothing to choose; whether its print is there is the score's matter.
    """
    laid = [_laid_on_page(page, edition) for edition in editions]
    ink = strokes(page.ink)
    best = 0
    for other in range(1, len(laid)):
        if _duel(ink, laid[best], laid[other]).lean < 0:
            best = other
    duels = [_duel(ink, laid[best], laid[o]) for o in range(len(laid)) if o != best]
    if not duels:
        return EditionChoice(best, 1.0, 1.0, "clear")
    closest = min(duels, key=lambda duel: duel.lean)
    present = min(duel.present for duel in duels)
    reason = "clear"
    if present < _MIN_PRESENT:
        reason = "edition-unknown"
    elif closest.lean < _MIN_MARGIN:
        reason = "edition-unclear"
    regions = _regions(closest, page, editions[best].transform)
    return EditionChoice(best, max(0.0, closest.lean), present, reason, regions)


def _laid_on_page(page: PageFeatures, edition: EditionReference) -> NDArray[np.uint8]:
    """Return the edition's ink in the frame of the page, which all editions share."""
    matrix = as_matrix(edition.transform.inverse(), edition.features, page)
    return warp(strokes(edition.features.ink), matrix, page.ink.shape)


def _soft(ink: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(ink.astype(np.float32) / 255, (0, 0), _SOFTEN), np.float32)


def _duel(
    page: NDArray[np.uint8],
    one: NDArray[np.uint8],
    other: NDArray[np.uint8],
) -> _Duel:
    """Project the page onto the difference of two editions, cell by cell: 1 = one, -1 = other."""
    first, second = _soft(one), _soft(other)
    difference = first - second
    energy = _cell_totals(difference * difference)
    toward = _cell_totals(difference * (_soft(page) - (first + second) / 2))
    # Differences of contrast are everywhere and weak; different print is local and strong.
    ink = _cell_totals(first * first) + _cell_totals(second * second)
    told = (energy >= _MIN_ENERGY) & (energy >= _MIN_CONTRAST * ink)
    if not told.any():
        return _Duel(0.0, 1.0, ())
    lean = np.clip(2 * toward / np.maximum(energy, 1e-6), -1, 1)
    weight = np.where(told, np.minimum(energy, _CAP_ENERGY), 0)
    own = certain_ink(one) & (1 - possible_ink(other))
    lacking = cell_sums(own & (1 - possible_ink(page)))[told].sum()
    own_total = cell_sums(own)[told].sum()
    present = 1.0 if own_total < DIFFERENT_PX else 1 - float(lacking / own_total)
    cells = tuple((int(r), int(c), float(lean[r, c])) for r, c in np.argwhere(told))
    return _Duel(float((lean * weight).sum() / weight.sum()), present, cells)


def _cell_totals(values: NDArray[np.floating]) -> NDArray[np.float32]:
    sums = cv2.boxFilter(
        values, -1, (CELL, CELL), anchor=(0, 0), normalize=False, borderType=cv2.BORDER_CONSTANT
    )
    height, width = values.shape
    return np.asarray(sums[: height - CELL + 1 : STEP, : width - CELL + 1 : STEP], np.float32)


def _regions(duel: _Duel, page: PageFeatures, transform: Transform) -> tuple[Region, ...]:
    """Return the places that spoke loudest, on the reference."""
    loudest = sorted(duel.cells, key=lambda cell: (-abs(cell[2]), cell))[:_MAX_REGIONS]
    return tuple(
        Region(transform.box(_box(row, column, page)), (lean + 1) / 2)
        for row, column, lean in loudest
    )


def _box(row: int, column: int, page: PageFeatures) -> Box:
    x, y = column * STEP, row * STEP
    return Box(x / page.width, y / page.height, (x + CELL) / page.width, (y + CELL) / page.height)
