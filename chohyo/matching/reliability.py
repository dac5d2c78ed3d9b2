"""How far probabilities are from how often they come true."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

_BINS = 10

Bins = NDArray[np.float64]


def binned(probabilities: ArrayLike, came_true: ArrayLike) -> Bins:
    """Return number, sum of probability and number come true in bins of equal width, (3, bins).

    Sums of such arrays are the bins of all samples together.
    """
    foretold = np.asarray(probabilities, np.float64).ravel()
    places = np.minimum((foretold * _BINS).astype(np.intp), _BINS - 1)
    columns = (np.ones_like(foretold), foretold, np.asarray(came_true, np.float64).ravel())
    return np.stack([np.bincount(places, weights=each, minlength=_BINS) for each in columns])


def calibration_error(bins: Bins) -> float | None:
    """Return the expected calibration error (Naeini and others, 2015), None without samples."""
    number, foretold, came_true = bins
    return float(np.abs(foretold - came_true).sum() / number.sum()) if number.sum() else None
