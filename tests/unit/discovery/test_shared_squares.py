"""Boxes to tick whose thin frames the copies show in part, with ticks across them."""

from __future__ import annotations

import cv2
import numpy as np

from chohyo.discovery.blank_form import BlankForm, rebuild
from chohyo.discovery.field_regions import survey
from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.region import RegionKind
from chohyo.discovery.shared_squares import shared_squares
from chohyo.domain.geometry import Transform

WIDTH, HEIGHT, SIZE = 900, 1200, 22
PLACES = [(200 + 160 * column, 300 + 90 * row) for row in range(4) for column in range(2)]
SIDES = "tblr"


def _copy(number: int, framed: bool = True) -> np.ndarray:
    """Draw a page that lost another side of each frame, with ticks in every third box."""
    page = np.full((HEIGHT, WIDTH), 255, np.uint8)
    cv2.putText(page, "Which of these apply to you?", (100, 200), 0, 1.0, 0, 2)
    for place, (x, y) in enumerate(PLACES):
        x1, y1 = x + SIZE, y + SIZE
        ends = {"t": (x, y, x1, y), "b": (x, y1, x1, y1), "l": (x, y, x, y1), "r": (x1, y, x1, y1)}
        lost = SIDES[(number + place) % 4]
        for side in SIDES if framed else "":
            if side not in lost:
                a, b, c, d = ends[side]
                cv2.line(page, (a, b), (c, d), 0, 2)
        if (number + place) % 3 == 0:
            cv2.line(page, (x + 3, y + 3), (x1 - 3, y1 - 3), 0, 2)
            cv2.line(page, (x + 3, y1 - 3), (x1 - 3, y + 3), 0, 2)
        cv2.putText(page, "Yes", (x + 2 * SIZE, y1), 0, 0.6, 0, 2)
    return page


def _blank(framed: bool) -> BlankForm:
    copies = [_copy(number, framed) for number in range(5)]
    return rebuild(copies, [Transform.identity()] * 5, (WIDTH, HEIGHT))


def test_frames_that_each_copy_shows_in_part_are_boxes_to_tick() -> None:
    regions, _ = survey(_blank(framed=True))
    boxes = [r.box for r in regions if r.kind is RegionKind.CHECKBOX]
    wanted = [PixelBox(x, y, x + SIZE + 1, y + SIZE + 1) for x, y in PLACES]
    assert len(boxes) == len(wanted)
    assert all(any(box.iou(other) > 0.5 for other in boxes) for box in wanted)


def test_ticks_without_frames_are_no_squares() -> None:
    assert not shared_squares(_blank(framed=False), [])
