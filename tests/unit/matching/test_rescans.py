"""Two scans of one filled page are told from two fillings of one form."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from chohyo.matching.features import PageFeatures, extract_features
from chohyo.matching.registration import register
from chohyo.matching.rescans import is_rescan
from eval.degradation import degrade
from eval.forms import filled_copies, render_template

FORM, EDITION = "receipt", "2023"


@pytest.fixture(scope="module")
def template() -> PageFeatures:
    return extract_features(render_template(FORM, EDITION))


def scanned(seed: int, feed: int, kind: str = "scan") -> PageFeatures:
    """Scan a filled receipt; each feed of the same paper looks different."""
    (page,) = filled_copies(FORM, EDITION, [seed], "clean")
    worn = degrade(page.image, kind, np.random.default_rng(feed)).image
    return extract_features(worn if worn.ndim == 2 else cv2.cvtColor(worn, cv2.COLOR_RGB2GRAY))


def same(page: PageFeatures, other: PageFeatures, template: PageFeatures) -> bool:
    one, two = register(page, template), register(other, template)
    assert one is not None
    assert two is not None
    return is_rescan(page, other, template, one.transform, two.transform)


def test_a_sheet_that_went_through_the_scanner_twice_is_recognised(template):
    for seed in range(4):
        assert same(scanned(seed, 1), scanned(seed, 2), template)


def test_the_lid_of_the_scanner_beside_one_of_two_scans_is_no_filling(template):
    (page,) = filled_copies(FORM, EDITION, [1], "clean")
    grey = page.image if page.image.ndim == 2 else cv2.cvtColor(page.image, cv2.COLOR_RGB2GRAY)
    with_lid = grey.copy()
    for row in range(0, len(grey), 12):  # grain: what is solid would count as no stroke
        with_lid[row : row + 5, -12:] = 0

    assert same(extract_features(grey), extract_features(with_lid), template)


def test_two_people_who_filled_the_same_form_are_not_one(template):
    for seed in range(4):
        assert not same(scanned(seed, 1), scanned(seed + 1, 2), template)


def test_of_two_empty_forms_nothing_is_claimed(template):
    assert not same(template, template, template)
