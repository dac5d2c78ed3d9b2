"""Find the words of one page on another where they were moved: a form that was set anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Transform
from chohyo.matching.features import PageFeatures
from chohyo.matching.refinement import warp
from chohyo.matching.registration import as_half_matrix

_BLOCK = (14, 64)  # px at half size: about ten printed characters
_REACH = 40  # px at half size that a word may have moved, down and across
_RULES = ((1, 25), (25, 1))  # px at half size
_BESIDE = np.ones((3, 3), np.uint8)
_TALL, _DARK = 6, 60  # rows of a block, and what is ink in one
_OFF = 2  # px at half size that a word in place may lie off
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
    height, width = _BLOCK
    return [
        Word(x, y, width, height, _moved(block, other.half, (y, x), _REACH))
        for y, x, block in _words(page.half)
    ]


def words_in_place(page: PageFeatures, reference: PageFeatures, transform: Transform) -> int:
    """Return how many words of the reference a page has at their places, laid by `transform`.

    Rules are no words, and are left out.
    """
    matrix = as_half_matrix(transform, page, reference)
    laid = _unruled(warp(page.half, matrix, reference.half.shape))
    words = [word for word in _words(_unruled(reference.half)) if _is_tall(word[2])]
    return sum(_moved(block, laid, (y, x), _OFF) is not None for y, x, block in words)


def _is_tall(block: NDArray[np.uint8]) -> bool:
    """Say whether a block has more of its letters than their upper or lower ends."""
    return int((block.max(axis=1) > _DARK).sum()) >= _TALL


def _unruled(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    lines = [cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(shape, np.uint8)) for shape in _RULES]
    return np.asarray(cv2.subtract(ink, cv2.dilate(cv2.max(*lines), _BESIDE)), np.uint8)


def _share(words: list[Word]) -> float:
    found = sum(word.moved is not None for word in words)
    return found / len(words) if len(words) >= _MIN_WORDS else 0.0


def _words(ink: NDArray[np.uint8]) -> Iterator[tuple[int, int, NDArray[np.uint8]]]:
    """Yield the place (y, x) of each word, line by line, and its ink."""
    height, width = _BLOCK
    for y in range(0, ink.shape[0] - height, height):
        for x in range(0, ink.shape[1] - width, width):
            block = ink[y : y + height, x : x + width]
            if _is_word(block):
                yield y, x, block


def _is_word(block: NDArray[np.uint8]) -> bool:
    along = cv2.reduce(block, 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F)
    return float(along.mean()) >= _MIN_INK and float(along.std()) >= _MIN_CHANGE


def _moved(
    block: NDArray[np.uint8], other: NDArray[np.uint8], place: tuple[int, int], reach: int
) -> tuple[int, int] | None:
    """Return how far the other page has a block from (y, x), None when not within reach."""
    (height, width), (y, x) = block.shape, place
    top, left = max(0, y - reach), max(0, x - reach)
    area = other[top : y + height + reach, left : x + width + reach]
    if area.shape[0] < height or area.shape[1] < width:
        return None
    _, likeness, _, (column, row) = cv2.minMaxLoc(
        cv2.matchTemplate(area, block, cv2.TM_CCOEFF_NORMED)
    )
    return (left + column - x, top + row - y) if likeness > _FOUND else None
