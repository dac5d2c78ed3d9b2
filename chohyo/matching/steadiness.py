"""Tell print from entries that happen to be alike on the few copies there are.

Print lies in the same place on every copy to the fraction of a stroke. What people fill in does
not, though the words be the same: its strokes are thinner where all copies have ink than where any
has. So a model's pieces are ranked by that; the least steady ones are hardly print.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.matching.fine_alignment import Ink
from chohyo.matching.print_model import PrintModel, once
from chohyo.matching.print_windows import (
    STEP,
    WINDOW,
    Floats,
    likeness,
    told_windows,
    window_sums,
)

# Ranks among the pieces of print: entries that copies share lie below 0.13 mostly, 10 of 12 forms.
_NO_PRINT = 0.05
_PRINT = 0.25
_HARDLY = 0.25  # credibility


@once
def credibility(model: PrintModel) -> Floats:
    """Return by window how surely its ink is print, 0..1, judged among the windows told."""
    told, _ = told_windows(model)
    kept = window_sums(model.low) / np.maximum(window_sums(model.high), 1.0)
    alike = likeness(model.low, model.high)
    return np.minimum(
        by_rank(np.asarray(kept, np.float32), kept[told]), by_rank(alike, alike[told])
    )


def sure_print(model: PrintModel) -> Ink:
    """Return 255 where the ink that copies share is print with some likelihood, else 0."""
    sure = cv2.dilate(credibility(model), np.ones((3, 3), np.uint8))
    height, width = model.shape
    half = WINDOW // 2
    columns = np.clip((np.arange(width) - half) / STEP, 0, sure.shape[1] - 1).round().astype(int)
    rows = np.clip((np.arange(height) - half) / STEP, 0, sure.shape[0] - 1).round().astype(int)
    return np.where(sure[rows][:, columns] > _HARDLY, 255, 0).astype(np.uint8)


def by_rank(steady: Floats, among: NDArray[np.floating]) -> Floats:
    """Return how surely pieces are print, 0..1, by the rank of their steadiness among others'."""
    rank = np.searchsorted(np.sort(among), steady) / max(1, among.size)
    sure = np.clip((rank - _NO_PRINT) / (_PRINT - _NO_PRINT), 0.0, 1.0)
    return np.asarray(sure, np.float32)
