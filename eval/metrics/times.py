"""Medians of times."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eval.metrics.intervals import Mask, Rows, Statistic


def median_of(values: Sequence[float]) -> Statistic:
    """Return the statistic that is the median of one value a page."""
    column = np.array(values, np.float64)

    def median(rows: Rows, focus: Mask) -> float | None:
        return float(np.median(column[rows[focus]])) if focus.any() else None

    return median


def speedup(slow: Sequence[float], fast: Sequence[float]) -> Statistic:
    """Return the statistic that is how often the fast median fits into the slow one."""
    slow_median, fast_median = median_of(slow), median_of(fast)

    def ratio(rows: Rows, focus: Mask) -> float | None:
        long, short = slow_median(rows, focus), fast_median(rows, focus)
        return long / short if long is not None and short else None

    return ratio
