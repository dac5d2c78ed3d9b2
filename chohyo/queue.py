"""Send work by task name, so that a door needs no worker code."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

from celery import Celery
from kombu.exceptions import KombuError

_log = logging.getLogger(__name__)

FILESYSTEM = "filesystem://"
# Read by the worker that has the models, and by no other.
MODEL_QUEUE = "models"


@dataclass(frozen=True, slots=True)
class Broker:
    """Where hints about work travel: Redis, or files in a folder of our own.

    Args:
        url: `redis://…`, or `filesystem://` for the embedded stack.
        folder: folder of the filesystem broker; unused with Redis.
    """

    url: str
    folder: Path


class Queue(Protocol):
    """Takes hints about work."""

    def send(self, kind: str, object_id: UUID, priority: int) -> bool:
        """Hand over a hint; False when the broker is not reachable (the sweep sends it later)."""
        ...


def celery_app(broker: Broker) -> Celery:
    """Return the Celery application that doors and workers share."""
    app = Celery("chohyo", broker=broker.url)
    app.conf.update(
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        broker_connection_retry_on_startup=True,
        task_serializer="json",
        accept_content=["json"],
        task_routes={"chohyo.model": {"queue": MODEL_QUEUE}},
        timezone="UTC",
        worker_hijack_root_logger=False,
        broker_transport_options=_transport_options(broker),
    )
    return app


def _transport_options(broker: Broker) -> dict[str, str | float | int]:
    if broker.url != FILESYSTEM:
        # A hint that is not acknowledged within the hour is delivered again.
        return {"visibility_timeout": 3600}
    for name in ("messages", "processed", "control"):
        (broker.folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    messages = str(broker.folder / "messages")
    return {
        "data_folder_in": messages,
        "data_folder_out": messages,
        "processed_folder": str(broker.folder / "processed"),
        "control_folder": str(broker.folder / "control"),
        "store_processed": 0,
        "polling_interval": 0.2,
    }


class CeleryQueue:
    """Sends hints through Celery."""

    def __init__(self, app: Celery) -> None:
        self._app = app

    def send(self, kind: str, object_id: UUID, priority: int) -> bool:
        """Hand over a hint; False when the broker is not reachable."""
        try:
            self._app.send_task(
                f"chohyo.{kind}", args=[str(object_id)], priority=priority, retry=False
            )
        except (KombuError, OSError) as error:
            _log.warning("the broker took no hint: %s", type(error).__name__)
            return False
        return True
