"""Tell an empty sheet of paper from a page with something on it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

# Shares of the page's inner part. A page number alone covers 0.0003, a line of text 0.002.
_MOST_INK = 0.0002
_MARGIN = 0.04  # where the lid's shadow and the edge of the paper are
_CONTRAST = 40  # darker than the paper around it; what shines through from the back stays below
_SPECK = 6  # px across, at a long side of 1,000: dust


def is_blank(grey: NDArray[np.uint8]) -> bool:
    """Say whether nothing is printed or written on an 8-bit grey page of about 1,000 px."""
    height, width = grey.shape
    top, left = int(height * _MARGIN), int(width * _MARGIN)
    inner = grey[top : height - top, left : width - left]
    smooth = cv2.medianBlur(inner, 3)
    paper = cv2.medianBlur(cv2.resize(smooth, None, fx=0.125, fy=0.125), 15)
    background = cv2.resize(paper, (inner.shape[1], inner.shape[0]))
    ink = (cv2.subtract(background, smooth) > _CONTRAST).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    x, y, wide, high, area = stats[1:].T
    # What reaches the edge is not on the paper: the desk under a photo, the lid of a scanner.
    inside = (x > 0) & (y > 0) & (x + wide < ink.shape[1]) & (y + high < ink.shape[0])
    marks = area[inside & (np.maximum(wide, high) >= _SPECK)]
    return int(marks.sum()) < _MOST_INK * ink.size
