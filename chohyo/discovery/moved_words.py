"""Find the words of one page on another where they were moved: a form that was set anew."""

from __future__ import annotations

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


def shared_words(one: PageFeatures, other: PageFeatures) -> float:
    """Return the share of the words on either page that the other has near, in 0..1.

    The lesser of the two shares: a form that holds another is not like it. 0 for a page with few
    words.
    """
    return min(_found(one.half, other.half), _found(other.half, one.half))


def _found(ink: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    height, width = _BLOCK
    found = [
        _is_near(ink[y : y + height, x : x + width], other, y, x)
        for y in range(0, ink.shape[0] - height, height)
        for x in range(0, ink.shape[1] - width, width)
        if _is_word(ink[y : y + height, x : x + width])
    ]
    return float(np.mean(found)) if len(found) >= _MIN_WORDS else 0.0


def _is_word(block: NDArray[np.uint8]) -> bool:
    along = cv2.reduce(block, 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F)
    return float(along.mean()) >= _MIN_INK and float(along.std()) >= _MIN_CHANGE


def _is_near(block: NDArray[np.uint8], other: NDArray[np.uint8], y: int, x: int) -> bool:
    height, width = _BLOCK
    area = other[max(0, y - _REACH) : y + height + _REACH, max(0, x - _REACH) : x + width + _REACH]
    if area.shape[0] < height or area.shape[1] < width:
        return False
    return float(cv2.matchTemplate(area, block, cv2.TM_CCOEFF_NORMED).max()) > _FOUND
