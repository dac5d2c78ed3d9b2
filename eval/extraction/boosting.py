"""Boosted trees upon given log-odds, in the form that reading takes them."""

from __future__ import annotations

from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import GradientBoostingClassifier

Booster: TypeAlias = GradientBoostingClassifier

# On corpora left out, trees of depth 2 and 4, or half the samples in a leaf, foretold no better. On
# forms left out, half as many trees of twice the rate are off by 0.022 instead of 0.017.
_TREES, _DEPTH, _RATE, _LEAF, _DRAWN = 200, 3, 0.03, 40, 0.7


class _AsGiven(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """The model that the trees start from: the log-odds in the first column."""

    def fit(self, design: NDArray[Any], right: NDArray[Any], _weight: object = None) -> Self:
        self.classes_ = np.unique(right)
        return self

    def predict_proba(self, design: NDArray[Any]) -> NDArray[np.float64]:
        odds = 1.0 / (1.0 + np.exp(-design[:, 0].astype(np.float64)))
        return np.stack([1.0 - odds, odds], axis=1)


def boosted(design: NDArray[np.float64], right: NDArray[np.bool_], seed: int) -> Booster:
    """Fit trees that correct log-odds, the first column, by the other columns."""
    model: Booster = GradientBoostingClassifier(
        n_estimators=_TREES, max_depth=_DEPTH, learning_rate=_RATE, min_samples_leaf=_LEAF,
        subsample=_DRAWN, random_state=seed, init=_AsGiven(),
    )  # fmt: skip
    model.fit(design, right)
    return model


def node_lists(model: Booster, rate: float = _RATE) -> list[list[list[float | int]]]:
    """Return each tree as its nodes: sign, threshold, next up to it, next above it.

    A leaf has sign -1 and, for the threshold, what it adds to the log-odds.
    """
    return [
        [
            [int(sign), round(float(threshold), 5), int(low), int(high)]
            if low >= 0
            else [-1, round(rate * float(value), 5), 0, 0]
            for sign, threshold, low, high, value in zip(
                tree.feature, tree.threshold, tree.children_left, tree.children_right,
                tree.value[:, 0, 0], strict=True,
            )
        ]
        for tree in (each.tree_ for each in model.estimators_[:, 0])
    ]  # fmt: skip
