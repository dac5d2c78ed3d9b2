"""What seems to be print and what seems to be fill is amended by the whole form."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from chohyo.discovery.blank_form import BlankForm, rebuild
from chohyo.discovery.common_rings import common_rings, ringed_words
from chohyo.discovery.left_entries import left_entries
from chohyo.discovery.lost_rules import lost_rules
from chohyo.discovery.print_amends import amends_of
from chohyo.domain.geometry import Transform

SHAPE = (2200, 1600)
DARK, PALE = 70, 120


def _text(text: str, x: int, y: int, size: float = 0.9) -> np.ndarray:
    drawn = np.zeros(SHAPE, np.uint8)
    cv2.putText(drawn, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, 1, 2)
    return drawn > 0


def _ellipse(x: int, y: int, a: int, b: int, thick: int = 3) -> np.ndarray:
    drawn = np.zeros(SHAPE, np.uint8)
    cv2.ellipse(drawn, (x, y), (a, b), 0, 0, 360, 1, thick)
    return drawn > 0


def _form(prints: list[tuple[np.ndarray, int]], fills: list[np.ndarray]) -> BlankForm:
    image, ink = np.full(SHAPE, 255, np.uint8), np.zeros(SHAPE, np.bool_)
    for mask, level in prints:
        image[mask] = level
        ink |= mask
    size = (SHAPE[1] // 2, SHAPE[0] // 2)
    half = [
        cv2.resize(f.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.2 for f in fills
    ]
    variation = np.mean(fills, axis=0, dtype=np.float32)
    small = cv2.resize(ink.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.2
    return BlankForm(image, variation, ink, np.stack(half), np.stack(half) | small, len(fills))


LABELS = [(_text("Name of the applicant", 100, y), DARK) for y in (200, 300, 400, 500)]


def test_pale_digits_in_the_middle_of_a_number_are_an_entry() -> None:
    middle = _text("55", 298, 700)
    numbers = [_text(a, 250, 700) | _text(b, 332, 700) for a, b in (("727", "01"), ("318", "46"))]
    found = left_entries(_form([*LABELS, (middle, PALE)], numbers))
    assert (found & middle).sum() > 0.95 * middle.sum()
    assert not (found & ~middle).any()


@pytest.mark.parametrize(("x", "level"), [(306, DARK), (318, PALE)], ids=["dark", "apart"])
def test_a_printed_word_behind_writing_stays(x: int, level: int) -> None:
    unit = _text("yen", x, 700)
    fills = [_text(value, 250, 700) for value in ("727", "318", "94")]
    assert not left_entries(_form([*LABELS, (unit, level)], fills)).any()


def test_the_pale_side_of_a_box_beside_a_tick_stays() -> None:
    side = np.zeros(SHAPE, np.bool_)
    side[682:701, 244:246] = True
    fills = [_text(value, 250, 700) for value in ("X", "V", "K")]
    assert not left_entries(_form([*LABELS, (side, PALE)], fills)).any()


def test_dots_that_a_dotted_line_lost_are_given_back() -> None:
    line = np.zeros(SHAPE, np.bool_)
    for x in range(200, 1000, 8):
        line[800:803, x : x + 5] = True
    lost = np.zeros(SHAPE, np.bool_)
    lost[:, 500:640] = line[:, 500:640]
    dash = np.zeros(SHAPE, np.bool_)
    dash[900:903, 500:640] = True
    found = lost_rules(_form([*LABELS, (line & ~lost, DARK)], [lost | dash] * 3))
    assert (found & lost).sum() > 0.9 * lost.sum()
    assert not found[850:].any()


def test_a_ring_that_all_copies_have_around_a_word_is_no_print() -> None:
    words = _text("No", 300, 700) | _text("Yes", 400, 700)
    ring = _ellipse(319, 690, 32, 19)
    blank = _form([*LABELS, (words, DARK), (ring & ~words, DARK)], [_text("7", 300, 900)] * 2)
    found = common_rings(blank)
    assert (found & ring).sum() > 0.9 * (ring & ~words).sum()
    assert (found & words).sum() < 0.1 * words.sum()


def test_a_digit_in_a_printed_circle_keeps_it() -> None:
    circled = _text("1", 305, 697, 0.5) | _ellipse(310, 691, 14, 14, 2)
    blank = _form([*LABELS, (circled | _text("Name", 345, 701), DARK)], [_text("7", 300, 900)] * 2)
    assert not common_rings(blank).any()


def test_a_word_that_most_copies_ring_is_print() -> None:
    word = _text("No", 300, 700)
    rings = [_ellipse(319 + n, 690, 32, 20) | word for n in (-1, 0, 1)]
    found = ringed_words(_form(LABELS, [*rings, word]))
    assert (found & word).sum() > 0.9 * word.sum()
    assert (found & ~cv2.dilate(word.astype(np.uint8), np.ones((5, 5))).astype(bool)).sum() < 20


def test_what_each_copy_writes_in_a_ring_of_its_own_is_no_print() -> None:
    fills = [_ellipse(319, 690, 32, 20) | _text(t, 300, 700) for t in ("AB", "7K", "XW")]
    assert not ringed_words(_form(LABELS, fills)).any()


def test_one_copy_has_nothing_to_amend() -> None:
    blank = _form(LABELS, [np.zeros(SHAPE, np.bool_)])
    assert not any(mask.any() for mask in amends_of(blank))


def test_a_rebuilt_form_loses_the_ring_of_all_its_copies() -> None:
    print_mask = _text("No", 300, 700) | _text("Yes", 400, 700)
    for mask, _ in LABELS:
        print_mask |= mask
    ring = _ellipse(319, 690, 32, 19) & ~print_mask
    copies = []
    for value in ("727", "318", "942"):
        page = np.full(SHAPE, 255, np.uint8)
        page[print_mask | ring | _text(value, 600, 900)] = 0
        copies.append(page)
    blank = rebuild(copies, [Transform.identity()] * 3, (SHAPE[1], SHAPE[0]))
    assert (blank.image[ring] < 128).mean() < 0.15
    assert (blank.image[print_mask] < 160).mean() > 0.9
    assert (blank.variation[ring] == 1).mean() > 0.7
