"""Boosted trees as the package ships them: lists of nodes in a JSON file.

A node is `[sign, threshold, next up to it, next above it]`; a leaf has sign -1 and, for the
threshold, what it adds to the log-odds (J. Friedman: Greedy function approximation, 2001).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

Tree: TypeAlias = Sequence[tuple[int, float, int, int]]


def log_odds(trees: Sequence[Tree], signs: Sequence[float], prior: float = 0.0) -> float:
    """Return what the trees say of the signs together, added to the prior log-odds."""
    return prior + sum(_leaf(tree, signs) for tree in trees)


def _leaf(tree: Tree, signs: Sequence[float]) -> float:
    sign, value, low, high = tree[0]
    while sign >= 0:
        sign, value, low, high = tree[low if signs[sign] <= value else high]
    return value
