"""Laying a page on a reference."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from chohyo.domain.geometry import Transform
from chohyo.matching import registration
from chohyo.matching.features import LONG_SIDE, extract_features
from chohyo.matching.registration import as_matrix, is_plausible, lay, realign, register

_GRID = [(x, y) for x in (0.15, 0.5, 0.85) for y in (0.15, 0.5, 0.85)]


def _worst_px(found: Transform, true: Transform) -> float:
    """Return the largest distance of two transforms over the page, in px of a model image."""
    gaps = []
    for x, y in _GRID:
        (a, b), (c, d) = found.point(x, y), true.point(x, y)
        gaps.append(float(np.hypot(a - c, b - d)) * LONG_SIDE)
    return max(gaps)


@pytest.mark.parametrize("kind", ["clean", "light", "scan", "fax", "photo"])
@pytest.mark.parametrize("form", [("invoice", "2023"), ("travel-expense", "2021")])
def test_a_filled_copy_is_laid_on_its_blank_form_to_a_pixel(filled, blank, form, kind):
    copy, page = filled(*form, 3, kind)

    laid = register(page, blank(*form))

    assert laid is not None
    assert _worst_px(laid.transform, copy.transform.inverse()) < 1.5
    assert laid.residual < 1.0


def test_two_filled_copies_are_laid_on_each_other(filled):
    one, page = filled("leave", "2024", 1, "scan")
    other, reference = filled("leave", "2024", 2, "fax")

    laid = register(page, reference)

    assert laid is not None
    assert _worst_px(laid.transform, other.transform.after(one.transform.inverse())) < 1.5


def test_forms_of_which_one_is_found_on_the_other_alone_lie_on_each_other(
    filled, blank, monkeypatch
):
    _, page = filled("leave", "2024", 1, "scan")
    reference = blank("leave", "2024")
    true = register(page, reference)
    monkeypatch.setattr(
        registration, "register", lambda a, b: register(a, b) if a is reference else None
    )

    found = lay(page, reference)

    assert found is not None
    assert _worst_px(found, true.transform) < 1.5
    assert lay(page, page) is None


def test_a_cropped_copy_is_laid_in_its_place(filled, blank):
    copy, _ = filled("vehicle", "2023", 1, "light")
    height, width = copy.image.shape
    cut = extract_features(copy.image[: int(0.85 * height), : int(0.9 * width)])

    laid = register(cut, blank("vehicle", "2023"))

    assert laid is not None
    crop = Transform((0.9, 0, 0, 0, 0.85, 0, 0, 0, 1))
    kept = copy.transform.inverse().after(crop)
    assert _worst_px(laid.transform, kept) < 2.5


def test_the_same_pages_always_give_the_same_transform(filled, blank):
    _, page = filled("certificate", "2024", 5, "fax")
    reference = blank("certificate", "2024")

    assert register(page, reference) == register(page, reference)


def test_a_blank_sheet_lies_on_nothing(blank):
    sheet = extract_features(np.full((1000, 707), 250, np.uint8))

    assert register(sheet, blank("invoice", "2023")) is None
    assert register(blank("invoice", "2023"), sheet) is None


def test_mirrored_stretched_and_turned_transforms_are_implausible(blank):
    page = blank("invoice", "2023")
    mirror = np.array([[-1.0, 0, page.width], [0, 1, 0], [0, 0, 1]])
    stretch = np.diag([1.0, 1.6, 1.0])
    turn = np.vstack([cv2.getRotationMatrix2D((350, 500), 60, 1.0), [0, 0, 1]])

    assert is_plausible(np.eye(3), page)
    assert not any(is_plausible(matrix, page) for matrix in (mirror, stretch, turn))


def test_a_rough_transform_is_sharpened_without_keypoints(filled, blank):
    copy, page = filled("attendance", "2025", 2)
    true = copy.transform.inverse()
    rough = Transform((1, 0, 0.004, 0, 1, -0.003, 0, 0, 1)).after(true)

    sharp = realign(page, blank("attendance", "2025"), rough)

    assert sharp is not None
    assert _worst_px(rough, true) > 3
    assert _worst_px(sharp, true) < 1.5


def test_fractions_and_pixels_of_a_transform_agree(filled, blank):
    _, page = filled("invoice", "2023", 3)
    reference = blank("invoice", "2023")
    matrix = as_matrix(Transform.identity(), page, reference)

    corner = matrix @ np.array([page.width, page.height, 1.0])

    assert np.allclose(corner[:2], [reference.width, reference.height])
