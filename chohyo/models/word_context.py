"""Settle kanji by the words they make: where the network wavers, a word is likelier than none.

The words are those of pykakasi's dictionary, some 190,000 of kanji alone, names among them.
"""

from __future__ import annotations

import functools
import itertools
import math
import re
from collections.abc import Iterator, Sequence
from typing import Final

from pykakasi.kanji import Kanwa

# What a letter may be besides itself, with the odds.
Others = Sequence[tuple[str, float]]

_KANJI: Final = re.compile("[一-龥々]")
_LONGEST: Final = 4
# A word may be this much less likely than what was read, which is none.
_LEAST_LIKELY: Final = 0.05
# What a letter more counts for, as a logarithm: long words come about by chance less easily.
_LONGER: Final = 1.5


def as_words(text: str, odds: Sequence[float], others: Sequence[Others]) -> str:
    """Return the text, of the same length, with kanji in doubt as the words they most likely make.

    What makes a word as it was read stays, and so does what no likely letters make one of; a word
    is not taken apart for another.
    """
    letters = list(text)
    doubtful = [
        i for i, more in enumerate(others)
        if _KANJI.match(letters[i]) and any(_KANJI.match(letter) for letter, _ in more)
    ]  # fmt: skip
    for place in doubtful:
        spans = list(_around(letters, place))
        if any(_is_word(letters[a:b]) for a, b in spans):
            continue
        whole = [span for span in spans if not _parts_a_word(letters, span, doubtful)]
        words = [word for span in whole for word in _words(letters, span, odds, others)]
        if words:
            _, start, word = max(words)
            letters[start : start + len(word)] = word
    return "".join(letters)


def _parts_a_word(letters: Sequence[str], span: tuple[int, int], doubtful: Sequence[int]) -> bool:
    """Say whether a sure letter of a run makes a word as it stands, with letters beside it."""
    return any(
        _is_word(letters[a:b])
        for place in range(*span)
        if place not in doubtful
        for a, b in _around(letters, place)
    )


def _around(letters: Sequence[str], place: int) -> Iterator[tuple[int, int]]:
    """Yield where runs of two and more kanji with a place among them begin and end."""
    for length in range(2, _LONGEST + 1):
        for start in range(max(0, place - length + 1), min(place, len(letters) - length) + 1):
            if all(_KANJI.match(letter) for letter in letters[start : start + length]):
                yield start, start + length


def _words(
    letters: Sequence[str], span: tuple[int, int], odds: Sequence[float], others: Sequence[Others]
) -> Iterator[tuple[float, int, list[str]]]:
    """Yield the words that a run may be, with how likely and how long they are, as a logarithm."""
    start, end = span
    choices = [
        [(letters[i], 0.0)]
        + [
            (letter, math.log(max(sure, 1e-6) / max(odds[i], 1e-6)))
            for letter, sure in others[i]
            if _KANJI.match(letter)
        ]
        for i in range(start, end)
    ]
    for chosen in itertools.product(*choices):
        likely = sum(each for _, each in chosen)
        word = [letter for letter, _ in chosen]
        if likely >= math.log(_LEAST_LIKELY) and _is_word(word):
            yield likely + _LONGER * len(word), start, word


def _is_word(letters: Sequence[str]) -> bool:
    word = "".join(letters)
    return word in (_dictionary().load(word) or ())


@functools.cache
def _dictionary() -> Kanwa:
    # It takes a second to load and 100 MB, which only doubtful kanji need.
    return Kanwa()  # type: ignore[no-untyped-call]
