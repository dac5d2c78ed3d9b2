"""Black out what a reader may not see."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Box

_MARGIN = 0.004  # of the page: handwriting leaves its box


def blacked_out(image: NDArray[np.uint8], boxes: Sequence[Box]) -> NDArray[np.uint8]:
    """Return a copy of the image with these regions, and a little around them, black."""
    result = image.copy()
    height, width = image.shape[:2]
    for box in boxes:
        wide = box.grown(_MARGIN, _MARGIN)
        corner = (int(wide.x0 * width), int(wide.y0 * height))
        opposite = (round(wide.x1 * width), round(wide.y1 * height))
        cv2.rectangle(result, corner, opposite, 0, cv2.FILLED)
    return result
