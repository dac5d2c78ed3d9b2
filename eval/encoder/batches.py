"""Which forms the encoder sees in a step: such as are hard to tell apart."""

from __future__ import annotations

from random import Random
from typing import Any

import torch

from eval.layouts.stream import PER_ISSUER


class FormChooser:
    """Chooses the forms of a step among those of a pool.

    A step has half its forms in pairs of editions, a quarter from one or two issuers, and a quarter
    mined (unless `mined` is False): those whose latest vectors lie nearest to a form drawn by lot.
    """

    def __init__(self, pool: int, forms: int, dimensions: int, mined: bool, device: str) -> None:
        self._pool = pool
        self._forms = forms
        self._mines = mined
        self._latest = torch.zeros(pool, dimensions, device=device)
        self._seen: list[int] = []
        self._is_seen = torch.zeros(pool, dtype=torch.bool, device=device)

    def choose(self, rng: Random) -> list[int]:
        """Return the numbers of the forms of a step, none twice."""
        chosen: dict[int, None] = {}
        while len(chosen) < self._forms // 2:
            pair = 2 * rng.randrange(self._pool // 2)
            chosen |= {pair: None, pair + 1: None}
        while len(chosen) < 3 * self._forms // 4:
            first = PER_ISSUER * rng.randrange(self._pool // PER_ISSUER)
            chosen |= dict.fromkeys(rng.sample(range(first, first + PER_ISSUER), 3))
        chosen |= dict.fromkeys(self._mined(rng))
        while len(chosen) < self._forms:
            chosen[rng.randrange(self._pool)] = None
        return list(chosen)[: self._forms]

    def remember(self, numbers: list[int], vectors: Any) -> None:
        """Keep what the network made of these forms (n, dimensions), for mining."""
        index = torch.tensor(numbers, device=self._latest.device)
        fresh = ~self._is_seen[index]
        self._seen += index[fresh].tolist()
        self._is_seen[index] = True
        self._latest[index] = vectors

    def _mined(self, rng: Random) -> list[int]:
        if not self._mines or len(self._seen) < 2 * self._forms:
            return []
        likeness = self._latest @ self._latest[rng.choice(self._seen)]
        near = likeness.masked_fill(~self._is_seen, -2).topk(self._forms // 4)
        return [int(number) for number in near.indices.tolist()]
