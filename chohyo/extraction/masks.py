"""Masks of pixels: grown by a margin, and the long straight runs in them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Mask = NDArray[np.bool_]

# Longer than any stroke of a letter in a field or a label, in pixels of an A4 page at 200 dpi.
_RULE_LENGTH = 41


def grown(mask: Mask, by: int) -> Mask:
    """Widen a mask by some pixels on every side."""
    window = np.ones((2 * by + 1, 2 * by + 1), np.uint8)
    # Seen as bytes, not copied: a page's mask is widened some twenty times, and copies took half.
    return np.asarray(cv2.dilate(as_bytes(mask), window).view(np.bool_))


def as_bytes(mask: Mask) -> NDArray[np.uint8]:
    """See a mask as bytes, 1 where it is set, without a copy."""
    return np.asarray(mask, np.bool_).view(np.uint8)


def stretches(flags: ArrayLike) -> NDArray[np.intp]:
    """Return where runs of set flags start and stop (behind their last), shape (runs, 2)."""
    edges = np.diff(np.concatenate([[0], np.asarray(flags, np.int8), [0]]))
    return np.asarray(np.flatnonzero(edges).reshape(-1, 2), np.intp)


def rules_of(mask: Mask) -> Mask:
    """Keep the runs that are too long for a letter, across and down."""
    ink = as_bytes(mask)
    across = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, _RULE_LENGTH), np.uint8))
    down = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((_RULE_LENGTH, 1), np.uint8))
    return np.asarray(across.view(np.bool_) | down.view(np.bool_))
