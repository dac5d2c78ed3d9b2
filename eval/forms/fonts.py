"""The faces that ship inside PyMuPDF, and how wide a text is in them."""

# PyMuPDF claims to be typed, and most of it is not.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import re
from functools import cache

import pymupdf

SANS_JA = "japan"
HELVETICA = "helv"
HELVETICA_BOLD = "hebo"
HELVETICA_OBLIQUE = "heit"
TIMES = "tiro"
TIMES_BOLD = "tibo"
TIMES_ITALIC = "tiit"
COURIER = "cour"

_TOKENS = re.compile(r"[0-9A-Za-z'’&@.,:;()/\-%$#]+ *| +|.", re.DOTALL)


@cache
def face(name: str) -> pymupdf.Font:
    """Return one of PyMuPDF's built-in fonts."""
    return pymupdf.Font(name)


@cache
def _advance(letter: str, name: str) -> float:
    """Return how far a letter of size 1 moves the pen; asking PyMuPDF takes 0.2 ms each time."""
    return float(face(name).text_length(letter, fontsize=1.0))


@cache
def _has(letter: str, name: str) -> bool:
    return bool(face(name).has_glyph(ord(letter)))


def measure(text: str, name: str, size: float) -> float:
    """Return the width of a text in points."""
    return size * sum(_advance(letter, name) for letter in text)


def covering(text: str, name: str) -> str:
    """Return the face, or the Japanese one when the face lacks a letter of the text."""
    return name if all(_has(letter, name) for letter in text) else SANS_JA


def wrapped(text: str, name: str, size: float, width: float) -> list[str]:
    """Break a text into lines no wider than `width` points; "\\n" always breaks."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for token in _TOKENS.findall(paragraph):
            if line and measure((line + token).rstrip(), name, size) > width:
                lines.append(line.rstrip())
                line = token.lstrip()
            else:
                line += token
        lines.append(line.rstrip())
    return lines
