"""Figures with their 95 % bootstrap intervals, for all pages and for each kind of degradation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]
# Computes a figure from drawn rows (a row may be drawn twice) for those in focus, the others being
# there to be compared with; None when it is not defined.
Statistic = Callable[[Rows, Mask], float | None]

_DRAWS = 300
_TAILS = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure over `pages` pages with its interval; None where it is not defined.

    `draws` are its values for resampled pages, None for draws in which it is not defined.
    """

    value: float | None
    low: float | None
    high: float | None
    pages: int
    by_kind: Mapping[str, Figure] = field(default_factory=dict)
    draws: tuple[float | None, ...] = field(default=(), repr=False, compare=False)


def measure(statistic: Statistic, kinds: Sequence[str], seed: int) -> Figure:
    """Return a figure over pages of these kinds, with intervals from resampling the pages."""
    kind_of = np.array(kinds)
    every = np.ones(len(kinds), np.bool_)
    parts = {kind: kind_of == kind for kind in sorted(set(kinds))}
    draws = np.random.default_rng(seed).integers(0, len(kinds), (_DRAWS, len(kinds)))
    whole = _with_interval(statistic, draws, every)
    by_kind = {kind: _with_interval(statistic, draws, focus) for kind, focus in parts.items()}
    return replace(whole, by_kind=by_kind)


def mean_of(values: Sequence[bool | float]) -> Statistic:
    """Return the statistic that is the mean of one value a page."""
    column = np.array(values, np.float64)

    def mean(rows: Rows, focus: Mask) -> float | None:
        return float(column[rows[focus]].mean()) if focus.any() else None

    return mean


def share_of(parts: Sequence[float], wholes: Sequence[float]) -> Statistic:
    """Return the statistic that is the sum of one column over that of another, by page."""
    columns = np.array([parts, wholes], np.float64)

    def share(rows: Rows, focus: Mask) -> float | None:
        part, whole = columns[:, rows[focus]].sum(axis=1)
        return float(part / whole) if whole else None

    return share


def _with_interval(statistic: Statistic, draws: NDArray[np.int64], focus: Mask) -> Figure:
    pages = int(focus.sum())
    value = statistic(np.arange(len(focus)), focus)
    drawn = [statistic(rows, focus[rows]) for rows in draws] if value is not None else []
    return from_draws(value, drawn, pages, {})


def from_draws(
    value: float | None,
    draws: Sequence[float | None],
    pages: int,
    by_kind: Mapping[str, Figure],
) -> Figure:
    """Return a figure with the interval of its values for resampled pages.

    Without one where it is not defined for most of them.
    """
    defined = [each for each in draws if each is not None]
    if 2 * len(defined) <= _DRAWS:
        return Figure(value, None, None, pages, by_kind, tuple(draws))
    low, high = np.percentile(defined, _TAILS)
    return Figure(value, float(low), float(high), pages, by_kind, tuple(draws))
