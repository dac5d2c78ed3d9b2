"""Places that print invites to fill, and no copy fills."""

from __future__ import annotations

import cv2
import numpy as np

from chohyo.discovery.blank_form import BlankForm
from chohyo.discovery.field_regions import survey

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
