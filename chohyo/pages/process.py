"""A parser in a process of its own that can be killed at any moment.

The caller is never forked: a copy of a worker with its threads, connections and secrets would be a
poor place to meet a hostile file. The file itself comes in as standard input, so the parser needs
no path; its environment is empty of the caller's variables.
"""

from __future__ import annotations

import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

import chohyo
from chohyo.pages.frames import Frame, read
from chohyo.pages.limits import Limits

_log = logging.getLogger(__name__)

# -P and -s keep the current folder and the user's packages off the path; -B writes no bytecode.
_COMMAND = (sys.executable, "-P", "-s", "-B", "-m", "chohyo.pages.worker")
# The whole environment: where this package lies, and a locale.
_ENVIRONMENT = {"PYTHONPATH": str(Path(chohyo.__file__).parents[1]), "LC_ALL": "C.UTF-8"}
_CHUNK = 1 << 18


class ParserTimeoutError(Exception):
    """The parser kept the caller waiting for longer than its budget."""


class ParserDiedError(Exception):
    """The parser ended before it had said everything."""

    def __init__(self, exit_code: int) -> None:
        self.exit_code = exit_code
        super().__init__(f"exit code {exit_code}")


class ParserProcess:
    """A running parser; `next_frame` waits for its next message."""

    def __init__(self, process: subprocess.Popen[bytes], budget_seconds: float) -> None:
        assert process.stdout is not None
        self._process = process
        self._fd = process.stdout.fileno()
        self._budget = budget_seconds
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._fd, selectors.EVENT_READ)

    def grant(self, seconds: float) -> None:
        """Add to the time that the caller is willing to wait."""
        self._budget += seconds

    def next_frame(self) -> Frame:
        """Return the next message.

        Raises:
            ParserTimeoutError: the budget is used up.
            ParserDiedError: the process ended in the middle of the conversation.
            MalformedFrameError: it wrote something that is no frame.
        """
        return read(self._take)

    def end(self) -> None:
        """Kill whatever still runs and take its exit code off the system's hands."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._selector.close()

    def _take(self, count: int) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            self._wait()
            part = os.read(self._fd, min(_CHUNK, count - len(parts)))
            if not part:
                raise ParserDiedError(self._exit_code())
            parts += part
        return bytes(parts)

    def _wait(self) -> None:
        started = time.monotonic()
        ready = self._budget > 0 and self._selector.select(self._budget)
        self._budget -= time.monotonic() - started
        if not ready:
            raise ParserTimeoutError

    def _exit_code(self) -> int:
        # The pipe is closed, so the process is on its way out; one that lingers is killed by `end`.
        try:
            code = self._process.wait(timeout=max(0.1, self._budget))
        except subprocess.TimeoutExpired as error:
            raise ParserTimeoutError from error
        _log.warning("the parser ended early with exit code %d", code)
        return code


@contextmanager
def parser(
    path: Path, task: str, media_type: str, limits: Limits, command: Sequence[str] = _COMMAND
) -> Iterator[ParserProcess]:
    """Start a parser on a file; it is gone when the block is left, however it is left."""
    request = json.dumps({"task": task, "media_type": media_type, "limits": asdict(limits)})
    with (
        path.open("rb") as file,
        tempfile.TemporaryDirectory(prefix="chohyo-parse-") as folder,
        subprocess.Popen(
            [*command, request],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # libraries quote the document in their complaints
            env=_ENVIRONMENT,
            cwd=folder,
            umask=0o077,
            start_new_session=True,
        ) as process,
    ):
        running = ParserProcess(process, limits.parse_seconds)
        try:
            yield running
        finally:
            running.end()
