"""PDF files, through MuPDF."""

# PyMuPDF claims to be typed, and most of it is not.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pymupdf
from PIL import Image

from chohyo.errors import FileDamagedError, FileEmptyError, FileEncryptedError
from chohyo.pages.limits import Limits
from chohyo.pages.rendered import RenderedPage
from chohyo.pages.textlayer import trusted_words
from chohyo.pages.upright import EVIDENCE_LONG_SIDE, page_images

_DPI: Final = 200
_POINTS_PER_INCH: Final = 72
# The end marker belongs into the last KiB (ISO 32000-1, annex H.3.4.4); some writers pad after it.
_TAIL_BYTES: Final = 4096


def count_pages(data: bytes, limits: Limits) -> int:
    """Validate a PDF and return its number of pages.

    Raises:
        RejectedFileError: one of its children, with the reason.
    """
    with _opened(data) as document:
        count = int(document.page_count)
        for page_no in range(min(count, limits.pages)):
            document.load_page(page_no)
        return count


def render(data: bytes, limits: Limits) -> Iterator[RenderedPage]:
    """Yield the pages of a PDF in order.

    Raises:
        RejectedFileError: one of its children, with the reason.
    """
    with _opened(data) as document:
        # Makes what was typed into form fields part of the page, hence of its text layer.
        document.bake()
        for page_no in range(document.page_count):
            yield _page(document.load_page(page_no), page_no + 1)


@contextmanager
def _opened(data: bytes) -> Iterator[pymupdf.Document]:
    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    with _memory_errors(), pymupdf.open(stream=data, filetype="pdf") as document:
        if document.needs_pass:
            raise FileEncryptedError(filename="")
        # MuPDF repairs what it can; without the end marker the last pages are missing.
        if document.is_repaired and b"%%EOF" not in data[-_TAIL_BYTES:]:
            raise FileDamagedError(filename="")
        if not document.page_count:
            reason = FileDamagedError if document.is_repaired else FileEmptyError
            raise reason(filename="")
        yield document


@contextmanager
def _memory_errors() -> Iterator[None]:
    # MuPDF passes over what is wrong with a document, but not over a failed allocation.
    try:
        yield
    except pymupdf.mupdf.FzErrorSystem as error:
        raise MemoryError from error


def _page(page: pymupdf.Page, page_no: int) -> RenderedPage:
    long_side = max(page.rect.width, page.rect.height)
    zoom = min(_DPI / _POINTS_PER_INCH, EVIDENCE_LONG_SIDE / long_side)
    pixels = page.get_pixmap(
        matrix=pymupdf.Matrix(zoom, zoom), colorspace=pymupdf.csRGB, alpha=False
    )
    image = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.samples)
    words = trusted_words(page)
    return page_images(page_no, image, zoom * _POINTS_PER_INCH, int(page.rotation), words)
