"""Stop between two steps when the worker is asked to, so that a restart need not wait or kill."""

from __future__ import annotations

import threading

from celery.signals import worker_shutting_down

from chohyo.errors import ChohyoError

_STOPPING = threading.Event()


class WorkerStoppingError(ChohyoError):
    """The worker is to stop; what it was at goes on elsewhere, or when it is started again."""

    code = "worker-stopping"
    message = "The worker is being stopped. The work goes on when one is started."
    http_status = 503
    exit_code = 7
    passing = True


def watch() -> None:
    """Take notice when Celery is told to shut down."""
    worker_shutting_down.connect(_note, weak=False)


def check() -> None:
    """Let the work under way stop here, when the worker is to stop.

    Raises:
        WorkerStoppingError: it is.
    """
    if _STOPPING.is_set():
        raise WorkerStoppingError


def _note(**_: object) -> None:
    _STOPPING.set()
