"""Results as JSON: plain numbers under their names, then intervals, then kinds of degradation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from eval.metrics.intervals import Figure
from eval.mistakes import Mistake
from eval.trips import Trip

Json = dict[str, object]

_DIGITS = 4
_MOST_MISTAKES = 40


def figures_as_json(figures: Mapping[str, Figure]) -> Json:
    """Return each figure as a number; `intervals` and `by_kind` have the rest, by figure."""
    values: Json = {name: _rounded(figure.value) for name, figure in figures.items()}
    return {
        **values,
        "intervals": {name: _interval(figure) for name, figure in figures.items()},
        "by_kind": {
            name: {kind: _part(part) for kind, part in figure.by_kind.items()}
            for name, figure in figures.items()
        },
    }


def failures_as_json(trips: Sequence[Trip]) -> Json:
    """Return how many pages failed, by reason, and which."""
    failed = [trip for trip in trips if trip.failure is not None]
    return {
        "count": len(failed),
        "reasons": dict(sorted(Counter(trip.failure for trip in failed).items(), key=str)),
        "files": [trip.truth.file for trip in failed],
    }


def mistakes_as_json(mistakes: Sequence[Mistake]) -> Json:
    """Return how many mistakes there are of each problem, and the worst of them."""
    return {
        "counts": dict(sorted(Counter(mistake.problem for mistake in mistakes).items())),
        "worst": [asdict(mistake) for mistake in mistakes[:_MOST_MISTAKES]],
    }


def _interval(figure: Figure) -> Json:
    return {"low": _rounded(figure.low), "high": _rounded(figure.high)}


def _part(figure: Figure) -> Json:
    return {"value": _rounded(figure.value), **_interval(figure), "pages": figure.pages}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
