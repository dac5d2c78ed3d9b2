"""Which ink of copies is print."""

from __future__ import annotations

import cv2
import numpy as np

from chohyo.discovery.print_mask import print_of, without_fill

SHAPE = (400, 400)


def _copies(count: int) -> np.ndarray:
    """Return copies with one printed word each."""
    sheet = np.zeros(SHAPE, np.uint8)
    cv2.putText(sheet, "HOME", (120, 200), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 1, 3)
    return np.repeat(sheet[None], count, axis=0)


def test_circles_around_the_next_word_leave_print_as_it_is() -> None:
    copies = _copies(5)
    word = copies[0] > 0
    for copy in copies[:4]:
        # The pen passes close to the first letter, without touching it.
        cv2.circle(copy, (92, 190), 22, 1, 3)
    dark = copies > 0
    seen = np.ones_like(dark)
    kept = without_fill(print_of(dark, seen), dark, seen)
    assert kept[word].mean() > 0.95


def test_where_all_copies_are_filled_the_crossings_are_no_print() -> None:
    copies = _copies(5)
    word = copies[0] > 0
    for number, copy in enumerate(copies):
        cv2.putText(
            copy, "AXBYC"[number] * 4, (118 + number, 320), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 1, 3
        )
    dark = copies > 0
    seen = np.ones_like(dark)
    kept = without_fill(print_of(dark, seen), dark, seen)
    assert kept[word].mean() > 0.95
    assert kept[280:].sum() < 0.1 * dark[0, 280:].sum()
