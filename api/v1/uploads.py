"""Receive the files of a multipart request into a folder, never holding one in memory.

The framework's own parser spools every file whatever its size before the limit could be checked.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, BinaryIO
from uuid import UUID

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from api.security import RuntimeDep, authenticated
from chohyo.errors import FileTooLargeError, InvalidInputError

MAX_FILES = 200
_MAX_FIELD_BYTES = 1000
_MAX_NAME_CHARACTERS = 200
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file as it came in; of one larger than the limit only the beginning is kept."""

    filename: str
    path: Path
    size: int

    def require_complete(self, limit_mib: int) -> None:
        """Refuse a file of which only the beginning was kept.

        Raises:
            FileTooLargeError: it is larger than the limit.
        """
        if self.size > limit_mib * _MIB:
            size_mib = round(self.size / _MIB, 1)
            raise FileTooLargeError(filename=self.filename, size_mib=size_mib, limit_mib=limit_mib)


@dataclass(frozen=True, slots=True)
class Upload:
    """The files of a request, and the collection they are meant for."""

    files: tuple[ReceivedFile, ...]
    collection_id: UUID | None


class UploadReader:
    """Takes the parts of a multipart body: each file into the folder, `collection_id` as text.

    Args:
        boundary: what separates the parts.
        folder: where the files go; it must be the request's own.
        limit: most bytes kept of a file.
    """

    def __init__(self, boundary: bytes, folder: Path, limit: int) -> None:
        self._folder = folder
        self._limit = limit
        self._files: list[ReceivedFile] = []
        self._collection = bytearray()
        self._header = (bytearray(), bytearray())
        self._disposition = b""
        self._name = b""
        self._filename = ""
        self._file: BinaryIO | None = None
        self._size = 0
        self._parser = MultipartParser(
            boundary,
            {
                "on_header_field": self._on_header_name,
                "on_header_value": self._on_header_value,
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_part,
                "on_part_data": self._on_data,
                "on_part_end": self._on_part_end,
            },
        )

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the body.

        Raises:
            InvalidInputError: the body is no multipart form, or has too many or too long parts.
        """
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise _malformed() from error

    def finish(self) -> Upload:
        """Return what came in.

        Raises:
            InvalidInputError: the body was cut short, has no file, or names no valid collection.
        """
        try:
            self._parser.finalize()
        except FormParserError as error:
            raise _malformed() from error
        if self._file is not None:
            raise _malformed()
        if not self._files:
            raise InvalidInputError(field="files", reason="is missing")
        return Upload(tuple(self._files), _collection_id(bytes(self._collection)))

    def close(self) -> None:
        """Close a file that was under way."""
        if self._file is not None:
            self._file.close()

    def _on_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header[0].extend(data[start:end])

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header[1].extend(data[start:end])

    def _on_header_end(self) -> None:
        name, value = self._header
        if name.lower() == b"content-disposition":
            self._disposition = bytes(value)
        self._header = (bytearray(), bytearray())

    def _on_part(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._name = options.get(b"name", b"")
        if b"filename" not in options:
            return
        if len(self._files) == MAX_FILES:
            raise InvalidInputError(field="files", reason="are too many for one request")
        self._filename = _safe_name(options[b"filename"].decode("utf-8", "replace"))
        self._file = (self._folder / str(len(self._files))).open("wb")
        self._size = 0

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self._size += end - start
            if self._size <= self._limit:
                self._file.write(data[start:end])
        elif self._name == b"collection_id":
            self._collection.extend(data[start:end])
            if len(self._collection) > _MAX_FIELD_BYTES:
                raise InvalidInputError(field="collection_id", reason="is too long")

    def _on_part_end(self) -> None:
        if self._file is not None:
            self._file.close()
            path = Path(self._file.name)
            self._files.append(ReceivedFile(self._filename, path, self._size))
        self._file, self._disposition = None, b""


async def receive_upload(
    request: Request, runtime: RuntimeDep, _: Annotated[object, Depends(authenticated)]
) -> AsyncIterator[Upload]:
    """Yield the request's files; they are gone when the request is answered."""
    boundary = _boundary(request)
    with TemporaryDirectory(prefix="chohyo-upload-") as folder:
        reader = UploadReader(boundary, Path(folder), runtime.limits.file_mib * _MIB)
        try:
            async for chunk in request.stream():
                await run_in_threadpool(reader.feed, chunk)
            upload = await run_in_threadpool(reader.finish)
        finally:
            reader.close()
        yield upload


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise InvalidInputError(field="Content-Type", reason="must be multipart/form-data")
    return options[b"boundary"]


def _collection_id(text: bytes) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text.decode("ascii"))
    except ValueError as error:
        raise InvalidInputError(field="collection_id", reason="is no UUID") from error


def _safe_name(filename: str) -> str:
    # Old browsers send a whole path; control characters would break logs and headers.
    last = filename.replace("\\", "/").rpartition("/")[2]
    printable = "".join(each for each in last if each.isprintable()).strip()
    return printable[-_MAX_NAME_CHARACTERS:] or "upload"


def _malformed() -> InvalidInputError:
    return InvalidInputError(field="body", reason="is no well-formed multipart form")
