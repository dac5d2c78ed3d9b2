"""Cut a page's lines into passages, each short enough to have one meaning and one vector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# multilingual-e5-small takes time in proportion to what it reads: 160 characters of Japanese are
# about 120 tokens and 0.3 s of a processor core.
_CHARACTERS: Final = 160
_MOST: Final = 6


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines `first` to `last` of a page, and their text."""

    first: int
    last: int
    text: str


def cut_passages(lines: Sequence[str]) -> list[Passage]:
    """Return a page's passages in reading order.

    Lines without letters are left out: numbers are found as they are, and mean nothing. Of a long
    page the first passages are kept: what a form is for stands at its head.
    """
    telling = [(number, line) for number, line in enumerate(lines) if _tells(line)]
    passages: list[Passage] = []
    run: list[tuple[int, str]] = []
    for number, line in telling:
        if run and sum(len(text) for _, text in run) + len(line) > _CHARACTERS:
            passages.append(_passage(run))
            run = []
        run.append((number, line[:_CHARACTERS]))
    if run:
        passages.append(_passage(run))
    return passages[:_MOST]


def _passage(run: Sequence[tuple[int, str]]) -> Passage:
    return Passage(run[0][0], run[-1][0], " ".join(text for _, text in run))


def _tells(line: str) -> bool:
    return sum(character.isalpha() for character in line) >= 2
