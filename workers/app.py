"""The Celery application of the workers, with its schedule."""

from __future__ import annotations

from chohyo.queue import celery_app
from workers import logs, shutdown
from workers.runtime import settings

app = celery_app(settings().broker_settings)
shutdown.watch()
logs.take_over(settings().log.format)
app.conf.update(
    imports=["workers.tasks"],
    beat_schedule_filename=str(settings().data_dir / "broker" / "schedule"),
    beat_schedule={
        "sweep": {
            "task": "chohyo.sweep",
            "schedule": settings().work.sweep_seconds,
            # Workers that are busy for an hour find one sweep waiting, not hundreds.
            "options": {"expires": settings().work.sweep_seconds},
        },
        "schedule-discovery": {
            "task": "chohyo.schedule_discovery",
            "schedule": settings().discovery.every_seconds,
        },
        "tidy": {"task": "chohyo.tidy", "schedule": settings().work.tidy_seconds},
    },
)
