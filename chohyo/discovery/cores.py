"""Work on several pages at a time: OpenCV and NumPy let other threads run while they compute."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_MOST = 8  # each holds the copies of one form in memory


def usable_cores() -> int:
    """Return how many cores this process may use, as far as there is work for them here."""
    affinity = getattr(os, "sched_getaffinity", None)  # Linux alone has it
    return min(_MOST, len(affinity(0)) if affinity else os.cpu_count() or 1)


def on_cores(
    function: Callable[[Item], Result], items: Iterable[Item], cores: int | None = None
) -> list[Result]:
    """Return the function's results in the order of the items, worked out on several cores."""
    cores = usable_cores() if cores is None else cores
    if cores < 2:
        return [function(item) for item in items]
    with ThreadPoolExecutor(cores, thread_name_prefix="group") as threads:
        return list(threads.map(function, items))


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield the items in lists of `size`, the last one shorter."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
