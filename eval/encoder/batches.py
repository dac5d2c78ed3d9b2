"""What the encoder sees in a step: forms that are hard to tell apart, two copies of each."""

from __future__ import annotations

from random import Random

import numpy as np
from numpy.typing import NDArray

from chohyo.models.layout_encoder import page_ink
from eval.layouts.stream import PER_ISSUER, LayoutStream

Pixels = NDArray[np.uint8]
Vectors = NDArray[np.float32]


class BatchMaker:
    """Draws batches from a window of forms that moves on through an endless stream.

    A step has half its forms in pairs of editions, a quarter from one or two issuers, and a quarter
    mined: those whose latest vectors lie nearest to a form drawn by lot. `size` is the height and
    width of the inks.
    """

    def __init__(
        self, stream: LayoutStream, size: tuple[int, int], forms: int, window: int, advance: int
    ) -> None:
        self._stream = stream
        self._size = size
        self._forms = forms
        self._window = window
        self._advance = advance
        self._latest: dict[int, Vectors] = {}

    def choose(self, step: int, rng: Random) -> list[int]:
        """Return the numbers of the forms of a step, none twice."""
        start = step * self._advance
        chosen: dict[int, None] = {}
        while len(chosen) < self._forms // 2:
            pair = start + 2 * rng.randrange(self._window // 2)
            chosen |= {pair: None, pair + 1: None}
        while len(chosen) < 3 * self._forms // 4:
            first = start + PER_ISSUER * rng.randrange(self._window // PER_ISSUER)
            chosen |= dict.fromkeys(rng.sample(range(first, first + PER_ISSUER), 3))
        for number in self._mined(start, rng):
            chosen[number] = None
        while len(chosen) < self._forms:
            chosen[start + rng.randrange(self._window)] = None
        return list(chosen)[: self._forms]

    def draw(self, numbers: list[int], rng: Random) -> Pixels:
        """Return inks (2 · forms, *size): a copy of each form, then another of each."""
        copies = (self._stream.copy(number, rng) for _ in "ab" for number in numbers)
        return np.stack([page_ink(copy, *self._size) for copy in copies])

    def remember(self, numbers: list[int], vectors: Vectors) -> None:
        """Keep what the network made of these forms, for mining."""
        for number, vector in zip(numbers, vectors, strict=True):
            self._latest.pop(number, None)
            self._latest[number] = vector
        while len(self._latest) > self._window:
            self._latest.pop(next(iter(self._latest)))

    def _mined(self, start: int, rng: Random) -> list[int]:
        known = [n for n in self._latest if start <= n < start + self._window]
        if len(known) < 2 * self._forms:
            return []
        anchor = rng.choice(known)
        near = np.stack([self._latest[n] for n in known]) @ self._latest[anchor]
        return [known[int(i)] for i in np.argsort(-near)[: self._forms // 4]]
