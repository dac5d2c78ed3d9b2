"""How far confidence is from how often it is right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chohyo.matching.reliability import Bins, binned
from chohyo.matching.reliability import calibration_error as reliability_error
from eval.metrics.intervals import Mask, Rows, Statistic

_WRONG = 0.01

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


def taken_without_review(pages: Sequence[Sequence[Verdict]]) -> Statistic:
    """Return the share of values that can be taken as they are, the surest first, at 1 % error."""
    columns = [np.array(verdicts, np.float64).reshape(-1, 2) for verdicts in pages]

    def taken(rows: Rows, focus: Mask) -> float | None:
        drawn = np.concatenate([np.zeros((0, 2)), *(columns[row] for row in rows[focus])])
        return share_taken(drawn[:, 0], drawn[:, 1] > 0) if len(drawn) else None

    return taken


def share_taken(foretold: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the largest share of values, the surest first, of which no more than 1 % are wrong."""
    order = np.argsort(-foretold, kind="stable")
    sure, errors = foretold[order], np.cumsum(~right[order])
    number = np.arange(1, len(order) + 1)
    # Values that are equally sure are taken together.
    ends = np.append(sure[1:] < sure[:-1], np.ones(min(1, len(sure)), np.bool_))
    taken = number[ends & (errors <= _WRONG * number)]
    return float(taken.max(initial=0)) / max(1, len(order))


def _bins(verdicts: Sequence[Verdict]) -> Bins:
    return binned([sure for sure, _ in verdicts], [right for _, right in verdicts])
