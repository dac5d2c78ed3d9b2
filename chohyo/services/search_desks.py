"""The few places at which pictures are worked on, so that searches for words need not wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from chohyo.errors import UnavailableError

# Two pictures at a time keep two processors busy; thirty seconds are time for some dozen of them.
_DESKS: Final = 2
_SECONDS: Final = 30.0
# Who waits takes up a thread of the server's forty: more are told to come again.
_WAITING: Final = 12


class Desks:
    """Places for so many pictures at a time, and a line of so many that wait so long."""

    def __init__(
        self, places: int = _DESKS, waiting: int = _WAITING, seconds: float = _SECONDS
    ) -> None:
        self._places = threading.Semaphore(places)
        self._room = threading.Semaphore(places + waiting)
        self._seconds = seconds

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold a place.

        Raises:
            UnavailableError: none became free in time, or too many wait already.
        """
        with _taken(self._room, 0.0), _taken(self._places, self._seconds):
            yield


@contextmanager
def _taken(semaphore: threading.Semaphore, seconds: float) -> Iterator[None]:
    if not semaphore.acquire(timeout=seconds):
        raise UnavailableError(part="Search by image")
    try:
        yield
    finally:
        semaphore.release()
