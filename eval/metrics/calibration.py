"""How far confidence is from how often it is right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from eval.metrics.intervals import Mask, Rows, Statistic

_BINS = 10

# Of each judged value: the confidence in 0..1, and whether it was right.
Verdict = tuple[float, bool]


def calibration_error(pages: Sequence[Sequence[Verdict]]) -> Statistic:
    """Return the expected calibration error over ten bins of equal width, from verdicts by page."""
    counts = np.stack([_binned(verdicts) for verdicts in pages]) if pages else np.zeros((0, 3, 10))

    def error(rows: Rows, focus: Mask) -> float | None:
        number, confidence, right = counts[rows[focus]].sum(axis=0)
        return float(np.abs(confidence - right).sum() / number.sum()) if number.sum() else None

    return error


def reliability(pages: Sequence[Sequence[Verdict]]) -> list[dict[str, float]]:
    """Return for each bin that holds values how many, how sure, and how often right."""
    total = sum((_binned(verdicts) for verdicts in pages), np.zeros((3, _BINS)))
    return [
        {"values": int(n), "confidence": round(sure / n, 4), "right": round(right / n, 4)}
        for n, sure, right in total.T
        if n
    ]


def _binned(verdicts: Sequence[Verdict]) -> NDArray[np.float64]:
    """Return number, sum of confidence and number right by bin, shape (3, bins)."""
    sums = np.zeros((3, _BINS))
    for confidence, right in verdicts:
        bin_no = min(_BINS - 1, int(confidence * _BINS))
        sums[:, bin_no] += (1.0, confidence, float(right))
    return sums
