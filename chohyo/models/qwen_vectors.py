"""Vectors with nested dimensions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def cut(vectors: NDArray[np.float32], dimensions: int) -> NDArray[np.float32]:
    """Return the first dimensions of each row (n, width), L2-normalised: shape (n, dimensions).

    Matryoshka representation learning (Kusupati et al., 2022) makes them vectors of their own.
    """
    if not 1 <= dimensions <= vectors.shape[1]:
        raise ValueError(f"{dimensions} of {vectors.shape[1]} dimensions")
    kept = vectors[:, :dimensions]
    norms = np.linalg.norm(kept, axis=1, keepdims=True)
    return np.asarray(kept / np.maximum(norms, 1e-12), np.float32)
