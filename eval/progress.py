"""Progress of long work, shown by whoever started it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Track(Protocol):
    """Shows how far a long piece of work has come."""

    def __call__(self, items: Iterable[T], description: str) -> Iterable[T]:
        """Yield the items, one after the other."""
        ...
