"""Batches by their number of tokens, and smaller ones when memory runs out."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from chohyo.models.qwen_errors import ModelMemoryError

_log = logging.getLogger(__name__)

Item = TypeVar("Item")


def packed(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Yield the places of `lengths` in batches whose padded area is at most `budget` tokens.

    Prompts of like length go together, so that little is padded; what is longer than the budget
    goes alone.
    """
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lambda n: (lengths[n], n)):
        if batch and lengths[place] * (len(batch) + 1) > budget:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def run_packed(
    items: Sequence[Item],
    lengths: Sequence[int],
    budget: int,
    forward: Callable[[Sequence[Item]], NDArray[np.float32]],
    out_of_memory: Callable[[BaseException], bool],
    free: Callable[[], object] = gc.collect,
) -> NDArray[np.float32]:
    """Return one row for each item, in their order, computed batch by batch.

    Memory that runs out halves the batch, and those that follow.

    Raises:
        ModelMemoryError: it runs out for one item alone.
    """
    rows: list[NDArray[np.float32] | None] = [None] * len(items)
    waiting = list(packed(lengths, budget))[::-1]
    most = len(items)
    while waiting:
        batch = waiting.pop()
        if len(batch) > most:
            waiting += [batch[most:], batch[:most]]
            continue
        results = _computed(forward, [items[place] for place in batch], out_of_memory)
        if results is None:
            free()
            if len(batch) == 1:
                raise ModelMemoryError
            most = len(batch) // 2
            _log.warning("out of memory with %d inputs; going on with %d", len(batch), most)
            waiting.append(batch)
            continue
        assert len(results) == len(batch)
        for place, row in zip(batch, results, strict=True):
            rows[place] = row
    return np.stack([row for row in rows if row is not None])


def _computed(
    forward: Callable[[Sequence[Item]], NDArray[np.float32]],
    batch: Sequence[Item],
    out_of_memory: Callable[[BaseException], bool],
) -> NDArray[np.float32] | None:
    """Return a batch's rows, None when memory runs out.

    The error ends here: its traceback would hold the batch's tensors.
    """
    try:
        return forward(batch)
    except (RuntimeError, MemoryError) as error:
        if not out_of_memory(error):
            raise
        return None
