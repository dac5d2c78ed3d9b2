"""Runs of characters, hashed: what a text shares with another although both are misread."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Final

_LENGTHS: Final = (1, 2, 3)


def gram_hash(gram: str) -> int:
    """Return a gram's number: its CRC-32, as PostgreSQL's signed `int`."""
    number = zlib.crc32(gram.encode("utf-8", "surrogatepass"))
    return number - (1 << 32) if number >= 1 << 31 else number


def grams_of(text: str, lengths: Iterable[int] = _LENGTHS) -> set[str]:
    """Return the runs of one, two and three characters of a text without spaces."""
    return {text[at : at + n] for n in lengths for at in range(len(text) - n + 1)}


def text_grams(lines: Iterable[str]) -> list[int]:
    """Return the hashed grams of a page's lines, also those that run on into the next line."""
    return sorted({gram_hash(gram) for gram in grams_of("".join(lines))})


def exact_grams(terms: Iterable[str]) -> list[int]:
    """Return the hashes that a text has which holds all these terms.

    The longest grams of a term say all that its shorter ones do.
    """
    hashes: set[int] = set()
    for term in terms:
        longest = min(len(term), max(_LENGTHS))
        hashes |= {gram_hash(gram) for gram in grams_of(term, (longest,))}
    return sorted(hashes)
