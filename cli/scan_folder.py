"""A scanner's folder: which of its files are complete, and where they go.

A file is complete when it has looked the same for a while, by our own clock: that of a file server
may be slow. Nothing is remembered over a restart: a file that is still there is taken in again, and
known by its bytes.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from chohyo.errors import ChohyoError

DONE, REJECTED = "done", "rejected"
_LOCK = ".chohyo-watch.lock"
_PUT_OFF_SECONDS = 30.0
# How programs name what they have not finished writing.
_UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".filepart", "~")


class WatchedAlreadyError(ChohyoError):
    """Another process watches the folder."""

    code = "watched-already"
    message = "{folder} is already being watched. One process is enough."
    http_status = 409
    exit_code = 6


@dataclass(frozen=True, slots=True)
class Shape:
    """What changes when a file is written to, or is replaced by another one."""

    inode: int
    size: int
    changed: float

    @classmethod
    def of(cls, path: Path) -> Shape:
        """Return how a file looks now."""
        found = path.stat(follow_symlinks=False)
        return cls(found.st_ino, found.st_size, found.st_mtime)


@dataclass(slots=True)
class ScanFolder:
    """A folder in which files appear.

    Args:
        path: the folder; `done` and `rejected` are made below it.
        settle_seconds: how long a file must have stood still.
    """

    path: Path
    settle_seconds: float
    _seen: dict[Path, tuple[Shape, float]] = field(default_factory=dict)
    _not_before: dict[Path, float] = field(default_factory=dict)

    @contextlib.contextmanager
    def claimed(self) -> Iterator[None]:
        """Watch alone while the block lasts; the lock ends with the process, however it ends.

        Raises:
            WatchedAlreadyError: another process watches.
        """
        for name in (DONE, REJECTED):
            (self.path / name).mkdir(exist_ok=True)
        handle = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError as error:
            raise WatchedAlreadyError(folder=str(self.path)) from error
        finally:
            os.close(handle)

    def complete_files(self) -> tuple[list[tuple[Path, Shape]], bool]:
        """Return the files that are complete, by name, and whether others are still to settle."""
        now, complete = time.monotonic(), list[tuple[Path, Shape]]()
        seen: dict[Path, tuple[Shape, float]] = {}
        for path in sorted(self.path.iterdir()):
            shape = _shape(path)
            if shape is None or now < self._not_before.get(path, now):
                continue
            before, since = self._seen.get(path, (shape, now))
            seen[path] = (shape, since if before == shape else now)
            if now - seen[path][1] >= self.settle_seconds:
                complete.append((path, shape))
        self._seen = seen
        return complete, len(complete) < len(seen)

    def put_off(self, path: Path) -> None:
        """Leave a file alone for a while that could not be taken in or moved now."""
        self._not_before[path] = time.monotonic() + _PUT_OFF_SECONDS

    def move(self, path: Path, shape: Shape, where: str) -> Path | None:
        """Move a file under a name of its own; None when it was written to meanwhile and stays."""
        if _shape(path) != shape:
            return None
        target = _free(self.path / where, path.name)
        path.rename(target)
        return target

    def reject(self, path: Path, shape: Shape, reason: str) -> Path | None:
        """Move a file to the rejected ones, with the reason beside it."""
        if _shape(path) != shape:
            return None
        target = _free(self.path / REJECTED, path.name)
        # The reason first: a file that was moved always has one.
        beside = target.with_name(f"{target.name}.reason.txt")
        beside.write_text(reason + "\n", encoding="utf-8")
        path.rename(target)
        return target


def _shape(path: Path) -> Shape | None:
    """Return a file's shape; None for what is no file to take in, or is gone."""
    if path.name.startswith(".") or path.name.lower().endswith(_UNFINISHED):
        return None
    try:
        return Shape.of(path) if path.is_file() and not path.is_symlink() else None
    except FileNotFoundError:
        return None


def _free(folder: Path, name: str) -> Path:
    # Scanners begin their numbering anew: what lies there is never replaced.
    target, number = folder / name, 2
    while target.exists():
        target = folder / f"{Path(name).stem}-{number}{Path(name).suffix}"
        number += 1
    return target
