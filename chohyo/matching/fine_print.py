"""A page's strokes laid on another's: what is surely ink, and what may be.

Ink that is certain in one image and not even possible within a pixel's reach in the other is
missing there. Faxes apart, copies of one print miss nothing of each other.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Transform
from chohyo.matching.features import PageFeatures
from chohyo.matching.refinement import warp
from chohyo.matching.registration import as_matrix

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
    size = (reference.height, reference.width)
    return warp(strokes(page.ink), as_matrix(transform, page, reference), size)


def certain_ink(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return 1 where there is print without doubt."""
    return np.asarray(ink > _CERTAIN, np.uint8)


def possible_ink(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return 1 where there may be print, if the page lies a pixel off or the scan is faint."""
    return np.asarray(cv2.dilate((ink > _POSSIBLE).astype(np.uint8), _REACH), np.uint8)
