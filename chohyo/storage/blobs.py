"""Blobs: bytes under the name of their SHA-256, in a local folder."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from chohyo.errors import NotFoundError

_NAME_LENGTH = 64  # other files are being written


class BlobStore(Protocol):
    """Keeps bytes under the hex SHA-256 of their content."""

    def put(self, data: bytes) -> str:
        """Store the bytes, unless they are there, and return their name."""
        ...

    def get(self, name: str) -> bytes:
        """Return the bytes of a name; raise NotFoundError when there are none."""
        ...

    def delete(self, name: str) -> None:
        """Remove the bytes of a name, if they are there."""
        ...

    def stored_at(self, name: str) -> datetime | None:
        """Return when the bytes were last put, in UTC; None when there are none."""
        ...

    def names(self) -> Iterator[str]:
        """Return the names of all blobs."""
        ...


class LocalBlobs:
    """Blobs in a folder of this machine, readable by its owner alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> str:
        """Store the bytes, unless they are there, and return their name."""
        name = hashlib.sha256(data).hexdigest()
        target = self._path(name)
        try:
            os.utime(target)  # whoever is about to remove it sees that it is wanted again
        except FileNotFoundError:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._write(target, data)
        return name

    def get(self, name: str) -> bytes:
        """Return the bytes of a name."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError as error:
            raise NotFoundError(kind="blob", id=name) from error

    def delete(self, name: str) -> None:
        """Remove the bytes of a name, if they are there."""
        self._path(name).unlink(missing_ok=True)

    def stored_at(self, name: str) -> datetime | None:
        """Return when the bytes were last put, in UTC; None when there are none."""
        try:
            return datetime.fromtimestamp(self._path(name).stat().st_mtime, UTC)
        except FileNotFoundError:
            return None

    def names(self) -> Iterator[str]:
        """Return the names of all blobs."""
        return (path.name for path in self._folder.glob("??/*") if len(path.name) == _NAME_LENGTH)

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name

    def _write(self, target: Path, data: bytes) -> None:
        # Written beside and renamed: a crash never leaves half a blob under a final name.
        handle, temporary = tempfile.mkstemp(dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
