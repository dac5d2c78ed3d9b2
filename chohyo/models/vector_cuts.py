"""Vectors with nested dimensions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.spaces import EmbeddingSpace


def cut(vectors: NDArray[np.float32], dimensions: int) -> NDArray[np.float32]:
    """Return the first dimensions of each row (n, width), L2-normalised: shape (n, dimensions).

    Matryoshka representation learning (Kusupati et al., 2022) makes them vectors of their own.
    """
    if not 1 <= dimensions <= vectors.shape[1]:
        raise ValueError(f"{dimensions} of {vectors.shape[1]} dimensions")
    kept = vectors[:, :dimensions]
    norms = np.linalg.norm(kept, axis=1, keepdims=True)
    return np.asarray(kept / np.maximum(norms, 1e-12), np.float32)


def by_source(
    spaces: Sequence[EmbeddingSpace], computed: Callable[[EmbeddingSpace], NDArray[np.float32]]
) -> Mapping[str, NDArray[np.float32]]:
    """Return vectors in each space by its name; cuts of one another are computed once, as longest.

    Args:
        spaces: whose vectors are wanted.
        computed: returns the vectors of a space, shape (n, dimensions).
    """
    found: dict[str, NDArray[np.float32]] = {}
    for source in dict.fromkeys(space.source for space in spaces):
        cuts = [space for space in spaces if space.source == source]
        longest = max(cuts, key=lambda space: space.dimensions)
        vectors = computed(longest)
        for space in cuts:
            whole = space.dimensions == longest.dimensions
            found[space.name] = vectors if whole else cut(vectors, space.dimensions)
    return found
