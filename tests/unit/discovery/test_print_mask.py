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


def test_what_the_digits_of_one_cell_have_in_common_is_no_print() -> None:
    copies = _copies(5)
    word = copies[0] > 0
    hands = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_DUPLEX)
    for number, (copy, digit) in enumerate(zip(copies, "98233", strict=True)):
        cv2.putText(copy, digit, (118, 320), hands[number % 3], 1.5, 1, 3)
    dark = copies > 0
    seen = np.ones_like(dark)
    kept = without_fill(print_of(dark, seen), dark, seen)
    assert kept[word].mean() > 0.95
    assert kept[280:].sum() < 20


def test_what_unlike_letters_have_in_common_is_no_print() -> None:
    copies = _copies(5)
    word = copies[0] > 0
    quarters = [(x, y) for x in (124, 142) for y in (304, 322)]
    for number, copy in enumerate(copies):
        # As in 十 of 半, 平, 米 and 来: each has other dots around it, and the last is 上.
        cv2.line(copy, (136, 300), (136, 330), 1, 2)
        cv2.line(copy, (120, 315), (152 if number < 4 else 136, 315), 1, 2)
        for x, y in (quarters[number % 4], quarters[(number + 1) % 4]):
            cv2.rectangle(copy, (x, y), (x + 7, y + 5), 1, -1)
    dark = copies > 0
    seen = np.ones_like(dark)
    kept = without_fill(print_of(dark, seen), dark, seen)
    assert kept[word].mean() > 0.95
    assert kept[280:].sum() < 20


def test_print_stays_under_what_all_copies_write_across_it() -> None:
    copies = _copies(5)
    word = copies[0] > 0
    for number, copy in enumerate(copies):
        cv2.line(copy, (110, 180 + 4 * number), (230, 200 - 4 * number), 1, 3)
    dark = copies > 0
    seen = np.ones_like(dark)
    kept = without_fill(print_of(dark, seen), dark, seen)
    assert kept[word].mean() > 0.9


def test_letters_that_all_copies_have_in_full_are_print_though_rings_touch_them() -> None:
    copies = _copies(5)
    word = copies[0] > 0
    for copy in copies[:3]:
        cv2.ellipse(copy, (134, 220), (60, 20), 0, 0, 360, 1, 3)
    dark = copies > 0
    seen = np.ones_like(dark)
    kept = without_fill(print_of(dark, seen), dark, seen)
    assert kept[word].mean() > 0.95
    assert kept[~word].sum() < 0.1 * dark[0][~word].sum()
