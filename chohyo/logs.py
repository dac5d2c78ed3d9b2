"""Logs on standard error: lines of text or of JSON, without content of documents.

The text of an exception may quote what was being processed, a row or a word on a page: of an
exception only its type and where it came from are logged.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Literal

Format = Literal["text", "json"]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

_OURS = ("agent", "api", "chohyo", "cli", "workers")
# Others tell too much and say too little below a warning; these say who took which task.
_TOLD = ("celery", "uvicorn")


def configure(chosen: Format) -> None:
    """Send the logs of this process to standard error; call it once, at its start."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if chosen == "json" else Lines())
    handler.addFilter(without_exception_text)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in (*_OURS, *_TOLD):
        logging.getLogger(name).setLevel(logging.INFO)
    logging.captureWarnings(True)


def without_exception_text(record: logging.LogRecord) -> bool:
    """Replace exceptions among a record's arguments by their types; let every record through.

    Celery puts the exception and its traceback into the message itself.
    """
    if isinstance(record.args, dict):
        hidden = {"exc", "traceback", "args", "kwargs", "return_value"} & record.args.keys()
        record.args = {**record.args, **dict.fromkeys(hidden, "…")}
    elif isinstance(record.args, tuple):
        record.args = tuple(
            type(each).__name__ if isinstance(each, BaseException) else each for each in record.args
        )
    return True


class Lines(logging.Formatter):
    """Lines for people."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - the name is logging's
        """Return the types of an exception and its causes, and where they were raised."""
        return "\n".join(_told(ei[1]))


class JsonLines(logging.Formatter):
    """One JSON object a line, for programs."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON; fields given as `extra={"fields": …}` stand beside it."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["exception"] = list(_told(record.exc_info[1]))
        return json.dumps(line, ensure_ascii=False, default=str)


def _told(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        yield type(error).__name__
        for frame in traceback.extract_tb(error.__traceback__):
            yield f"  {frame.filename}:{frame.lineno} {frame.name}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
