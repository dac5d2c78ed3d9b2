"""The pieces of a mask, measured by its own pixels alone."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from chohyo.extraction.pieces import Pieces

SHAPE = (40, 60)


def mask(*windows: tuple[slice, slice]) -> np.ndarray:
    found = np.zeros(SHAPE, np.bool_)
    for window in windows:
        found[window] = True
    return found


UPRIGHT, BAR = np.s_[5:20, 10:12], np.s_[19:21, 12:30]  # they touch at a corner
FAR = np.s_[30:40, 50:60]


def test_pieces_that_touch_at_a_corner_are_one():
    pieces = Pieces(mask(UPRIGHT, BAR, FAR))
    assert pieces.count == 3
    assert sorted(pieces.area[1:].tolist()) == [66, 100]
    assert pieces.area[0] == 0


def test_a_piece_lies_between_its_outermost_pixels():
    pieces = Pieces(mask(UPRIGHT, BAR, FAR))
    joined, far = pieces.labels[5, 10], pieces.labels[30, 50]
    assert [each[joined] for each in pieces.extents] == [10, 5, 30, 21]
    assert [each[far] for each in pieces.extents] == [50, 30, 60, 40]


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6])
def test_pieces_measure_as_all_pixels_of_the_page_do(share):
    noise = np.random.default_rng(2).random(SHAPE) < share
    count, labels, stats, _ = cv2.connectedComponentsWithStats(noise.astype(np.uint8))
    pieces = Pieces(noise)
    left, top, right, bottom = pieces.extents
    assert pieces.count == count
    assert np.array_equal(pieces.labels, labels)
    measured = np.stack([left, top, right - left, bottom - top, pieces.area], axis=1)
    assert np.array_equal(measured[1:], stats[1:])


def test_the_pixels_that_a_mask_shares_with_each_piece_are_counted():
    pieces = Pieces(mask(UPRIGHT, FAR))
    shared = pieces.shared(mask(np.s_[0:10, 0:60], np.s_[39:40, 0:60]))
    assert shared[pieces.labels[5, 10]] == 10
    assert shared[pieces.labels[30, 50]] == 10
    assert shared[0] == 0


def test_chosen_pieces_are_masked_whole():
    pieces = Pieces(mask(UPRIGHT, FAR))
    chosen = np.arange(pieces.count) == pieces.labels[30, 50]
    assert np.array_equal(pieces.mask_of(chosen), mask(FAR))


def test_a_bare_mask_has_no_pieces():
    pieces = Pieces(mask())
    assert pieces.count == 1
    assert [each.tolist() for each in pieces.extents] == [[0]] * 4
    assert not pieces.mask_of(np.ones(1, np.bool_)).any()
