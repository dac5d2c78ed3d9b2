"""Hold a lease while its work is under way, and give it back."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from chohyo.domain.ids import new_id
from chohyo.errors import UnavailableError
from chohyo.services import working
from chohyo.services.runtime import Runtime
from chohyo.storage.work import WorkKind
from workers import shutdown

_log = logging.getLogger(__name__)

# Work that takes longer than this hangs: its lease runs out and another worker takes it.
MAX_SECONDS = 3600.0
_PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease on a piece of work.

    `guarded` is the runtime to do the work with: it commits nothing once the lease is lost, and
    stops the work when the worker is to stop. `attempts` is how often the work was claimed without
    progress.
    """

    runtime: Runtime
    guarded: Runtime
    kind: WorkKind
    object_id: UUID
    owner: str
    attempts: int
    seconds: float

    def give_back(self, *, counted: bool) -> None:
        """Have the work done later; waits for PostgreSQL as long as a lease lasts."""
        deadline = time.monotonic() + self.seconds
        while True:
            try:
                working.release(
                    self.runtime, self.kind, self.object_id, self.owner, counted=counted
                )
            except UnavailableError:
                if time.monotonic() < deadline:
                    time.sleep(_PAUSE_SECONDS)
                    continue
                _log.warning("the lease is left to run out: PostgreSQL does not answer")
            return


@contextmanager
def held(
    runtime: Runtime, kind: WorkKind, object_id: UUID, seconds: float
) -> Iterator[Lease | None]:
    """Claim work and renew its lease in the background; None when somebody else has it."""
    owner = f"{socket.gethostname()}:{os.getpid()}:{new_id()}"
    attempts = working.claim(runtime, kind, object_id, owner, seconds)
    if attempts is None:
        yield None
        return
    stop = threading.Event()
    beat = threading.Thread(
        target=_renew, args=(runtime, kind, object_id, owner, seconds, stop), daemon=True
    )
    beat.start()
    try:
        guarded = working.under_lease(runtime, kind, object_id, owner, shutdown.check)
        yield Lease(runtime, guarded, kind, object_id, owner, attempts, seconds)
    finally:
        stop.set()
        beat.join()


def _renew(
    runtime: Runtime,
    kind: WorkKind,
    object_id: UUID,
    owner: str,
    seconds: float,
    stop: threading.Event,
) -> None:
    beats = int(MAX_SECONDS / (seconds / 3))
    for _ in range(beats):
        if stop.wait(seconds / 3):
            return
        try:
            if not working.renew(runtime, kind, object_id, owner, seconds):
                return
        except UnavailableError:
            _log.warning("a lease could not be renewed: PostgreSQL does not answer")
