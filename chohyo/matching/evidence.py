"""What laying a page on a reference says for and against their being the same print."""

from __future__ import annotations

import numpy as np

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


def displaced_places(page: PageFeatures, reference: PageFeatures, transform: Transform) -> int:
    """Return in how many places the page lacks print and has other ink instead."""
    laid, expected = laid_strokes(page, reference, transform), strokes(reference.ink)
    sheet = np.ones(page.ink.shape, np.uint8)
    reached = cell_sums(warp(sheet, as_matrix(transform, page, reference), reference.ink.shape))
    print_ = (cell_sums(certain_ink(expected)) >= INKED_PX) & (reached >= 0.98 * CELL * CELL)
    lacking = missing_ink(expected, laid) >= DIFFERENT_PX
    added = missing_ink(laid, expected) >= DIFFERENT_PX
    return count_places(print_ & lacking & added)
