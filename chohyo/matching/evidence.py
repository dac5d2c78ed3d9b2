"""What laying a page on a reference says for and against their being the same print."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Transform
from chohyo.domain.matches import Region
from chohyo.matching.features import PageFeatures
from chohyo.matching.fine_print import (
    CELL,
    DIFFERENT_PX,
    INKED_PX,
    cell_sums,
    certain_ink,
    count_places,
    laid_strokes,
    missing_ink,
    strokes,
)
from chohyo.matching.print_comparison import PrintComparison
from chohyo.matching.refinement import warp
from chohyo.matching.registration import as_matrix

_REGIONS = 6  # best and as many worst anchors, kept as evidence
_ANY_LOSS_PX = 2
_PARTS = 4  # the page is looked at in 4 × 4 parts
_MIN_CELLS = 20


def anchors(comparison: PrintComparison) -> tuple[Region, ...]:
    """Return the tiles of print that agree best and worst, best first."""
    cells = [
        (float(comparison.agreement[r, c]), float(comparison.weight[r, c]), int(r), int(c))
        for r, c in np.argwhere(comparison.weight > 0)
    ]
    by_gain = sorted(cells, key=lambda cell: (-cell[0] * cell[1], cell[2:]))
    by_loss = sorted(cells, key=lambda cell: (-(1 - cell[0]) * cell[1], cell[2:]))
    chosen = dict.fromkeys(by_gain[:_REGIONS] + by_loss[:_REGIONS])
    ordered = sorted(chosen, key=lambda cell: (-cell[0], cell[2:]))
    return tuple(
        Region(comparison.box(row, column), agreement) for agreement, _, row, column in ordered
    )


@dataclass(frozen=True, slots=True)
class Contradictions:
    """Where the reference's print is not on the page.

    `lacking` and `displaced` count places without it, the latter those with other ink instead.
    `noise` is the share of print cells with any loss in the median part of the page: faxes lose
    strokes everywhere, another edition differs here and there.
    """

    lacking: int
    displaced: int
    noise: float


def contradictions(
    page: PageFeatures, reference: PageFeatures, transform: Transform
) -> Contradictions:
    """Return what on the page contradicts its being a copy of the reference."""
    laid, expected = laid_strokes(page, reference, transform), strokes(reference.ink)
    sheet = np.ones(page.ink.shape, np.uint8)
    reached = cell_sums(warp(sheet, as_matrix(transform, page, reference), reference.ink.shape))
    print_ = (cell_sums(certain_ink(expected)) >= INKED_PX) & (reached >= 0.98 * CELL * CELL)
    missing = missing_ink(expected, laid)
    lacking = print_ & (missing >= DIFFERENT_PX)
    displaced = lacking & (missing_ink(laid, expected) >= DIFFERENT_PX)
    noise = _noise(print_ & (missing >= _ANY_LOSS_PX), print_)
    return Contradictions(count_places(lacking), count_places(displaced), noise)


def _noise(lossy: NDArray[np.bool_], print_: NDArray[np.bool_]) -> float:
    """Return the median, over the parts of the page, of the share of lossy cells of print."""
    shares = [
        float(lossy_part.sum() / print_part.sum())
        for lossy_row, print_row in zip(
            np.array_split(lossy, _PARTS), np.array_split(print_, _PARTS), strict=True
        )
        for lossy_part, print_part in zip(
            np.array_split(lossy_row, _PARTS, axis=1),
            np.array_split(print_row, _PARTS, axis=1),
            strict=True,
        )
        if print_part.sum() >= _MIN_CELLS
    ]
    return float(np.median(shares)) if shares else 0.0
