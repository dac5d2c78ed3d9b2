"""The parts of registration that are computed for many at once: the same as one by one."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from chohyo.matching.block_matching import block_likeness, find_blocks
from chohyo.matching.features import extract_features
from chohyo.matching.registration import _differing_bits, register

_PLACES = np.array([[40, 40], [72, 104], [300, 120], [72, 72]])


@pytest.mark.parametrize("search", [8, 3])
def test_blocks_correlate_as_one_template_after_the_other(blank, filled, search):
    reference = blank("invoice", "2023").half
    page = cv2.resize(filled("invoice", "2023", 3)[1].half, reference.shape[::-1])

    found = block_likeness(page, reference, _PLACES, 32, search)

    for (y, x), grid in zip(_PLACES, found, strict=True):
        area = page[y - search : y + 32 + search, x - search : x + 32 + search]
        one = cv2.matchTemplate(area, reference[y : y + 32, x : x + 32], cv2.TM_CCOEFF_NORMED)
        assert np.allclose(grid, one, atol=1e-3)


def test_bare_paper_is_like_nothing(blank):
    reference = blank("invoice", "2023").half

    assert not block_likeness(np.zeros_like(reference), reference, _PLACES, 32, 3).any()


def test_a_block_is_found_where_it_was_moved_to(blank):
    reference = blank("invoice", "2023").half
    moved = np.roll(reference, (2, -1), (0, 1))
    places = np.array([[y, x] for y in range(64, 416, 32) for x in range(64, 288, 32)])

    found = find_blocks(moved, reference, places, 32, 8)

    there = found.inner & (found.height > 0.35) & (found.bend > 0.02)
    assert there.sum() > 20
    off = np.maximum(np.abs(found.dx + 1), np.abs(found.dy - 2))[there]
    assert (off < 0.2).mean() > 0.9


def test_differing_bits_are_counted_in_every_word():
    lot = np.random.default_rng(3)
    one, other = (lot.integers(0, 256, (n, 32)).astype(np.uint8) for n in (70, 9))
    other[0] = 255 - one[0]

    counted = _differing_bits(one, other)

    bits = np.unpackbits(one[:, None] ^ other[None], axis=2).sum(axis=2)
    assert counted.shape == (70, 9)
    assert counted[0, 0] == 254  # of 256
    assert (counted.ravel()[1:] == bits.ravel()[1:]).all()


def test_no_part_of_a_page_has_more_than_its_share_of_keypoints():
    page = np.full((1000, 700), 255, np.uint8)
    lot = np.random.default_rng(0)
    page[400:480, 240:320] = lot.integers(0, 2, (80, 80)) * 255
    page[100:103, 100:500] = 0
    page[100:500, 100:103] = 0

    points = extract_features(page).points

    cells = (points // 80).astype(int)
    counts = np.unique(cells, axis=0, return_counts=True)[1]
    assert counts.max() == 8
    assert len(counts) > 3


def test_of_no_blocks_none_is_found():
    page = np.zeros((200, 150), np.uint8)
    found = find_blocks(page, page, np.zeros((0, 2), np.intp), 32, 8)
    assert len(found.dx) == len(found.inner) == 0


def test_a_strip_narrower_than_a_block_lies_on_nothing(blank):
    sheet = np.full((1000, 60), 255, np.uint8)
    sheet[::9, 5:55] = 0
    strip = blank("invoice", "2023")

    assert block_likeness(sheet[:, :30], sheet[:, :30], np.zeros((0, 2), int), 32, 8).size == 0
    assert register(extract_features(sheet), strip) is None
    assert register(strip, extract_features(sheet)) is None
