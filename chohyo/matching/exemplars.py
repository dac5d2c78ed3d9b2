"""Which pages of a template page are worth keeping as its exemplars."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def diverse(vectors: NDArray[np.float32], count: int) -> list[int]:
    """Return the rows, at most `count`, that leave no other row far from all of them.

    Farthest-first traversal (Gonzalez 1985) on cosine distance, from the row nearest to the middle;
    ties go to the earlier row.

    Args:
        vectors: shape (rows, dimensions), each row of length 1.
    """
    if not len(vectors):
        return []
    chosen = [int(np.argmax(vectors @ vectors.mean(axis=0)))]
    nearest = vectors @ vectors[chosen[0]]
    while len(chosen) < min(count, len(vectors)):
        nearest[chosen] = np.inf
        chosen.append(int(np.argmin(nearest)))
        nearest = np.maximum(nearest, vectors @ vectors[chosen[-1]])
    return chosen
