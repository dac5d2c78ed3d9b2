"""When the text stored in a PDF page may stand for what is printed on it."""

# PyMuPDF claims to be typed, and most of it is not.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import unicodedata
from typing import Final

import pymupdf

from chohyo.domain.geometry import Box
from chohyo.pages.rendered import TextWord

# A scan with a text layer is one page-sized image or many strips; a born-digital page has logos.
_MAX_IMAGE_SHARE: Final = 0.5
_MAX_INVISIBLE_SHARE: Final = 0.1
_MAX_MEANINGLESS_SHARE: Final = 0.02
# Below this a page is a drawing with a stamp on it, and what counts may be outlines.
_MIN_CHARACTERS: Final = 20
_MAX_WORDS: Final = 20_000
_INVISIBLE: Final = 3  # text rendering mode, ISO 32000-1, table 106
_MEANINGLESS: Final = {"Co", "Cn", "Cs", "Cc"}
_REPLACEMENT: Final = "\ufffd"


def trusted_words(page: pymupdf.Page) -> tuple[TextWord, ...]:
    """Return the words of a page, none unless its text layer can be trusted.

    Not trusted is a page that images cover (its text is somebody else's OCR), text that is drawn
    invisibly, and text whose characters have no meaning because the font's mapping is missing.
    """
    words = _words(page)
    if sum(len(word.text) for word in words) < _MIN_CHARACTERS or len(words) > _MAX_WORDS:
        return ()
    if _image_share(page) > _MAX_IMAGE_SHARE:
        return ()
    invisible, meaningless = _odd_shares(page)
    if invisible > _MAX_INVISIBLE_SHARE or meaningless > _MAX_MEANINGLESS_SHARE:
        return ()
    return words


def _words(page: pymupdf.Page) -> tuple[TextWord, ...]:
    flags = pymupdf.TEXTFLAGS_WORDS & ~pymupdf.TEXT_PRESERVE_LIGATURES
    width, height = page.rect.width, page.rect.height
    words = []
    for x0, y0, x1, y1, text, *_ in page.get_text("words", flags=flags):
        # Text has the coordinates of the page before its /Rotate.
        rect = pymupdf.Rect(x0, y0, x1, y1) * page.rotation_matrix
        box = Box(rect.x0 / width, rect.y0 / height, rect.x1 / width, rect.y1 / height)
        if Box(0, 0, 1, 1).contains(*box.center):
            words.append(TextWord(text, box.grown(0, 0)))
    return tuple(words)


def _image_share(page: pymupdf.Page) -> float:
    bounds = page.rect * page.derotation_matrix
    covered = sum(
        (pymupdf.Rect(image["bbox"]) & bounds).get_area() for image in page.get_image_info()
    )
    return float(covered / bounds.get_area())


def _odd_shares(page: pymupdf.Page) -> tuple[float, float]:
    """Return which shares of the characters drawn are invisible and have no meaning."""
    total = invisible = meaningless = 0
    for span in page.get_texttrace():
        total += len(span["chars"])
        if span["type"] == _INVISIBLE or not span["opacity"]:
            invisible += len(span["chars"])
        meaningless += sum(_is_meaningless(chr(char[0])) for char in span["chars"])
    return invisible / max(1, total), meaningless / max(1, total)


def _is_meaningless(char: str) -> bool:
    return char == _REPLACEMENT or unicodedata.category(char) in _MEANINGLESS
