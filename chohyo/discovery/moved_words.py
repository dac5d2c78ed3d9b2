"""Find the words of one page on another where they were moved: a form that was set anew."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.matching.features import PageFeatures

_BLOCK = (14, 64)  # px at half size: about ten printed characters
_REACH = 40  # px at half size that a word may have moved, down and across
_MIN_INK = 8.0
_MIN_CHANGE = 4.0  # of ink along the line: a rule alone is no word
_FOUND = 0.7  # correlation; other words of the same size and pitch reach 0.5 to 0.65
_MIN_WORDS = 60


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of print as large as a word, in px at half size.

    `moved` says how far across and down the other page has it from there, None where it has not.
    """

    x: int
    y: int
    width: int
    height: int
    moved: tuple[int, int] | None


def shared_words(one: PageFeatures, other: PageFeatures) -> float:
    """Return the share of the words on either page that the other has near, in 0..1.

    The lesser of the two shares: a form that holds another is not like it. 0 for a page with few
    words.
    """
    return min(_share(words_of(one, other)), _share(words_of(other, one)))


def words_of(page: PageFeatures, other: PageFeatures) -> list[Word]:
    """Return the words on a page, line by line, with where the other page has them."""
    ink, (height, width) = page.half, _BLOCK
    return [
        Word(x, y, width, height, _moved(ink[y : y + height, x : x + width], other.half, y, x))
        for y in range(0, ink.shape[0] - height, height)
        for x in range(0, ink.shape[1] - width, width)
        if _is_word(ink[y : y + height, x : x + width])
    ]


def _share(words: list[Word]) -> float:
    found = sum(word.moved is not None for word in words)
    return found / len(words) if len(words) >= _MIN_WORDS else 0.0


def _is_word(block: NDArray[np.uint8]) -> bool:
    along = cv2.reduce(block, 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F)
    return float(along.mean()) >= _MIN_INK and float(along.std()) >= _MIN_CHANGE


def _moved(
    block: NDArray[np.uint8], other: NDArray[np.uint8], y: int, x: int
) -> tuple[int, int] | None:
    """Return how far the other page has a block from (x, y), None when it is not near."""
    height, width = _BLOCK
    top, left = max(0, y - _REACH), max(0, x - _REACH)
    area = other[top : y + height + _REACH, left : x + width + _REACH]
    if area.shape[0] < height or area.shape[1] < width:
        return None
    _, likeness, _, place = cv2.minMaxLoc(cv2.matchTemplate(area, block, cv2.TM_CCOEFF_NORMED))
    return (left + place[0] - x, top + place[1] - y) if likeness > _FOUND else None
