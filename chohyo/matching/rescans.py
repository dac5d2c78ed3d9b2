"""Tell a second scan of one filled page from another page of the same form."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Transform
from chohyo.matching.features import PageFeatures
from chohyo.matching.fine_print import certain_ink, laid_strokes, possible_ink, strokes
from chohyo.matching.refinement import warp
from chohyo.matching.registration import as_matrix, realign

# px of filling, at a long side of 1,000, below which nothing can be told: about two words.
_LEAST_FILLING = 250
# Second scans agree by 0.99 and more, other fillings by up to 0.70 (7 of our forms).
_SAME = 0.88
_MARGIN = np.ones((3, 3), np.uint8)
_RIM = np.ones((41, 41), np.uint8)  # 20 px on each side: 2 %


def is_rescan(
    page: PageFeatures,
    other: PageFeatures,
    template: PageFeatures,
    page_to_template: Transform,
    other_to_template: Transform,
) -> bool:
    """Say whether two pages routed to one template page show the same filling."""
    return filling_agreement(page, other, template, page_to_template, other_to_template) >= _SAME


def filling_agreement(
    page: PageFeatures,
    other: PageFeatures,
    template: PageFeatures,
    page_to_template: Transform,
    other_to_template: Transform,
) -> float:
    """Return how much of either page's filling is on the other, 0..1; 0 where there is too little.

    Filling is what lies apart from the template's print.
    """
    guess = other_to_template.inverse().after(page_to_template)
    onto = realign(page, other, guess) or guess
    laid = laid_strokes(page, other, onto)
    own = strokes(other.ink)
    print_ = laid_strokes(template, other, other_to_template.inverse())
    free = 1 - np.asarray(cv2.dilate(possible_ink(print_), _MARGIN), np.uint8)
    free &= _inner(warp(np.ones_like(page.ink), as_matrix(onto, page, other), other.ink.shape))
    return min(_found(laid, own, free), _found(own, laid, free))


def _inner(sheet: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a sheet without its edge, where scanners show their lid."""
    return np.asarray(
        cv2.erode(sheet, _RIM, borderType=cv2.BORDER_CONSTANT, borderValue=0), np.uint8
    )


def _found(one: NDArray[np.uint8], other: NDArray[np.uint8], free: NDArray[np.uint8]) -> float:
    filling = certain_ink(one) & free
    count = int(filling.sum())
    if count < _LEAST_FILLING:
        return 0.0
    return float((filling & possible_ink(other)).sum()) / count
