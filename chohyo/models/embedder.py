"""The protocol of layout embedders, and several of them side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.spaces import EmbeddingSpace
from chohyo.models.vector_cuts import by_source


class LayoutEmbedder(Protocol):
    """Turns page images into vectors of their printed structure."""

    @property
    def space(self) -> EmbeddingSpace:
        """The space that the vectors belong to."""
        ...

    def embed(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return L2-normalised vectors of shape (len(images), space.dimensions)."""
        ...


class Embedders:
    """What embeds pages here, by the name of the space; the first is the profile's own."""

    def __init__(self, own: LayoutEmbedder, others: Sequence[LayoutEmbedder] = ()) -> None:
        self.own = own
        self._by_name = {each.space.name: each for each in (own, *others)}

    @property
    def spaces(self) -> list[EmbeddingSpace]:
        """Return the spaces whose vectors can be computed here."""
        return [each.space for each in self._by_name.values()]

    def serves(self, space: EmbeddingSpace) -> bool:
        """Say whether the vectors of a space can be computed here."""
        return space.name in self._by_name

    def embed(
        self, spaces: Sequence[EmbeddingSpace], images: Sequence[NDArray[np.uint8]]
    ) -> Mapping[str, NDArray[np.float32]]:
        """Return the vectors of pages in each space by its name, shape (len(images), dimensions).

        Spaces that are cuts of one another take one pass of the network.

        Args:
            spaces: such as are served here.
            images: upright grey pages.
        """
        return by_source(spaces, lambda space: self._by_name[space.name].embed(images))
