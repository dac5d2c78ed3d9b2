"""Figures about proposed schemas, with templates as the unit that is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.templates import FieldSpec
from eval.metrics.intervals import Figure, Mask, Rows, Statistic, mean_of, measure
from eval.schema.labels import label_similarity
from eval.schema.matching import Matching, by_centre, by_overlap, kind_of, match
from eval.schema.truth import TrueField

_NAME_OF_NOTHING = "field"


@dataclass(frozen=True, slots=True)
class Judged:
    """A template: what was proposed and what is true; `failure` says why nothing was proposed.

    `kind` groups templates: their language and the worst degradation among their copies. `values`
    counts the values of the copies that were normalised as they should be, and all of them.
    """

    layout_id: str
    kind: str
    copies: int
    fields: Sequence[FieldSpec]
    true: Sequence[TrueField]
    seconds: float = 0.0
    failure: str | None = None
    values: tuple[int, int] = (0, 0)
    overlap: Matching = field(init=False)
    centre: Matching = field(init=False)

    def __post_init__(self) -> None:
        """Match both ways."""
        object.__setattr__(self, "overlap", match(self.fields, self.true, by_overlap))
        object.__setattr__(self, "centre", match(self.fields, self.true, by_centre))

    @property
    def f1(self) -> float:
        """Return the F1 of boxes by overlap."""
        pairs = len(self.overlap.pairs)
        others = len(self.overlap.surplus) + len(self.overlap.missed)
        return 2 * pairs / (2 * pairs + others) if pairs or others else 1.0


def schema_figures(judged: Sequence[Judged], seed: int) -> dict[str, Figure]:
    """Return the figures; boxes and types are counted over all fields of the templates drawn."""
    kinds = [each.kind for each in judged]
    statistics: dict[str, Statistic] = {}
    for suffix, matchings in (
        ("", [each.overlap for each in judged]),
        ("_by_centre", [each.centre for each in judged]),
    ):
        found = np.array([len(m.pairs) for m in matchings], np.float64)
        surplus = np.array([len(m.surplus) for m in matchings], np.float64)
        missed = np.array([len(m.missed) for m in matchings], np.float64)
        statistics[f"field_precision{suffix}"] = _ratio(found, found + surplus)
        statistics[f"field_recall{suffix}"] = _ratio(found, found + missed)
        statistics[f"field_f1{suffix}"] = _ratio(2 * found, 2 * found + surplus + missed)
    statistics["type_accuracy"] = _shares(judged, _kind_is_right)
    statistics["semantic_type_accuracy"] = _shares(judged, _semantic_is_right)
    statistics["label_similarity"] = _shares(judged, _label_is_like)
    statistics["normalized_accuracy"] = _ratio(
        np.array([each.values[0] for each in judged], np.float64),
        np.array([each.values[1] for each in judged], np.float64),
    )
    figures = {name: measure(statistic, kinds, seed) for name, statistic in statistics.items()}
    figures["name_unique"] = measure(mean_of([_named(each.fields) for each in judged]), kinds, seed)
    figures["seconds_per_template"] = measure(
        mean_of([each.seconds for each in judged]), kinds, seed
    )
    return figures


def _kind_is_right(proposed: FieldSpec, true: TrueField) -> float | None:
    return float(kind_of(proposed) == true.kind)


def _semantic_is_right(proposed: FieldSpec, true: TrueField) -> float | None:
    return float(proposed.type.value == true.semantic) if true.semantic else None


def _label_is_like(proposed: FieldSpec, true: TrueField) -> float | None:
    return label_similarity(proposed.label, true.label) if true.label else None


def _shares(
    judged: Sequence[Judged], score: Callable[[FieldSpec, TrueField], float | None]
) -> Statistic:
    """Return the mean score over the matched fields, whichever way they were matched."""
    total, count = np.zeros(len(judged)), np.zeros(len(judged))
    for i, each in enumerate(judged):
        pairs = {t.name: (p, t) for p, t in (*each.centre.pairs, *each.overlap.pairs)}
        scores = [value for p, t in pairs.values() if (value := score(p.field, t)) is not None]
        total[i], count[i] = sum(scores), len(scores)
    return _ratio(total, count)


def _ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> Statistic:
    def ratio(rows: Rows, focus: Mask) -> float | None:
        chosen = rows[focus]
        total = float(below[chosen].sum())
        return float(above[chosen].sum()) / total if total else None

    return ratio


def _named(fields: Sequence[FieldSpec]) -> float:
    """Return the share of fields whose name is ASCII, telling, and theirs alone."""
    names = [spec.name for spec in fields]
    good = [
        name.isascii() and name.isidentifier() and names.count(name) == 1
        and not name.startswith(_NAME_OF_NOTHING)
        for name in names
    ]  # fmt: skip
    return sum(good) / len(good) if good else 1.0
