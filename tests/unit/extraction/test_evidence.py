from __future__ import annotations

import cv2
import numpy as np

from chohyo.domain.geometry import Box, Transform
from chohyo.domain.matches import Region
from chohyo.extraction.evidence import (
    blank_overlay_png,
    crop_png,
    field_outlines,
    overlay_png,
    region_outlines,
)

WHITE = np.full((200, 300), 255, np.uint8)


def _decoded(png: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)


def test_a_crop_shows_the_region_with_its_margin() -> None:
    page = WHITE.copy()
    page[100:120, 150:180] = 0
    crop = _decoded(crop_png(page, Box(0.5, 0.5, 0.6, 0.6), margin=0.05))
    assert crop.shape[:2] == (40, 60)
    assert (crop[20, 30] == 0).all()
    assert (crop[2, 2] == 255).all()


def test_a_crop_at_the_edge_of_a_page_still_has_pixels() -> None:
    crop = _decoded(crop_png(WHITE, Box(0.999, 0.999, 1.0, 1.0), margin=0.0))
    assert min(crop.shape[:2]) >= 8


def test_fields_are_drawn_where_the_transform_puts_them() -> None:
    shift = Transform((1.0, 0.0, 0.5, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0))
    drawn = _decoded(overlay_png(WHITE, field_outlines([Box(0.6, 0.1, 0.8, 0.3)]), shift))
    assert (drawn[40, 60] != 255).any()
    assert (drawn[40, 210] == 255).all()


def test_an_anchor_that_differs_is_redder_than_one_that_agrees() -> None:
    box = Box(0.2, 0.2, 0.8, 0.8)
    pixels = [
        _decoded(
            overlay_png(WHITE, region_outlines([Region(box, agreement)]), Transform.identity())
        )[100, 150].astype(int)
        for agreement in (0.0, 1.0)
    ]
    differs, agrees = pixels
    assert differs[2] > differs[1]
    assert agrees[1] > agrees[2]


def test_the_blank_overlay_tints_fields_and_nothing_else() -> None:
    drawn = _decoded(blank_overlay_png(WHITE, [Box(0.1, 0.1, 0.4, 0.4)]))
    assert (drawn[50, 60] != 255).any()
    assert (drawn[150, 250] == 255).all()
