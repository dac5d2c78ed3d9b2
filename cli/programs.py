"""The programs a stack runs: workers, the schedule, the web."""

from __future__ import annotations

import os
import sys

from chohyo.queue import MODEL_QUEUE
from chohyo.settings import Settings
from cli.data_folder import DataFolder
from cli.processes import Program

# The owner's connection is for migrations alone.
_WITHHELD = ("CHOHYO_DATABASE__OWNER_URL",)


def programs(settings: Settings, folder: DataFolder, database_url: str) -> list[Program]:
    """Return the stack's programs in the order they start; they stop in the opposite one."""
    environment = _environment(settings, database_url)
    # Quiet: no banner among the lines of the log.
    celery = [sys.executable, "-m", "celery", "--quiet", "--app", "workers.app"]
    # Neither gossip nor mingling: the workers share nothing but the table of work.
    worker = [*celery, "worker", "--pool", "solo", "--without-gossip", "--without-mingle"]
    commands = {
        f"worker-{number}": [*worker, "--loglevel", "INFO", "--hostname", f"{number}@chohyo"]
        for number in range(1, settings.work.workers + 1)
    }
    if settings.has_model_worker:
        commands["models"] = [
            sys.executable, "-m", "celery", "--quiet", "--app", "workers.gpu", "worker",
            "--pool", "solo", "--queues", MODEL_QUEUE, "--prefetch-multiplier", "1",
            "--without-gossip", "--without-mingle", "--loglevel", "INFO",
            "--hostname", "models@chohyo",
        ]  # fmt: skip
    schedule = ["--schedule", str(folder.run / "schedule"), "--pidfile="]
    commands["beat"] = [*celery, "beat", *schedule, "--loglevel", "INFO"]
    commands["web"] = [sys.executable, "-m", "api"]
    # They start in a folder without Python files: `-m` looks there first.
    return [
        Program(role, command, environment, folder.run, folder.logs / f"{role}.log")
        for role, command in commands.items()
    ]


def _environment(settings: Settings, database_url: str) -> dict[str, str]:
    # Handed on, not read: what it means is for the settings of the child to say.
    inherited = {name: value for name, value in os.environ.items() if name not in _WITHHELD}
    second = settings.qwen.second_embedder
    threads = max(1, (os.cpu_count() or 1) // settings.work.workers)
    return {
        "OMP_NUM_THREADS": str(threads),
        **inherited,
        "DATABASE_URL": database_url,
        "CHOHYO_DATA_DIR": str(settings.data_dir),
        "CHOHYO_PROFILE": settings.profile,
        # A folder is named from here, and they start in another one.
        "CHOHYO_QWEN__EMBEDDER": settings.qwen.embedder,
        "CHOHYO_QWEN__RERANKER": settings.qwen.reranker,
        **({"CHOHYO_QWEN__SECOND_EMBEDDER": second} if second else {}),
        "CHOHYO_CHAT__MODEL": settings.chat.model,
        "CHOHYO_WEB__HOST": settings.web.host,
        "CHOHYO_WEB__PORT": str(settings.web.port),
    }
