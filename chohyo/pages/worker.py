"""The parser's own process: `python -m chohyo.pages.worker REQUEST < file`.

It gives up what it does not need before it looks at the file, says `ready`, then sends what was
asked. A file that makes a library fail in a way nobody foresaw ends the process; the caller takes
that for a damaged file.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
from collections.abc import Iterator
from typing import BinaryIO, Final, Protocol, cast

from chohyo.errors import ParseMemoryError, RejectedFileError, TooManyPagesError
from chohyo.pages.formats import JPEG, PDF, PNG, TIFF
from chohyo.pages.frames import pack, pack_page
from chohyo.pages.limits import Limits
from chohyo.pages.rendered import RenderedPage

# Only the library that the format needs is imported: Pillow takes 40 ms, MuPDF 110 ms.
_PARSERS: Final = {
    PDF: "chohyo.pages.pdf",
    PNG: "chohyo.pages.raster",
    JPEG: "chohyo.pages.raster",
    TIFF: "chohyo.pages.raster",
}
# MuPDF imports its layout models with onnxruntime when they are installed: 400 ms and 450 MiB of
# address space for nothing that is used here.
_UNWANTED: Final = ("pymupdf.layout", "pymupdf4llm")


class FileParser(Protocol):
    """What a module that parses a format offers."""

    def count_pages(self, data: bytes, limits: Limits) -> int:
        """Validate a file and return its number of pages."""

    def render(self, data: bytes, limits: Limits) -> Iterator[RenderedPage]:
        """Yield the pages of a file in order."""


def main() -> None:
    """Serve the one request on the command line."""
    request = json.loads(sys.argv[1])
    limits = Limits(**request["limits"])
    _confine(limits)
    out = _take_stdout()
    parser = _load(request["media_type"])
    out.write(pack({"kind": "ready"}))
    out.flush()
    try:
        with open(0, "rb", closefd=False) as file:
            data = file.read()
        for frame in _frames(parser, request["task"], data, limits):
            out.write(frame)
            out.flush()
    except RejectedFileError as rejection:
        out.write(pack({"kind": "rejected", "code": rejection.code, "params": rejection.params}))
    except MemoryError:
        params = {"limit_mib": limits.parse_memory_mib}
        out.write(pack({"kind": "rejected", "code": ParseMemoryError.code, "params": params}))
    out.flush()


def _frames(parser: FileParser, task: str, data: bytes, limits: Limits) -> Iterator[bytes]:
    count = parser.count_pages(data, limits)
    if count > limits.pages:
        raise TooManyPagesError(filename="", pages=count, limit=limits.pages)
    if task == "inspect":
        yield pack({"kind": "facts", "page_count": count})
        return
    yield from map(pack_page, parser.render(data, limits))
    yield pack({"kind": "end"})


def _confine(limits: Limits) -> None:
    memory = limits.parse_memory_mib << 20
    bounds = {
        resource.RLIMIT_AS: (memory, memory),
        resource.RLIMIT_CPU: (limits.cpu_seconds, limits.cpu_seconds + 1),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_NPROC: (0, 0),
        resource.RLIMIT_NOFILE: (64, 64),
    }
    for kind, bound in bounds.items():
        resource.setrlimit(kind, bound)


def _take_stdout() -> BinaryIO:
    # What a library prints must not end up between the frames.
    out = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)
    return out


def _load(media_type: str) -> FileParser:
    for name in _UNWANTED:
        sys.modules[name] = None  # type: ignore[assignment]  # so that the import fails
    return cast(FileParser, importlib.import_module(_PARSERS[media_type]))


if __name__ == "__main__":
    main()
