"""Show where two blank forms differ in print."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.print_cells import joined_boxes, unlike_cells
from chohyo.discovery.print_stack import fine_ink, laid_print
from chohyo.domain.geometry import Box
from chohyo.matching.features import extract_features
from chohyo.matching.print_comparison import compare_print
from chohyo.matching.registration import register

_MARGIN = 0.01  # places so near the border of the sheet are what the scanner saw beside it


@dataclass(frozen=True, slots=True)
class PrintDifference:
    """The same places on both forms, in order; `agreement` is that of all their print, 0..1."""

    here: tuple[Box, ...]
    there: tuple[Box, ...]
    agreement: float


def compare_blanks(here: NDArray[np.uint8], there: NDArray[np.uint8]) -> PrintDifference | None:
    """Compare two upright grey blank forms; None when one cannot be laid on the other."""
    mine, other = extract_features(here), extract_features(there)
    found = register(other, mine)
    if found is None:
        return None
    agreement = compare_print(other, mine, found.transform, pair=True).score
    ink = fine_ink(here)
    laid = laid_print(fine_ink(there), found.transform, ink)
    boxes = [box for box in joined_boxes(unlike_cells(ink, laid), ink.shape) if _inside(box)]
    back = found.transform.inverse()
    return PrintDifference(
        tuple(boxes), tuple(back.box(box).grown(0, 0) for box in boxes), agreement
    )


def _inside(box: Box) -> bool:
    return box.x0 > _MARGIN and box.y0 > _MARGIN and box.x1 < 1 - _MARGIN and box.y1 < 1 - _MARGIN
