"""The data folder of a stack: its lock, and the note about what runs on it."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from cli.errors import AlreadyRunningError
from cli.postgres_home import write_private


class ProcessNote(BaseModel):
    """A process of the stack; the start time tells it from a later one with the same number."""

    pid: int
    started: float


class StackNote(BaseModel):
    """What other commands have to know of a running stack."""

    url: str
    database_url: str
    processes: dict[str, ProcessNote] = {}


class DataFolder:
    """The folder that holds everything of an installation.

    Args:
        path: absolute path; made when missing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.run = path / "run"
        self.logs = path / "logs"
        self._note = self.run / "stack.json"

    def prepare(self) -> None:
        """Make the folders, closed to other users."""
        for folder in (self.path, self.run, self.logs):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for one stack; the lock ends with the process, however it ends.

        Raises:
            AlreadyRunningError: another stack holds it.
        """
        handle = os.open(self.run / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError as error:
            raise AlreadyRunningError(folder=str(self.path)) from error
        finally:
            os.close(handle)

    def write_note(self, note: StackNote) -> None:
        """Replace the note; only we can read it, for it opens the database."""
        write_private(self._note, note.model_dump_json(indent=2))

    def read_note(self) -> StackNote | None:
        """Return the note, or None when no stack has left one."""
        try:
            return StackNote.model_validate_json(self._note.read_text("utf-8"))
        except FileNotFoundError:
            return None

    def remove_note(self) -> None:
        """Remove the note of a stopped stack."""
        self._note.unlink(missing_ok=True)
