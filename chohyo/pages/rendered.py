"""What parsing a file gives."""

from __future__ import annotations

from dataclasses import dataclass

from chohyo.domain.geometry import Box


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What an upload turned out to be."""

    media_type: str
    page_count: int


@dataclass(frozen=True, slots=True)
class TextWord:
    """A word of a born-digital page; the box is in fractions of the upright page."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """One page as two upright images.

    `page_no` counts from 1. `width` and `height` are the pixels of `evidence` (JPEG, colour or
    grey, long side at most 2,200), `dpi` its resolution where the file tells it. `model` is an
    8-bit grey PNG whose long side is 1,000 pixels; `content_key` is the SHA-256 of its size and
    pixels, the same for the same page whenever it arrives. `rotation` is the clockwise turn in
    degrees that made the page upright. `words` is empty unless the text layer can be trusted.
    """

    page_no: int
    width: int
    height: int
    dpi: float | None
    rotation: int
    evidence: bytes
    model: bytes
    content_key: str
    words: tuple[TextWord, ...]
