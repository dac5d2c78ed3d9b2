"""Keypoints of pictures: kept as bytes, and found again on another picture of the same print."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from chohyo.search import placement
from chohyo.search.pictures import describe, describe_query, pack, unpack
from chohyo.search.placement import PictureInk, agreement, place


@pytest.fixture(scope="module")
def page() -> NDArray[np.uint8]:
    """Draw a page of words that all differ."""
    lot = np.random.default_rng(3)
    drawn = np.full((1000, 700), 255, np.uint8)
    for top in range(60, 960, 36):
        text = "".join(chr(int(c)) for c in lot.integers(65, 91, 30))
        cv2.putText(drawn, text, (40, top), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 0, 1)
    return drawn


def test_keypoints_survive_being_stored(page):
    described = describe(page)
    again = unpack(pack(described))
    assert again.words == described.words
    assert np.array_equal(again.descriptors, described.descriptors)
    assert np.abs(again.points - described.points).max() < 1e-4
    assert again.aspect == pytest.approx(described.aspect)


def test_a_scaled_and_compressed_piece_lies_where_it_was_cut_out(page):
    piece = cv2.resize(page[200:700, 100:600], None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)
    _, coded = cv2.imencode(".jpg", piece, [cv2.IMWRITE_JPEG_QUALITY, 50])
    shot = np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)
    found = place(describe_query(shot), describe(page))
    expected = (100 / 700, 0.2, 600 / 700, 0.7)
    assert found.box.as_list() == pytest.approx(expected, abs=0.01)
    assert agreement(PictureInk(shot), page, found) > 0.85


def test_print_that_is_not_there_does_not_lie_on_the_page(page):
    other = cv2.flip(page, 0)
    assert place(describe_query(np.ascontiguousarray(other[:500])), describe(page)) is None


def test_a_blank_picture_has_no_keypoints_and_lies_nowhere(page):
    blank = describe_query(np.full((50, 80), 255, np.uint8))
    assert blank.words == []
    assert unpack(pack(blank)).words == []
    assert place(blank, describe(page)) is None


def test_words_fit_into_postgresqls_int(page):
    words = describe(page).words
    assert len(words) > 100
    assert all(0 <= word < 2**31 for word in words)


def test_a_whole_page_does_not_come_to_lie_on_a_word_of_another(page):
    word = np.full((1000, 700), 255, np.uint8)
    word[480:560, 200:500] = page[40:120, 40:340]
    assert place(describe_query(page), describe(word)) is None


def test_a_piece_whose_words_stand_at_one_side_of_empty_cells_lies_where_it_was_cut_out(page):
    table = np.full_like(page, 255)
    table[:, :190] = page[:, :190]
    for x in range(200, 700, 24):
        cv2.line(table, (x, 40), (x, 960), 0, 1)
    for y in range(40, 970, 23):
        cv2.line(table, (200, y), (680, y), 0, 1)
    found = place(describe_query(np.ascontiguousarray(table[200:800, 20:])), describe(table))
    assert found.box.as_list() == pytest.approx((20 / 700, 0.2, 1.0, 0.8), abs=0.01)


def test_a_photo_taken_at_an_angle_agrees_with_its_page(page):
    corners = np.array([[0, 0], [700, 0], [700, 1000], [0, 1000]], np.float32)
    seen = np.array([[30, 20], [690, 60], [640, 960], [60, 990]], np.float32)
    tilt = cv2.getPerspectiveTransform(corners, seen)
    photo = np.asarray(cv2.warpPerspective(page, tilt, (720, 1010), borderValue=255), np.uint8)
    found = place(describe_query(photo), describe(page))
    assert agreement(PictureInk(photo), page, found) > 0.85


def test_a_large_picture_is_prepared_once_for_all_pages(page, monkeypatch):
    large = cv2.resize(page, None, fx=3.1, fy=3.1, interpolation=cv2.INTER_CUBIC)
    ink, found = PictureInk(large), place(describe_query(large), describe(page))
    prepared = []
    original = placement.normalised_ink
    monkeypatch.setattr(
        placement, "normalised_ink", lambda grey: prepared.append(grey.size) or original(grey)
    )
    assert agreement(ink, page, found) > 0.85
    assert agreement(ink, page, found) > 0.85
    of_picture = [size for size in prepared if size != page.size * 0.81]
    assert len(of_picture) == 1
    assert of_picture[0] < large.size / 4


def test_what_keypoints_were_off_is_made_good_on_a_large_page(page):
    found = place(describe_query(page), describe(page))
    off = found.matrix + np.array([[0.003, 0, 0.003], [0.002, 0, -0.003], [0, 0, 0]])
    assert agreement(PictureInk(page), page, replace(found, matrix=off)) > 0.95
