"""Offsets found block by block, at every pixel."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from chohyo.extraction.alignment import _spread, local_flow


@pytest.mark.parametrize("size", [(1556, 2200), (700, 900)])
def test_offsets_are_spread_over_all_pixels_as_opencv_interpolates_them(size):
    width, height = size
    small = (round(width / 2), round(height / 2))
    grid = np.random.default_rng(4).uniform(-3, 3, (33, 23, 2)).astype(np.float32)
    xs, ys = (((np.arange(side) + 0.5) / 2 - 32) / 32 for side in size)
    places = np.meshgrid(xs.astype(np.float32), ys.astype(np.float32))
    every = cv2.remap(2 * grid, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    assert np.array_equal(_spread(grid, small, size), every)


def test_print_that_has_moved_is_found_where_it_is_now():
    drawn = np.zeros((600, 500), np.uint8)
    for y in range(60, 560, 60):
        cv2.putText(drawn, f"Statement {y} of facts", (40, y), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 1, 2)
    page = drawn.astype(np.float32)
    moved = np.roll(page, (3, -5), axis=(0, 1))
    flow = local_flow(page, moved)
    assert np.median(flow, axis=(0, 1)) == pytest.approx((-5, 3), abs=0.2)
