"""Write page images as PNG, JPEG or PDF, the same bytes every time."""

# PyMuPDF claims to be typed, and most of it is not.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import pymupdf

from eval.degradation import Pixels

Format = Literal["png", "jpg", "pdf"]


def encoded(image: Pixels, suffix: Literal["png", "jpg"]) -> bytes:
    """Return a grey or RGB page as PNG, or as JPEG of quality 88."""
    pixels = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    options = (
        [cv2.IMWRITE_JPEG_QUALITY, 88] if suffix == "jpg" else [cv2.IMWRITE_PNG_COMPRESSION, 3]
    )
    _, data = cv2.imencode(f".{suffix}", pixels, options)
    return bytes(np.asarray(data, np.uint8).tobytes())


def pdf_of(images: Sequence[Pixels], dpi: int) -> bytes:
    """Return a PDF with one JPEG a page, as document scanners make them."""
    document = pymupdf.open()
    for image in images:
        height, width = image.shape[:2]
        page = document.new_page(width=width * 72 / dpi, height=height * 72 / dpi)
        page.insert_image(page.rect, stream=encoded(image, "jpg"))
    data = bytes(document.tobytes(no_new_id=True))
    document.close()
    return data


def write_page(path: Path, image: Pixels, dpi: int) -> None:
    """Write one page in the format that the file's suffix names."""
    if path.suffix == ".pdf":
        path.write_bytes(pdf_of([image], dpi))
    else:
        path.write_bytes(encoded(image, "jpg" if path.suffix == ".jpg" else "png"))
