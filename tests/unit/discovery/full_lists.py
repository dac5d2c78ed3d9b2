"""Lists filled to the last row: what is written outweighs what is printed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

_COLUMNS = (40, 90, 180, 350, 500, 667)
_ROWS = range(120, 961, 60)
_HEADS = ("No", "Item", "Name of the drug", "Shape and mark", "To be noted")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def draw_list(seed: int, heads: Sequence[str] = _HEADS, title: str = "Drugs dispensed") -> Page:
    """Draw a page of 707 × 1,000 px: frame, title and heads as print, small words in every cell."""
    rng = random.Random(seed)
    image = np.full((1000, 707), 255, np.uint8)
    for x in _COLUMNS:
        cv2.line(image, (x, _ROWS[0]), (x, _ROWS[-1]), 0, 1)
    for y in _ROWS:
        cv2.line(image, (_COLUMNS[0], y), (_COLUMNS[-1], y), 0, 1)
    for line in range(3):
        _write(image, title, (60 + 160 * line, 40 + 22 * line), 0.7)
    for x, head in zip(_COLUMNS, heads, strict=False):
        _write(image, head, (x + 4, 112), 0.45)
    for left, right in pairwise(_COLUMNS):
        y = _ROWS[0] + rng.randint(0, 20)
        while y < _ROWS[-1] - 12:
            letters = rng.choices(_LETTERS, k=rng.randint(3, max(4, (right - left) // 8)))
            _write(image, "".join(letters), (left + rng.randint(3, 12), y + 10), 0.4)
            y += rng.randint(12, 30)
    return image


def _write(image: Page, text: str, place: tuple[int, int], size: float) -> None:
    cv2.putText(image, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, 0, 1, cv2.LINE_AA)


Page = NDArray[np.uint8]
