"""Compare aligned ink to the single stroke, where the score of a whole page is blind.

Two editions may differ in one digit. Ink that is certain in one image and not even possible within
a pixel's reach in the other is *missing* there. Faxes apart, copies of one print miss nothing of
each other. Among 52 copies of nine editions of a tax form, in the cells where editions differ, the
80th percentile of missing ink is 0 px between copies and the median 7 px between editions.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Transform
from chohyo.matching.features import PageFeatures
from chohyo.matching.refinement import warp
from chohyo.matching.registration import as_matrix

CELL = 16  # px at a long side of 1,000: about one printed character
STEP = 8
SAME_PX = 3  # missing ink in a cell up to which two prints are the same
DIFFERENT_PX = 5  # missing ink, on either side, from which they are not
INKED_PX = 10  # certain ink that makes a cell worth comparing
_CERTAIN = 150
_POSSIBLE = 60
# A cross, not a square: the strokes of a small 5 and a 6 are two pixels apart.
_WIDEST_STROKE = np.ones((13, 13), np.uint8)
_REACH = np.asarray(cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3)), np.uint8)


def strokes(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return ink without tints and solid areas, which one scanner shows and another drops."""
    return np.asarray(cv2.morphologyEx(ink, cv2.MORPH_TOPHAT, _WIDEST_STROKE), np.uint8)


def laid_strokes(
    page: PageFeatures, reference: PageFeatures, transform: Transform
) -> NDArray[np.uint8]:
    """Return the page's strokes in the frame of the reference."""
    return warp(strokes(page.ink), as_matrix(transform, page, reference), reference.ink.shape)


def certain_ink(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return 1 where there is print without doubt."""
    return np.asarray(ink > _CERTAIN, np.uint8)


def possible_ink(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return 1 where there may be print, if the page lies a pixel off or the scan is faint."""
    return np.asarray(cv2.dilate((ink > _POSSIBLE).astype(np.uint8), _REACH), np.uint8)


def cell_sums(mask: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the number of set pixels by cell; cells of 16 px overlap by half."""
    sums = cv2.boxFilter(
        mask,
        cv2.CV_32F,
        (CELL, CELL),
        anchor=(0, 0),
        normalize=False,
        borderType=cv2.BORDER_CONSTANT,
    )
    height, width = mask.shape
    return np.asarray(sums[: height - CELL + 1 : STEP, : width - CELL + 1 : STEP], np.float32)


def missing_ink(print_: NDArray[np.uint8], page: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return by cell how many px of certain print have no ink near them on the page."""
    return cell_sums(certain_ink(print_) & (1 - possible_ink(page)))


def count_places(cells: NDArray[np.bool_]) -> int:
    """Return how many separate places a set of cells makes; touching cells are one place."""
    count, _ = cv2.connectedComponents(cells.astype(np.uint8), connectivity=8)
    return int(count) - 1
