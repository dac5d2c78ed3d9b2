"""A linear map on top of an embedding space, fitted on a deployment's own pages."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.spaces import EmbeddingSpace


@dataclass(frozen=True)
class Projection:
    """A symmetric matrix, shape (dimensions, dimensions), by which vectors are multiplied.

    It is named by the SHA-256 of its bytes: the same weights always make the same space.
    """

    matrix: NDArray[np.float32]

    @classmethod
    def load(cls, content: bytes) -> Projection:
        """Return the projection that `content` holds, as `content` wrote it."""
        return cls(np.load(io.BytesIO(content), allow_pickle=False))

    @cached_property
    def content(self) -> bytes:
        """Return the weights as bytes, in NumPy's format."""
        buffer = io.BytesIO()
        np.save(buffer, self.matrix, allow_pickle=False)
        return buffer.getvalue()

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of the content, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()

    def space(self, base: EmbeddingSpace) -> EmbeddingSpace:
        """Return the space of this projection's vectors on top of `base`."""
        return EmbeddingSpace(
            name=f"{base.name}-trained-{self.digest[:8]}",
            model_id=f"{base.model_id}+projection",
            revision=f"{base.revision}+{self.digest}",
            dimensions=self.matrix.shape[1],
            instruction=base.instruction,
            pixel_budget=base.pixel_budget,
            prompt_version=base.prompt_version,
            dtype=base.dtype,
            purpose=base.purpose,
        )

    def apply(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the L2-normalised rows (n, dimensions) for vectors of the base space.

        They are rounded to half precision first, as they are stored: a page has the same vector
        whether it was projected when it came in or from what was stored. A zero row stays zero.
        """
        stored = vectors.astype(np.float16).astype(np.float32)
        rows = stored @ self.matrix
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / np.maximum(norms, 1e-12), np.float32)
