"""Circles drawn close around words, through their letters."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from chohyo.discovery.fill_marks import find_circles, find_ringed_words
from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.ring_outlines import ring_outlines, ringed_words

SHAPE = (1100, 780)
RING = PixelBox(268, 388, 333, 413)


def _written(text: str, x: int = 278, y: int = 406, size: float = 0.5) -> np.ndarray:
    drawn = np.zeros(SHAPE, np.uint8)
    cv2.putText(drawn, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, 1, 2)
    return drawn > 0


def _ring(box: PixelBox = RING) -> np.ndarray:
    drawn = np.zeros(SHAPE, np.uint8)
    middle = round(box.center[0]), round(box.center[1])
    cv2.ellipse(drawn, middle, (box.width // 2 - 1, box.height // 2 - 1), 0, 0, 360, 1, 2)
    return drawn > 0


def _grown(mask: np.ndarray) -> np.ndarray:
    return cv2.dilate(mask.astype(np.uint8), np.ones((3, 3))) > 0


def test_a_ring_that_its_word_cuts_into_arcs_is_one_ring() -> None:
    word = np.zeros(SHAPE, np.bool_)
    # Letters as high as the ring: of its upper and lower arcs only pieces are left.
    for x in (276, 289, 302, 315):
        word[386:415, x : x + 7] = True
    fill = _ring() & ~_grown(word)
    assert len(cv2.connectedComponentsWithStats(fill.astype(np.uint8))[2]) > 5
    (ring,) = {*ring_outlines(fill, word, _grown(word))}
    assert ring.iou(RING) > 0.85


def test_half_a_ring_is_none() -> None:
    fill = _ring()
    fill[:, :300] = False
    word = _written("Yes")
    assert not ring_outlines(fill, word, _grown(word))


def test_a_digit_around_a_speck_of_print_beside_other_digits_is_no_ring() -> None:
    fill = _written("40", size=0.8)
    text = np.zeros(SHAPE, np.bool_)
    text[396:402, 300:305] = True
    assert not ring_outlines(fill, text, text)


def test_a_word_that_its_ring_hid_from_the_print_is_found_with_the_ring() -> None:
    (ring,) = ringed_words(_ring() | _written("Yes"))
    assert ring.iou(RING) > 0.9


@pytest.mark.parametrize("value", ["Yes", "No", "8", "0", "Oslo", "Co"])
def test_a_word_alone_is_no_ringed_word(value: str) -> None:
    assert not ringed_words(_written(value, size=0.7))


def test_an_empty_ring_is_no_ringed_word() -> None:
    assert not ringed_words(_ring())


def test_rings_of_several_copies_are_one_place() -> None:
    word = _written("Yes")
    fills = np.stack([_ring(), np.zeros(SHAPE, np.bool_), _ring(RING._replace(x0=266))])
    (circle,) = find_circles(fills, word, _grown(word))
    assert circle.copies == {0, 2}
    (hidden,) = find_ringed_words(fills | word)
    assert hidden.copies == {0, 2}


def test_a_wide_ring_may_have_a_dot_beside_and_rests_of_letters_inside() -> None:
    wide, word = PixelBox(268, 388, 373, 413), _written("Yes No", 290)
    fill = _ring(wide) & ~_grown(word)
    fill[398:403, 377:383] = True
    rests = _written("l   l   l", 284, 405, 0.4) & ~word
    for drawn in (fill, fill | rests):
        (ring,) = {*ring_outlines(drawn, word, _grown(word))}
        assert ring.iou(wide) > 0.85
