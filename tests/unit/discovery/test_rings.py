"""Circles that copies draw around print."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from chohyo.discovery.fill_marks import find_circles
from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.rings import find_rings, find_stamps

SHAPE = (1100, 780)


def _letter(x: int, y: int) -> np.ndarray:
    print_mask = np.zeros(SHAPE, np.uint8)
    cv2.putText(print_mask, "1", (x - 5, y + 6), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 1, 2)
    return print_mask > 0


def _ellipse(x: int, y: int, a: int, b: int) -> np.ndarray:
    drawn = np.zeros(SHAPE, np.uint8)
    cv2.ellipse(drawn, (x, y), (a, b), 0, 0, 360, 1, 2)
    return drawn > 0


def _found(fill: np.ndarray, text: np.ndarray, print_mask: np.ndarray | None = None):
    return find_rings(fill, text, text if print_mask is None else print_mask)


@pytest.mark.parametrize(("a", "b"), [(11, 11), (24, 12)])
def test_a_circle_around_a_letter_is_found(a: int, b: int) -> None:
    (ring,) = _found(_ellipse(300, 400, a, b), _letter(300, 400))
    assert ring.iou(PixelBox(300 - a, 400 - b, 300 + a, 400 + b)) > 0.8


def test_a_circle_that_runs_through_print_is_found_by_its_arcs() -> None:
    text = _letter(300, 400)
    # The neighbours on both sides cut it, and what lies on print is no fill.
    text[390:411, 287:293] = True
    text[390:411, 308:314] = True
    fill = _ellipse(300, 400, 12, 12) & ~(cv2.dilate(text.astype(np.uint8), np.ones((5, 5))) > 0)
    (ring,) = _found(fill, text)
    assert ring.iou(PixelBox(288, 388, 312, 412)) > 0.6


def test_rings_that_touch_are_two() -> None:
    fill = _ellipse(300, 400, 12, 12) | _ellipse(300, 422, 12, 12)
    assert len(_found(fill, _letter(300, 400) | _letter(300, 422))) == 2


def test_a_written_zero_is_no_ring() -> None:
    assert not _found(_ellipse(300, 400, 7, 10), np.zeros(SHAPE, np.bool_))


def _digits(*texts: str) -> np.ndarray:
    fills = np.zeros((len(texts), *SHAPE), np.uint8)
    for fill, text in zip(fills, texts, strict=True):
        cv2.putText(fill, text, (292, 409), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 1, 2)
    return fills > 0


@pytest.mark.parametrize(("others", "rings"), [(("1", "1"), 0), (("1", ""), 1), (("", ""), 1)])
def test_a_ring_where_other_copies_write_digits_is_a_zero(
    others: tuple[str, str], rings: int
) -> None:
    text = _letter(300, 400)
    ring = np.repeat(_ellipse(300, 400, 11, 14)[None], 3, axis=0)
    assert len(find_circles(np.concatenate([ring, _digits(*others)]), text, text)) == rings


def test_a_word_written_over_a_letter_is_no_ring() -> None:
    fill = np.zeros(SHAPE, np.uint8)
    cv2.putText(fill, "Smith", (280, 408), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 1, 2)
    assert not _found(fill > 0, _letter(300, 400))


def test_a_seal_is_a_ring_with_letters_in_it() -> None:
    fill = _ellipse(300, 400, 20, 20)
    drawn = fill.astype(np.uint8)
    cv2.putText(drawn, "HS", (286, 407), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 1, 2)
    (stamp,) = find_stamps(drawn > 0)
    assert stamp.iou(PixelBox(279, 379, 322, 422)) > 0.8
    assert not find_stamps(fill)


def test_a_text_of_several_lines_is_no_seal() -> None:
    drawn = np.zeros(SHAPE, np.uint8)
    for row in range(4):
        for column in range(4):
            x, y = 300 + 11 * column, 400 + 11 * row
            cv2.rectangle(drawn, (x, y), (x + 7, y + 7), 1, 1)
            cv2.line(drawn, (x + 4, y), (x + 4, y + 7), 1, 1)
    assert not find_stamps(drawn > 0)


def test_short_lines_of_dense_print_are_no_seal_and_a_square_frame_is_one() -> None:
    drawn = np.zeros(SHAPE, np.uint8)
    for row in range(4):
        for column in range(4):
            cv2.putText(
                drawn, "B", (300 + 9 * column, 410 + 10 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.4, 1, 2
            )
    assert not find_stamps(drawn > 0)
    framed = np.zeros(SHAPE, np.uint8)
    cv2.rectangle(framed, (300, 400), (340, 440), 1, 2)
    cv2.putText(framed, "HS", (306, 427), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 1, 2)
    (stamp,) = find_stamps(framed > 0)
    assert stamp.iou(PixelBox(299, 399, 342, 442)) > 0.8
