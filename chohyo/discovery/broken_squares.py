"""Find boxes to tick of which the blank form has lost a side.

The lines of small boxes are thin: copies that lie a pixel apart do not agree on all four. One side
alone tells little, letters have them too; boxes stand in rows and columns and letters in words.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.pixel_box import PixelBox

Mask = NDArray[np.bool_]

# In shares of the page's long side, as for whole boxes.
_SMALLEST, _LARGEST = 0.006, 0.02
_SQUARE = 1.25
# Of a side: this much is drawn (of the rim of a circle 0.7); of the inside, so much may be.
_DRAWN, _INSIDE = 0.8, 0.06
# In widths of a box: nothing is printed so near beside it.
_ALONE = 0.35
# In pixels: boxes of one size, in one row or column.
_SIZE, _OFF = 3, 4
_LEAST_LIKE = 3
_WHOLE, _HALF = 3, 2


def broken_squares(print_mask: Mask, squares: Sequence[PixelBox]) -> list[PixelBox]:
    """Return the boxes that lost a side; `squares` are those that are whole."""
    pieces = _pieces(print_mask, squares)
    likely = [*squares, *(box for box, sides in pieces if sides >= _WHOLE)]
    return [
        box
        for box, sides in pieces
        if _alike_in_line(box, likely) >= _LEAST_LIKE
        and (sides >= _WHOLE or _stands_in_a_grid(box, likely))
    ]


def _pieces(print_mask: Mask, squares: Sequence[PixelBox]) -> list[tuple[PixelBox, int]]:
    """Return what stands alone and has two sides of a square or more, and how many."""
    least, most = (share * max(print_mask.shape) for share in (_SMALLEST, _LARGEST))
    window = np.ones((3, 3), np.uint8)
    closed = cv2.morphologyEx(print_mask.astype(np.uint8), cv2.MORPH_CLOSE, window)
    _, _, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    found = []
    for x, y, w, h, _ in stats[1:]:
        if not (least <= min(w, h) and max(w, h) <= min(most, _SQUARE * min(w, h))):
            continue
        box = PixelBox(int(x), int(y), int(x + w), int(y + h))
        sides = _sides(print_mask, box)
        apart = not any(box.intersection(square) for square in squares)
        if sides >= _HALF and apart and _is_alone(print_mask, box):
            found.append((box, sides))
    return found


def _sides(print_mask: Mask, box: PixelBox) -> int:
    """Return how many sides of a box are drawn, 0 when something is printed inside."""
    view = print_mask[box.y0 : box.y1, box.x0 : box.x1]
    thick = max(2, box.width // 7)
    inner = view[2 * thick : -2 * thick, 2 * thick : -2 * thick]
    if inner.size == 0 or inner.mean() > _INSIDE:
        return 0
    along = (
        view[:thick].any(axis=0),
        view[-thick:].any(axis=0),
        view[:, :thick].any(axis=1),
        view[:, -thick:].any(axis=1),
    )
    return sum(bool(side.mean() >= _DRAWN) for side in along)


def _is_alone(print_mask: Mask, box: PixelBox) -> bool:
    reach = max(2, round(_ALONE * box.width))
    left = print_mask[box.y0 : box.y1, max(0, box.x0 - reach) : box.x0]
    right = print_mask[box.y0 : box.y1, box.x1 : box.x1 + reach]
    return not (left.any() or right.any())


def _alike_in_line(box: PixelBox, others: Sequence[PixelBox]) -> int:
    return max(
        sum(_is_like(box, other) and abs(other.x0 - box.x0) <= _OFF for other in others),
        sum(_is_like(box, other) and abs(other.y1 - box.y1) <= _OFF for other in others),
    )


def _stands_in_a_grid(box: PixelBox, others: Sequence[PixelBox]) -> bool:
    alike = [other for other in others if _is_like(box, other)]
    return any(abs(other.x0 - box.x0) <= _OFF for other in alike) and any(
        abs(other.y1 - box.y1) <= _OFF for other in alike
    )


def _is_like(box: PixelBox, other: PixelBox) -> bool:
    return abs(box.width - other.width) <= _SIZE and abs(box.height - other.height) <= _SIZE
