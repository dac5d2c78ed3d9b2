"""Keep a lease alive while its work is under way."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from chohyo.domain.ids import new_id
from chohyo.errors import UnavailableError
from chohyo.services import working
from chohyo.services.runtime import Runtime
from chohyo.storage.work import WorkKind

_log = logging.getLogger(__name__)

# Work that takes longer than this hangs: its lease runs out and another worker takes it.
MAX_SECONDS = 3600.0


@contextmanager
def held(
    runtime: Runtime, kind: WorkKind, object_id: UUID, seconds: float
) -> Iterator[tuple[str, int] | None]:
    """Claim work and renew its lease in the background; None when somebody else has it.

    Yields:
        The lease's owner and how often the work was claimed since it last ended.
    """
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
        yield owner, attempts
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
