"""Laying a page on another by where their rules meet."""

from __future__ import annotations

import cv2
import numpy as np

from chohyo.matching.features import extract_features
from chohyo.matching.junctions import Frame, junctions, lay_frame
from tests.unit.discovery.full_lists import draw_list

_TURN = cv2.getRotationMatrix2D((353, 500), 1.2, 0.97) + np.array([[0, 0, 23], [0, 0, -31]])


def _laid(one: np.ndarray, other: np.ndarray) -> Frame | None:
    page, reference = extract_features(one), extract_features(other)
    return lay_frame(page, junctions(page.ink), reference, junctions(reference.ink))


def test_rules_meet_once_at_each_corner_of_a_table():
    places = junctions(extract_features(draw_list(1)).ink)

    assert len(places) == 6 * 15
    assert np.abs(places - [40, 120]).max(axis=1).min() < 1.5


def test_a_turned_and_shifted_frame_is_laid_where_it_lies():
    moved = cv2.warpAffine(draw_list(1), _TURN, (707, 1000), borderValue=255)

    frame = _laid(draw_list(2), moved)

    assert frame is not None and frame.share > 0.9 and frame.residual < 0.7
    x, y = frame.transform.point(180 / 707, 420 / 1000)
    assert np.hypot(*(np.array([x * 707, y * 1000]) - _TURN @ [180, 420, 1])) < 1.5


def test_a_page_with_few_rules_has_no_frame():
    sheet = np.full((1000, 707), 255, np.uint8)
    cv2.rectangle(sheet, (60, 80), (640, 900), 0, 1)

    assert _laid(sheet, sheet) is None
