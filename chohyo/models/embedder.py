"""The protocol of layout embedders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.spaces import EmbeddingSpace


class LayoutEmbedder(Protocol):
    """Turns page images into vectors of their printed structure."""

    @property
    def space(self) -> EmbeddingSpace:
        """The space that the vectors belong to."""
        ...

    def embed(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return L2-normalised vectors of shape (len(images), space.dimensions)."""
        ...
