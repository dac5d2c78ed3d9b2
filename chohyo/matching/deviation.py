"""Where a page shows other print than its template page: ink that is missing, or too much.

One page says little: people write beside fields, scanners lose strokes. What several pages show in
one place is looked at closely (`discovery.drift`); this only says where to look, in a millisecond.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Box
from chohyo.matching.evidence import doubtful
from chohyo.matching.fine_alignment import Ink
from chohyo.matching.glyphs import Glyph
from chohyo.matching.print_model import PrintModel

CELL = 24  # px at a long side of 1,600: one line of small print
COLUMNS = 100  # cells are numbered row * COLUMNS + column
_CERTAIN = 110  # darkness of ink without doubt, on strokes
_POSSIBLE = 40
_LEAST_PX = 14  # of such ink in a cell
_REACH = np.ones((5, 5), np.uint8)
_SPECK = np.ones((2, 2), np.uint8)
_EDGE = 0.015  # of a side: what a scanner sees beside the sheet
_MOST_CELLS = 400  # a page with more lies badly, or is a fax: it tells nothing


def deviating(
    page: Ink, model: PrintModel, fields: Sequence[Box], glyphs: Sequence[Glyph]
) -> frozenset[int] | None:
    """Return the cells in which a page shows other print, None when it tells nothing.

    Args:
        page: the page's strokes in the model's frame.
        model: the print that the template page's copies share.
        fields: where people write; nothing is said of these places.
        glyphs: the printed characters that are others on the page.
    """
    there = cv2.dilate(page, _REACH)
    missing = (model.low > _CERTAIN) & (there < _POSSIBLE)
    known = cv2.dilate(model.high, _REACH)
    added = (page > _CERTAIN) & (known < _POSSIBLE) & (model.written == 0)
    other = cv2.morphologyEx((missing | added).astype(np.uint8), cv2.MORPH_OPEN, _SPECK)
    told = _told(model.shape, fields)
    kept = np.asarray(other * told, np.float32)
    height, width = (side // CELL for side in model.shape)
    sums = kept[: height * CELL, : width * CELL].reshape(height, CELL, width, CELL).sum((1, 3))
    cells = {(int(row), int(column)) for row, column in np.argwhere(sums >= _LEAST_PX)}
    # A digit that became another one loses and gains few pixels.
    middles = [(g.x + g.width // 2, g.y + g.height // 2) for g in glyphs]
    for x, y in doubtful(page, model) + middles:
        if told[y, x]:
            cells.add((y // CELL, x // CELL))
    if len(cells) > _MOST_CELLS:
        return None
    return frozenset(row * COLUMNS + column for row, column in cells)


def _told(shape: tuple[int, int], fields: Sequence[Box]) -> NDArray[np.uint8]:
    """Return 1 where print is looked at."""
    told = without_fields(np.ones(shape, np.uint8), fields)
    height, width = shape
    y, x = round(_EDGE * height), round(_EDGE * width)
    told[:y], told[height - y :], told[:, :x], told[:, width - x :] = 0, 0, 0, 0
    return told


def without_fields(ink: NDArray[np.uint8], fields: Sequence[Box]) -> NDArray[np.uint8]:
    """Return ink with the places where people write left white."""
    left = ink.copy()
    height, width = ink.shape
    for box in fields:
        rows = slice(max(0, round(box.y0 * height)), round(box.y1 * height))
        left[rows, max(0, round(box.x0 * width)) : round(box.x1 * width)] = 0
    return left
