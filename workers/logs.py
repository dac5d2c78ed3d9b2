"""Have Celery log as the rest of chohyo does."""

from __future__ import annotations

from celery.signals import setup_logging

from chohyo.logs import Format, configure


def take_over(chosen: Format) -> None:
    """Configure the logs where Celery would configure its own."""

    def on_setup(**_: object) -> None:
        configure(chosen)

    setup_logging.connect(on_setup, weak=False)
