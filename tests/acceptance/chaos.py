"""Faults that strike a running stack at random, and calls that insist."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TypeVar

import httpx
import psycopg
from stack import RunningStack

T = TypeVar("T")
PASSING = (httpx.HTTPError, psycopg.OperationalError, ConnectionError, KeyError)


def insist(call: Callable[[], T], seconds: float = 180) -> T:
    """Call until it does not fail for what passes: a database away, a connection cut."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return call()
        except PASSING:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


class Chaos:
    """Strikes while it is open: kills a worker, restarts PostgreSQL, or loses the hints.

    `struck` counts what it did.
    """

    def __init__(self, stack: RunningStack, seed: int, pause: tuple[float, float]) -> None:
        self.struck: Counter[str] = Counter()
        self._stack, self._rng, self._pause = stack, Random(seed), pause
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._strike_on, daemon=True)

    def __enter__(self) -> Chaos:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _strike_on(self) -> None:
        while not self._stop.wait(self._rng.uniform(*self._pause)):
            name = self._rng.choice(("worker-1", "worker-2", "postgres", "hints"))
            if self._strike(name):
                self.struck[name] += 1

    def _strike(self, name: str) -> bool:
        """Do it, and say whether there was something to strike."""
        try:
            if name == "hints":
                return _lose_hints(self._stack.data_dir / "broker" / "messages")
            pid = self._stack.note()["processes"][name]["pid"]
            # PostgreSQL is restarted as an administrator would, a worker dies at once.
            os.kill(pid, signal.SIGINT if name == "postgres" else signal.SIGKILL)
        except (KeyError, ProcessLookupError, ValueError):
            return False  # it is just being started again
        return True


def _lose_hints(folder: Path) -> bool:
    lost = list(folder.iterdir())
    for hint in lost:
        hint.unlink(missing_ok=True)
    return bool(lost)
