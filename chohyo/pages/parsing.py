"""Files in: validate an upload and render its pages, in a process that can be killed."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from chohyo.errors import (
    FileDamagedError,
    FileEmptyError,
    FileEncryptedError,
    FileTooLargeError,
    FileTypeError,
    PageTooLargeError,
    ParseMemoryError,
    ParseTimeoutError,
    RejectedFileError,
    TooManyPagesError,
    UnavailableError,
)
from chohyo.pages.formats import SNIFFED_BYTES, sniff
from chohyo.pages.frames import Frame, MalformedFrameError, page_count_of, page_of
from chohyo.pages.limits import Limits
from chohyo.pages.process import ParserDiedError, ParserProcess, ParserTimeoutError, parser
from chohyo.pages.rendered import FileFacts, RenderedPage

_MIB: Final = 1 << 20
_REJECTIONS: Final = {
    rejection.code: rejection
    for rejection in (
        FileDamagedError,
        FileEmptyError,
        FileEncryptedError,
        PageTooLargeError,
        ParseMemoryError,
        TooManyPagesError,
    )
}


def inspect(path: Path, filename: str, limits: Limits) -> FileFacts:
    """Validate a file and count its pages; `filename` is what people call it.

    Raises:
        RejectedFileError: one of its children, with the reason.
        UnavailableError: the parser does not start on this machine.
    """
    media_type = _media_type(path, filename, limits)
    with _parsed(path, filename, "inspect", media_type, limits) as next_frame:
        return FileFacts(media_type, page_count_of(next_frame()))


def render_pages(path: Path, filename: str, limits: Limits) -> Iterator[RenderedPage]:
    """Yield the pages of a file in order, each as soon as it is rendered.

    Raises:
        RejectedFileError: one of its children, with the reason; pages before it were yielded.
        UnavailableError: the parser does not start on this machine.
    """
    media_type = _media_type(path, filename, limits)
    with _parsed(path, filename, "render", media_type, limits) as next_frame:
        while (frame := next_frame()).kind != "end":
            yield page_of(frame)


def _media_type(path: Path, filename: str, limits: Limits) -> str:
    size = path.stat().st_size
    if size == 0:
        raise FileEmptyError(filename=filename)
    if size > limits.file_mib * _MIB:
        raise FileTooLargeError(
            filename=filename, size_mib=round(size / _MIB, 1), limit_mib=limits.file_mib
        )
    with path.open("rb") as file:
        media_type = sniff(file.read(SNIFFED_BYTES))
    if media_type is None:
        raise FileTypeError(filename=filename)
    return media_type


@contextmanager
def _parsed(
    path: Path, filename: str, task: str, media_type: str, limits: Limits
) -> Iterator[Callable[[], Frame]]:
    with parser(path, task, media_type, limits) as running:

        def next_frame() -> Frame:
            frame = running.next_frame()
            if frame.kind == "rejected":
                raise _rejection(frame, filename)
            running.grant(limits.seconds_per_page)
            return frame

        try:
            _await_start(running)
            yield next_frame
        except ParserTimeoutError as error:
            raise ParseTimeoutError(filename=filename, seconds=limits.parse_seconds) from error
        except MalformedFrameError as error:
            raise FileDamagedError(filename=filename) from error
        except ParserDiedError as error:
            raise _verdict(error.exit_code, filename, limits) from error


def _await_start(running: ParserProcess) -> None:
    # Whatever ends a parser before it has looked at the file is not the file's fault.
    try:
        running.next_frame()
    except (ParserDiedError, MalformedFrameError) as error:
        raise UnavailableError(part="chohyo.pages.worker") from error


def _rejection(frame: Frame, filename: str) -> RejectedFileError:
    try:
        rejection = _REJECTIONS[frame.header["code"]]
        return rejection(**{**frame.header["params"], "filename": filename})
    except (KeyError, TypeError) as error:
        raise MalformedFrameError("a rejection without its parameters") from error


def _verdict(exit_code: int, filename: str, limits: Limits) -> RejectedFileError:
    if exit_code == -signal.SIGXCPU:
        return ParseTimeoutError(filename=filename, seconds=limits.parse_seconds)
    if exit_code == -signal.SIGKILL:  # the kernel's answer to a machine without memory
        return ParseMemoryError(filename=filename, limit_mib=limits.parse_memory_mib)
    return FileDamagedError(filename=filename)
