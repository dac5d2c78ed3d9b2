"""How far confidence is from how often it is right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chohyo.matching.reliability import Bins, binned
from chohyo.matching.reliability import calibration_error as reliability_error
from eval.metrics.intervals import Mask, Rows, Statistic

# Of each judged value: the confidence in 0..1, and whether it was right.
Verdict = tuple[float, bool]


def calibration_error(pages: Sequence[Sequence[Verdict]]) -> Statistic:
    """Return the expected calibration error over ten bins of equal width, from verdicts by page."""
    counts = np.stack([_bins(verdicts) for verdicts in (*pages, ())])

    def error(rows: Rows, focus: Mask) -> float | None:
        return reliability_error(counts[rows[focus]].sum(axis=0))

    return error


def reliability(pages: Sequence[Sequence[Verdict]]) -> list[dict[str, float]]:
    """Return for each bin that holds values how many, how sure, and how often right."""
    total = _bins([verdict for page in pages for verdict in page])
    return [
        {"values": int(n), "confidence": round(sure / n, 4), "right": round(right / n, 4)}
        for n, sure, right in total.T
        if n
    ]


def _bins(verdicts: Sequence[Verdict]) -> Bins:
    return binned([sure for sure, _ in verdicts], [right for _, right in verdicts])
