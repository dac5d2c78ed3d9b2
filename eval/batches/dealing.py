"""Deal filled forms into scan batches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from eval.batches.mishaps import MISHAPS, Mishap, Put, Sheet, put_through
from eval.corpus import CorpusPage


@dataclass(frozen=True, slots=True)
class ScanBatch:
    """Filled forms behind each other in one file."""

    name: str
    puts: tuple[Put, ...]

    @property
    def sheets(self) -> list[tuple[Put, Sheet]]:
        """Return the pages in order, each with the form it was put in with."""
        return [(put, sheet) for put in self.puts for sheet in put.sheets]


def deal(
    copies: Sequence[Sequence[CorpusPage]],
    count: int,
    *,
    share: float,
    kinds: Iterable[Mishap] = MISHAPS,
    most: int | None = None,
    seed: int = 0,
) -> list[ScanBatch]:
    """Deal each filled copy into one of `count` batches, shuffled; the same seed deals the same.

    Args:
        copies: pages of each filled copy, in page order.
        count: how many batches; no more than there are copies.
        share: probability with which each kind of mishap befalls each copy.
        kinds: the mishaps that may happen.
        most: forms in a batch; the rest is left out.
        seed: decides every draw.
    """
    rng = Random(f"batches/{seed}")
    wanted = tuple(kinds)
    order = rng.sample(list(copies), len(copies))[: count * most if most else None]
    puts = [
        put_through(copy, share, wanted, Random(f"{seed}/{copy[0].document}")) for copy in order
    ]
    count = min(count, len(puts))
    return [
        ScanBatch(f"batch_{number + 1:03d}", tuple(puts[number::count])) for number in range(count)
    ]
