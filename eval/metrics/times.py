"""Medians of times."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eval.metrics.intervals import Mask, Rows, Statistic


def median_of(values: Sequence[float]) -> Statistic:
    """Return the statistic that is the median of one value a page."""
    return quantile_of(values, 0.5)


def quantile_of(values: Sequence[float], share: float) -> Statistic:
    """Return the statistic below which a share of the values lies, one a page."""
    column = np.array(values, np.float64)

    def quantile(rows: Rows, focus: Mask) -> float | None:
        return float(np.quantile(column[rows[focus]], share)) if focus.any() else None

    return quantile


def speedup(slow: Sequence[float], fast: Sequence[float]) -> Statistic:
    """Return the statistic that is how often the fast median fits into the slow one."""
    slow_median, fast_median = median_of(slow), median_of(fast)

    def ratio(rows: Rows, focus: Mask) -> float | None:
        long, short = slow_median(rows, focus), fast_median(rows, focus)
        return long / short if long is not None and short else None

    return ratio
