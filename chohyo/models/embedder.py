"""The protocol of layout embedders, and several of them side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.spaces import EmbeddingSpace
from chohyo.models.projection import Projection
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


@dataclass(frozen=True, slots=True)
class TrainedSpace:
    """A space that a projection makes of another one, its `base`; `load` returns the weights."""

    space: EmbeddingSpace
    base: EmbeddingSpace
    load: Callable[[], Projection]


class Embedders:
    """What embeds pages here, by the name of the space; the first is the profile's own.

    Trained spaces are served where the very model of their base is: another revision of it has
    other vectors.
    """

    def __init__(
        self,
        own: LayoutEmbedder,
        others: Sequence[LayoutEmbedder] = (),
        trained: Sequence[TrainedSpace] = (),
    ) -> None:
        self.own, self.others = own, others
        self._by_name = {each.space.name: each for each in (own, *others)}
        known = [each.space for each in self._by_name.values()]
        self._trained = {each.space.name: each for each in trained if each.base in known}

    def along(self, trained: Sequence[TrainedSpace]) -> Embedders:
        """Return the same with trained spaces beside."""
        return Embedders(self.own, self.others, trained)

    @property
    def spaces(self) -> list[EmbeddingSpace]:
        """Return the spaces whose vectors can be computed here."""
        found = [each.space for each in self._by_name.values()]
        return found + [each.space for each in self._trained.values()]

    def serves(self, space: EmbeddingSpace) -> bool:
        """Say whether the vectors of a space can be computed here."""
        return space.name in self._by_name or space.name in self._trained

    def base(self, space: EmbeddingSpace) -> EmbeddingSpace:
        """Return the space whose model computes a space's vectors: itself, but for trained ones."""
        trained = self._trained.get(space.name)
        return trained.base if trained else space

    def embed(
        self, spaces: Sequence[EmbeddingSpace], images: Sequence[NDArray[np.uint8]]
    ) -> Mapping[str, NDArray[np.float32]]:
        """Return the vectors of pages in each space by its name, shape (len(images), dimensions).

        Spaces that are cuts of one another, or trained on one another, take one pass of the
        network.

        Args:
            spaces: such as are served here.
            images: upright grey pages.
        """
        bases = list(dict.fromkeys(self.base(space) for space in spaces))
        found = by_source(bases, lambda space: self._by_name[space.name].embed(images))
        return {space.name: self.project(space, found[self.base(space).name]) for space in spaces}

    def project(self, space: EmbeddingSpace, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the vectors in a space, shape (n, dimensions), made of those in its base."""
        trained = self._trained.get(space.name)
        return trained.load().apply(vectors) if trained else vectors
