"""Child processes of the stack: started in sessions of their own, watched, stopped for good."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import psutil

# What to send, and how many seconds to wait before the next, and before SIGKILL at last.
Requests = Sequence[tuple[signal.Signals, float]]
_POLITE: Requests = ((signal.SIGTERM, 15.0),)
_FIRST_DELAY, _LONGEST_DELAY = 1.0, 30.0
# A process that lived this long was healthy: its next restart is quick again.
_HEALTHY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Program:
    """How to start a child: its role, command line, surroundings and log."""

    role: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    log: Path


class Child:
    """A program that is kept running until it is stopped."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._delay = _FIRST_DELAY

    @property
    def pid(self) -> int | None:
        """Return the process id, or None when it does not run."""
        if self._process is None or self._process.poll() is not None:
            return None
        return self._process.pid

    def start(self) -> None:
        """Start the program; what it prints goes to its log."""
        self._started = time.monotonic()
        with open_log(self.program.log) as log:
            # A session of its own: Ctrl-C reaches the stack alone, which stops children in order.
            self._process = subprocess.Popen(
                self.program.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                cwd=self.program.folder, env=dict(self.program.environment),
                start_new_session=True,
            )  # fmt: skip

    def restart_if_due(self) -> bool:
        """Start a dead process again once its back-off is over; say whether it was."""
        lived = time.monotonic() - self._started
        if self.pid is not None or lived < self._delay:
            return False
        fell_quickly = lived < _HEALTHY_SECONDS
        self._delay = min(self._delay * 2, _LONGEST_DELAY) if fell_quickly else _FIRST_DELAY
        self.start()
        return True

    def ask_to_stop(self) -> None:
        """Send the polite signal without waiting, so that several stop at once."""
        if self._process is not None and self.pid is not None:
            self._process.terminate()

    def stop(self) -> None:
        """Stop the process and whatever it started."""
        if self._process is None:
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            stop_process(psutil.Process(self._process.pid), _POLITE)
        # Its session's other processes, such as a parser under way, would outlive it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def open_log(path: Path) -> BinaryIO:
    """Open a log for appending; only we can read it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def stop_process(process: psutil.Process, requests: Requests) -> None:
    """Send the signals in turn until the process is gone, SIGKILL last."""
    for request, seconds in (*requests, (signal.SIGKILL, 5.0)):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(request)
        if _gone_within(process, seconds):
            return


def _gone_within(process: psutil.Process, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while _alive(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _alive(process: psutil.Process) -> bool:
    # Nobody may reap an orphan in a container: a zombie counts as gone.
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
