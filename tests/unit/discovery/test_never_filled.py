"""Places that print invites to fill, and no copy fills."""

from __future__ import annotations

import cv2
import numpy as np

from chohyo.discovery.blank_form import BlankForm
from chohyo.discovery.field_regions import survey
from chohyo.discovery.region import RegionKind

SHAPE = (2200, 1700)


def test_empty_boxes_for_letters_under_filled_ones_are_one_field() -> None:
    ink = np.zeros(SHAPE, np.uint8)
    for y in (500, 600):
        for n in range(5):
            cv2.rectangle(ink, (400 + 44 * n, y), (444 + 44 * n, y + 50), 1, 2)
    fills = np.zeros((3, SHAPE[0] // 2, SHAPE[1] // 2), np.uint8)
    for copy, number in enumerate(("12345", "67890", "24680")):
        for n, digit in enumerate(number):
            place = (205 + 22 * n, 270)
            cv2.putText(fills[copy], digit, place, cv2.FONT_HERSHEY_SIMPLEX, 0.5, 1, 1)
    image = np.where(ink, 40, 255).astype(np.uint8)
    variation = np.zeros(SHAPE, np.float32)
    blank = BlankForm(image, variation, ink > 0, fills > 0, fills > 0, 3)
    regions, _ = survey(blank)
    assert [(r.comb, len(r.copies)) for r in sorted(regions, key=lambda r: r.box.y0)] == [
        (5, 3),
        (5, 0),
    ]


def test_boxes_to_tick_close_under_one_another_are_no_grey_ground() -> None:
    ink = np.zeros(SHAPE, np.uint8)
    for n in range(5):
        cv2.rectangle(ink, (400, 500 + 33 * n), (424, 524 + 33 * n), 1, 2)
    blurred = cv2.GaussianBlur(np.where(ink, 20.0, 255.0), (0, 0), 1.2)
    fills = np.zeros((3, SHAPE[0] // 2, SHAPE[1] // 2), np.bool_)
    blank = BlankForm(
        blurred.astype(np.uint8), np.zeros(SHAPE, np.float32), ink > 0, fills, fills, 3
    )
    regions, _ = survey(blank)
    assert [r.kind for r in regions] == [RegionKind.CHECKBOX] * 5
