"""A page is laid onto its blank form with paper bare, and what was written on it whole."""

from __future__ import annotations

import cv2
import numpy as np

from chohyo.domain.geometry import Transform
from chohyo.extraction.ink import without_shade
from chohyo.extraction.registered import _whole, lay_onto


def form() -> np.ndarray:
    sheet = np.full((600, 800), 255, np.uint8)
    for y in (60, 120, 420, 480, 540):
        cv2.putText(sheet, "Statement of the facts above", (60, y), 0, 0.7, 0, 2)
    return sheet


def test_grain_of_the_paper_is_not_shown_beside_writing() -> None:
    grain = np.random.default_rng(5).normal(0, 14, (600, 800))
    page = form()
    cv2.putText(page, "7", (300, 300), 0, 0.9, 40, 2)
    noisy = np.clip(page * 0.85 + grain, 0, 255).astype(np.uint8)
    written = lay_onto(noisy, Transform.identity(), form()).written
    assert written[270:310, 295:325].max() > 0.7
    assert (written[270:310, 340:420] > 0.02).mean() < 0.01


def test_writing_on_a_band_that_is_greyer_than_the_forms_is_found() -> None:
    blank, page = form(), form()
    blank[260:320, 40:760] = 190
    page[260:320, 40:760] = 150
    cv2.putText(page, "841", (300, 302), 0, 0.9, 30, 2)
    fill = lay_onto(page, Transform.identity(), blank).fill
    assert fill[280:303, 300:345].max() > 0.6
    assert (fill[262:318, 400:700] > 0.1).mean() < 0.01


def test_dense_small_letters_that_are_pale_are_no_watermark() -> None:
    page = form()
    for x in range(300, 318, 2):
        cv2.line(page, (x, 290), (x, 306), 150, 1)
    cv2.rectangle(page, (300, 290), (317, 306), 150, 1)
    assert (lay_onto(page, Transform.identity(), form()).fill[288:308, 298:320] > 0.2).mean() > 0.4


def test_rules_too_pale_for_print_are_not_shown_between_letters() -> None:
    blank = form()
    for x in range(300, 460, 40):
        cv2.line(blank, (x, 270), (x, 310), 222, 2)
    page = blank.copy()
    cv2.putText(page, "4", (312, 302), 0, 0.9, 30, 2)
    written = lay_onto(page, Transform.identity(), blank).written
    assert written[275:305, 336:344].max() < 0.05
    assert written[280:303, 310:332].max() > 0.7


def test_dense_print_that_a_photo_has_blurred_is_no_grey_ground() -> None:
    page = np.zeros((400, 400), np.float32)
    for left in range(100, 300, 12):
        page[100:300, left : left + 6] = 1.0
    blurred = cv2.GaussianBlur(page, (0, 0), 2.0)
    assert 0.05 < blurred[150:250, 120:280].min() < blurred[150:250, 120:280].max() < 0.95
    assert np.array_equal(without_shade(blurred), blurred)


def test_a_grainy_grey_ground_is_taken_off_and_what_is_written_on_it_stays() -> None:
    page = np.zeros((400, 400), np.float32)
    page[100:300, 100:300] = 0.2 + 0.05 * np.random.default_rng(0).random((200, 200))
    page[180:200, 150:154] = 0.9
    bare = without_shade(page)
    assert bare[110:170, 110:290].max() < 0.1
    assert bare[185:195, 151:153].min() > 0.6


def test_a_stroke_across_a_rule_is_made_whole_and_grains_on_both_sides_are_not_joined() -> None:
    free = np.zeros((60, 60), np.float32)
    free[10:27, 20:24] = free[33:50, 20:24] = 1.0
    free[26, 40], free[33, 40] = 0.5, 0.5
    erased = np.zeros(free.shape, np.bool_)
    erased[27:33] = True
    whole = _whole(free, erased, np.ones_like(free))
    assert whole[29, 21:23].min() > 0.3
    assert whole[29, 40] < 0.3
