"""Keep what was used last, while there is room."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Kept = TypeVar("Kept")


def _one(_: object) -> int:
    return 1


class Recent(Generic[Key, Kept]):
    """Things by key; the least recently used are dropped when they take more than `most` together.

    Each counts as one, or as much as `size` says. None is kept too. Several threads may use one
    object: what two of them make at the same time is made twice, and the first is kept.
    """

    def __init__(self, most: int, size: Callable[[Kept], int] = _one) -> None:
        self._most = most
        self._size = size
        self._taken = 0
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key, make: Callable[[], Kept]) -> Kept:
        """Return what is kept under a key, or make it; what `make` raises is passed on."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        # Not under the lock: making takes long, and others want other things meanwhile.
        made = make()
        with self._lock:
            kept = self._kept.setdefault(key, made)
            if kept is made:
                self._taken += self._size(made)
            self._kept.move_to_end(key)
            while self._taken > self._most and self._kept:
                self._taken -= self._size(self._kept.popitem(last=False)[1])
        return kept
