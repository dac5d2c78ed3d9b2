"""Not all that is on a blank form is print, and not all print is on it."""

from __future__ import annotations

import cv2
import numpy as np

from chohyo.domain.geometry import Box
from chohyo.extraction.print_lines import FormPrint
from chohyo.extraction.shown_print import print_on

BOX = Box(0.1, 0.2, 0.9, 0.4)


def paper() -> np.ndarray:
    ink = np.zeros((300, 400), np.uint8)
    for y in (30, 200, 240, 280):
        cv2.putText(ink, "Statement of facts", (20, y), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 1, 2)
    return ink.astype(np.float32)


def written(ink: np.ndarray, text: str, x: int = 150) -> np.ndarray:
    copy = ink.astype(np.uint8)
    cv2.putText(copy, text, (x, 95), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 1, 2)
    return copy.astype(np.float32)


def kept(page: np.ndarray, blank: np.ndarray) -> np.ndarray:
    shown, _ = print_on(page, blank, FormPrint.of(blank > 0.3), [BOX])
    return shown[62:118, 42:358]


def test_a_value_left_on_the_blank_form_is_no_print_where_the_page_lacks_it():
    assert not kept(paper(), written(paper(), "53")).any()


def test_a_piece_of_a_value_left_on_the_blank_form_is_no_print_where_strokes_go_on():
    piece = paper()
    cv2.line(piece, (156, 76), (156, 94), 1.0, 2)
    page = piece.copy()
    cv2.line(page, (156, 85), (180, 85), 1.0, 3)
    cv2.line(page, (180, 76), (180, 94), 1.0, 3)
    assert not kept(page, piece).any()


def test_print_in_a_box_that_the_page_shows_as_it_is_stays_print():
    with_unit = written(paper(), "kg", 300)
    assert kept(written(with_unit, "52", 200), with_unit).any()
    _, free = print_on(with_unit, with_unit, FormPrint.of(with_unit > 0.3), [BOX])
    assert free.any()


def test_dotted_rules_that_the_blank_form_lacks_are_print():
    page = written(paper(), "52")
    page[64:116:4, 250:252] = 1.0
    page[65:116:4, 250:252] = 1.0
    shown, _ = print_on(page, paper(), FormPrint.of(paper() > 0.3), [BOX])
    assert shown[70:110, 250:252].mean() > 0.4
    assert not shown[70:110, 150:180].any()


def test_a_value_left_on_the_blank_form_does_not_hide_another_one_written_over_it():
    page, blank = written(paper(), "3"), written(paper(), "8")
    assert not kept(page, blank).any()
    assert kept(blank, blank).any()


def test_what_two_values_have_left_over_each_other_does_not_hide_a_third_like_them():
    left = (written(paper(), "53") + written(paper(), "58")) / 2
    assert not kept(written(paper(), "66"), left).any()


def spaced(text: str, x: int, y: int, font: int = cv2.FONT_HERSHEY_SIMPLEX) -> np.ndarray:
    """Draw letters that do not touch one another."""
    ink = np.zeros((300, 400), np.uint8)
    for place, letter in enumerate(text):
        cv2.putText(ink, letter, (x + 18 * place, y), font, 0.7, 1, 2)
    return ink.astype(np.float32)


def form() -> np.ndarray:
    lines = [spaced("statementoffacts", 40, y) for y in (30, 160, 200, 240, 280)]
    return np.asarray(np.max(lines, axis=0))


def scanned(ink: np.ndarray) -> np.ndarray:
    grain = np.random.default_rng(1).normal(0.0, 0.02, ink.shape)
    soft = cv2.GaussianBlur(ink, (0, 0), 0.7) + grain
    return np.clip(soft, 0.0, 1.0).astype(np.float32)


def test_a_value_that_most_copies_have_is_no_print_where_the_page_has_it_in_another_font():
    blank = np.maximum(form(), spaced("nono", 150, 95))
    page = np.maximum(form(), spaced("nono", 150, 95, cv2.FONT_HERSHEY_DUPLEX))
    assert not kept(scanned(page), blank).any()


def test_print_in_a_box_stays_print_on_a_page_that_is_scanned_poorly():
    blank = np.maximum(form(), spaced("kg", 300, 95))
    assert kept(scanned(blank), blank).any()
    assert kept(scanned(np.maximum(blank, spaced("52", 150, 95))), blank).any()
