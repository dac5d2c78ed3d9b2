"""What a run measured, and several runs with other draws as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, zip_longest
from typing import Any

import numpy as np

from eval.metrics.intervals import Figure, from_draws
from eval.results import Json, figures_as_json

Figures = Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Baseline:
    """What another way makes of `pages` pages."""

    pages: int
    figures: Figures

    def as_json(self) -> Json:
        """Return plain numbers under their names."""
        return {"pages": self.pages, **figures_as_json(self.figures)}


@dataclass(frozen=True, slots=True)
class Measured:
    """What one draw gave.

    `settings` are what was asked for; `counts` add up over draws: numbers, lists, and mappings of
    them. `mistakes` are as `mistakes_as_json` gives them.
    """

    seed: int
    corpus: str
    settings: Json
    counts: Json
    figures: Figures
    mistakes: Mapping[str, Any]
    baselines: Mapping[str, Baseline] = field(default_factory=dict)

    def as_json(self) -> Json:
        """Return the result of this draw alone."""
        return {
            **self.settings, "corpus": self.corpus, "seed": self.seed, **self.counts,
            **figures_as_json(self.figures),
            **_baselines(self.baselines),
            "mistakes": dict(self.mistakes),
        }  # fmt: skip


def over_seeds(measure: Callable[[int], Measured], seeds: Sequence[int]) -> Json:
    """Measure with each seed; return one result, with the mean of each figure over several."""
    measured = [measure(seed) for seed in seeds]
    return measured[0].as_json() if len(measured) == 1 else several(measured)


def several(measured: Sequence[Measured]) -> Json:
    """Return several draws as one result: counts added up, of the figures the mean.

    Intervals come of the same resampling within each draw. `by_seed` has the figures of each.
    """
    first = measured[0]
    corpora = sorted({each.corpus for each in measured})
    ways = [way for way in first.baselines if all(way in each.baselines for each in measured)]
    return {
        **first.settings, "corpus": corpora[0] if len(corpora) == 1 else "own forms",
        "seeds": [each.seed for each in measured],
        **{name: _added([each.counts[name] for each in measured]) for name in first.counts},
        **figures_as_json(mean_figures([each.figures for each in measured])),
        **_baselines({way: _joined([each.baselines[way] for each in measured]) for way in ways}),
        "mistakes": {
            "counts": _added([each.mistakes["counts"] for each in measured]),
            "worst": _in_turn(measured),
        },
        "by_seed": [
            {"seed": each.seed, **figures_as_json(each.figures)} for each in measured
        ],
    }  # fmt: skip


def mean_figures(draws: Sequence[Figures]) -> dict[str, Figure]:
    """Return the mean of each figure over draws; one that a draw lacks is the others' mean."""
    names = dict.fromkeys(chain.from_iterable(draws))
    return {name: _mean([each[name] for each in draws if name in each]) for name in names}


def _mean(figures: Sequence[Figure]) -> Figure:
    kinds = dict.fromkeys(chain.from_iterable(figure.by_kind for figure in figures))
    by_kind = {
        kind: _mean([figure.by_kind[kind] for figure in figures if kind in figure.by_kind])
        for kind in kinds
    }
    defined = [figure for figure in figures if figure.value is not None]
    pages = sum(figure.pages for figure in figures)
    if not defined:
        return Figure(None, None, None, pages, by_kind)
    value = float(np.mean([figure.value for figure in defined]))
    rows = zip(*(figure.draws for figure in defined), strict=False)
    means = [float(np.mean(known)) for row in rows if (known := [v for v in row if v is not None])]
    return from_draws(value, means, pages, by_kind)


def _joined(parts: Sequence[Baseline]) -> Baseline:
    return Baseline(sum(part.pages for part in parts), mean_figures([p.figures for p in parts]))


def _baselines(baselines: Mapping[str, Baseline]) -> Json:
    found = {way: each.as_json() for way, each in baselines.items()}
    return {"baselines": found} if found else {}


def _added(values: Sequence[Any]) -> Any:
    """Add numbers, join lists, and merge mappings by adding what stands under one name."""
    if isinstance(values[0], Mapping):
        names = dict.fromkeys(chain.from_iterable(values))
        return {name: _added([each[name] for each in values if name in each]) for name in names}
    if isinstance(values[0], list):
        return [item for each in values for item in each]
    return sum(values) if isinstance(values[0], int | float) else values[0]


def _in_turn(measured: Sequence[Measured]) -> list[Json]:
    """Return the worst mistake of each draw, then the second of each, with where it was made."""
    marked = [
        [
            {**mistake, "corpus": each.corpus, "seed": each.seed}
            for mistake in each.mistakes["worst"]
        ]
        for each in measured
    ]
    rows = zip_longest(*marked)
    return [mistake for row in rows for mistake in row if mistake is not None]
