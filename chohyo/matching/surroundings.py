"""What lies beside the form on a page: nothing on a scan, a second form on a photo of two."""

from __future__ import annotations

import cv2
import numpy as np

from chohyo.domain.geometry import Transform
from chohyo.matching.features import PageFeatures

# Of a page's print. Pages of one form, also faxes and photos, have none beside the form; on photos
# and scans of two forms side by side 0.43 to 0.53 of the print belongs to the other one.
MOST_BESIDE = 0.25
_WIDEST_STROKE = np.ones((9, 9), np.uint8)  # px at half size: a desk and black borders are wider
_CERTAIN = 60
_BORDER = 0.02  # of the long side: what the scanner saw beside the sheet
_SLACK = np.ones((11, 11), np.uint8)


def print_beside(page: PageFeatures, transform: Transform) -> float:
    """Return the share of a page's print that lies off the template page it is laid on, in 0..1."""
    height, width = page.half.shape
    back = transform.inverse()
    corners = [back.point(x, y) for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))]
    quad = np.round(np.array(corners) * (width, height)).astype(np.int32)
    form = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(form, quad, 1)
    form = np.asarray(cv2.dilate(form, _SLACK), np.uint8)
    strokes = cv2.morphologyEx(page.half, cv2.MORPH_TOPHAT, _WIDEST_STROKE)
    ink = np.where(strokes > _CERTAIN, strokes, 0).astype(np.float32)
    border = round(_BORDER * max(height, width))
    inner = ink[border : height - border, border : width - border]
    beside = (inner * (1 - form[border : height - border, border : width - border])).sum()
    total = float(inner.sum())
    return float(beside) / total if total > 0 else 0.0
