"""Comparing print once pages are aligned."""

from __future__ import annotations

import numpy as np

from chohyo.matching.evidence import anchors
from chohyo.matching.features import extract_features
from chohyo.matching.print_comparison import compare_print
from chohyo.matching.registration import register
from eval.forms.filling import filled_copies


def _compared(page, reference, *, pair=False):
    laid = register(page, reference)
    assert laid is not None
    return compare_print(page, reference, laid.transform, pair=pair)


def test_what_was_filled_in_does_not_count_against_a_page(filled, blank):
    _, page = filled("expenses", "2023", 1)

    assert _compared(page, blank("expenses", "2023")).score > 0.9


def test_print_that_the_page_lacks_counts_against_it(filled, blank):
    (copy,) = filled_copies("expenses", "2023", [1], "clean", dpi=100)
    wiped = copy.image.copy()
    height = wiped.shape[0]
    wiped[height // 2 :] = 255

    whole = _compared(filled("expenses", "2023", 1, "clean")[1], blank("expenses", "2023"))
    half = _compared(extract_features(wiped), blank("expenses", "2023"))

    assert half.score < whole.score - 0.2
    rows = half.agreement.shape[0]
    printed = half.weight > 0
    assert half.agreement[: rows // 2 - 1][printed[: rows // 2 - 1]].mean() > 0.9
    assert half.agreement[rows // 2 + 1 :][printed[rows // 2 + 1 :]].mean() < 0.1


def test_two_filled_copies_agree_whatever_was_filled_in(filled):
    _, one = filled("purchase-order", "2022", 1, "scan")
    _, other = filled("purchase-order", "2022", 2, "fax")

    assert _compared(one, other, pair=True).score > 0.75


def test_another_form_does_not_lie_on_a_form_or_disagrees(filled, blank):
    _, page = filled("leave", "2024", 1)
    for form in (("expenses", "2023"), ("invoice", "2023"), ("attendance", "2025")):
        laid = register(page, blank(*form))

        assert laid is None or compare_print(page, blank(*form), laid.transform).score < 0.6


def test_what_lies_off_the_page_is_not_compared(filled, blank):
    copy, _ = filled("vehicle", "2023", 1, "light")
    half = extract_features(copy.image[: copy.image.shape[0] // 2])

    comparison = _compared(half, blank("vehicle", "2023"))

    assert comparison.score > 0.85
    assert not comparison.weight[-4:].any()


def test_anchors_show_the_best_and_the_worst_of_the_print(filled, blank):
    _, page = filled("intake", "2021", 1)
    comparison = _compared(page, blank("intake", "2021"))

    regions = anchors(comparison)

    agreements = [region.agreement for region in regions]
    assert agreements == sorted(agreements, reverse=True)
    assert np.isclose(max(agreements), comparison.agreement[comparison.weight > 0].max(), atol=0.05)
    assert all(0 <= r.box.x0 < r.box.x1 <= 1 and 0 <= r.box.y0 < r.box.y1 <= 1 for r in regions)
