"""Which cells of a comb are for a letter each, and how high they are."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.pixel_box import PixelBox
from chohyo.extraction.masks import Mask

# Of a comb's cell: with more rows inked print fills it; where print at its top begins and ends.
_PRINTED_CELL, _TOP_BEGINS, _TOP_ENDS = 0.55, 0.2, 0.45
_LEAST_CELLS = 3
# So many letters of print, none as high as this share of the cell, and together as wide, are
# words: 9 令和 before a date.
_WORD_LETTERS, _WORD_HEIGHT, _WORD_WIDTH = 3, 0.45, 0.55
# Of a width: how far apart boxes of one row are at most, how far one reaches into the next, and how
# much wider one at the end may be than others ever are. Of a height: how much they differ at the
# bottom, and how high the highest may be against the lowest.
_APART, _OVERLAP, _WIDER, _LEVEL, _HIGHER = 0.4, 0.2, 1.5, 0.1, 2.2
_LEAST_ROW = 4


def writable(row: Sequence[PixelBox], text: Mask) -> list[PixelBox]:
    """Return the cells of a comb to write in, under what is printed at their tops: 年, 月 and 日.

    A cell that print fills is none to write in, nor is one with words in it at an end of the row.
    """
    free = [cell for cell in row if _inked_rows(cell, text).mean() <= _PRINTED_CELL]
    while len(free) > _LEAST_CELLS and _holds_words(free[0], text):
        free = free[1:]
    while len(free) > _LEAST_CELLS and _holds_words(free[-1], text):
        free = free[:-1]
    ends = [end for cell in free if (end := _end_of_top_print(_inked_rows(cell, text)))]
    # A digit that all copies have in common is left in one cell.
    if len(ends) < 2 or len(free) < 2:
        return list(row if len(free) == len(row) else free)
    return [cell._replace(y0=cell.y0 + 3 + max(ends)) for cell in free]


def _inked_rows(cell: PixelBox, text: Mask) -> NDArray[np.bool_]:
    inner = cell.inset(3)
    return np.asarray(text[inner.y0 : inner.y1, inner.x0 : inner.x1].sum(axis=1) > 1)


def _end_of_top_print(rows: NDArray[np.bool_]) -> int:
    """Return where print that begins at a cell's top ends, 0 where there is none."""
    inked = np.flatnonzero(rows)
    if not len(inked) or inked[0] > _TOP_BEGINS * len(rows):
        return 0
    gaps = np.flatnonzero(np.diff(inked) > 2)
    end = int(inked[gaps[0]] if len(gaps) else inked[-1]) + 1
    return end if 4 < end <= _TOP_ENDS * len(rows) else 0


def _holds_words(cell: PixelBox, text: Mask) -> bool:
    """Say whether small print of several letters stands in a cell below its top."""
    inner = cell.inset(3)
    top = inner.y0 + _end_of_top_print(_inked_rows(cell, text))
    print_ = text[top : inner.y1, inner.x0 : inner.x1].astype(np.uint8)
    if not print_.size:
        return False
    _, _, stats, _ = cv2.connectedComponentsWithStats(print_, connectivity=8)
    pieces = stats[1:][stats[1:, cv2.CC_STAT_AREA] >= 3]
    x0, width, height = (
        pieces[:, n] for n in (cv2.CC_STAT_LEFT, cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT)
    )
    # A piece that is as wide as two letters is two that touch.
    if np.maximum(1, np.round(width / np.maximum(height, 1))).sum() < _WORD_LETTERS:
        return False
    wide = (x0 + width).max() - x0.min() >= _WORD_WIDTH * inner.width
    return bool(wide and height.max() <= _WORD_HEIGHT * cell.height)


def evened(boxes: Sequence[PixelBox], widest: float) -> list[PixelBox]:
    """Return the boxes, those of one letter each in a row as high and wide as most of them.

    The room over a letter differs where a title stands over some of them, and that beside it where
    the row ends.
    """
    even = list(boxes)
    most = _WIDER * widest
    narrow = sorted((i for i, b in enumerate(boxes) if b.width <= most), key=lambda i: boxes[i])
    rows: list[list[int]] = []
    for i in narrow:
        row = next((r for r in rows if _stand_level(boxes[r[-1]], boxes[i])), None)
        if row is None:
            rows.append([i])
        else:
            row.append(i)
    for row in rows:
        top = max(boxes[i].y0 for i in row)
        highest = max(boxes[i].height for i in row)
        if len(row) < _LEAST_ROW or highest > _HIGHER * min(boxes[i].y1 - top for i in row):
            continue
        usual = round(float(np.median([boxes[i].width for i in row])))
        for i, after in zip(row, [*row[1:], row[-1]], strict=True):
            stop = boxes[after].x0 if after != i else boxes[i].x1
            even[i] = boxes[i]._replace(y0=top, x1=min(boxes[i].x1, stop))
        first, last = even[row[0]], even[row[-1]]
        even[row[0]] = first._replace(x0=max(first.x0, first.x1 - usual))
        even[row[-1]] = last._replace(x1=min(last.x1, last.x0 + usual))
    return even


def _stand_level(last: PixelBox, box: PixelBox) -> bool:
    level = abs(last.y1 - box.y1) <= _LEVEL * min(last.height, box.height) + 2
    return level and -_OVERLAP * last.width <= last.gap_x(box) <= _APART * last.width + 4
