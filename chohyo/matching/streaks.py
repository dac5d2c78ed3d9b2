"""Find the streaks of a fax: dirt on the sensor draws a line from top to bottom, white or black.

A white one cuts each character on its way, which then looks like another one. Unlike a gap between
characters it goes through everything that crosses it, and unlike the gap of a double rule it cuts
many short pieces. A black one reaches from edge to edge, which no rule of a form does.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.matching.fine_alignment import Ink

_WIDTHS = (1, 2, 3, 4)  # px at a long side of 1,600
_INKED = 120  # darkness beside a streak …
_BARE = 110  # … and, at most, in it
_FEWEST = 12  # pieces of print that it cuts
_SHORT = 30  # px; what is cut for longer runs beside it
_EXTENT = 0.4  # of the page's height that the pieces lie apart
_THROUGH = 0.95  # of what stands on both sides; specks of dirt bridge the rest
_LESS = 0.3  # of the ink of columns nearby
_ALL_ALONG = 0.97  # of the page's height
_WIDEST = 6  # px; what is broader is the scanner's lid

Columns = Sequence[tuple[float, float]]
"""Left and right end of each streak, in fractions of the page's width."""


def streaks(ink: Ink) -> Columns:
    """Return the streaks of a page, given its fine ink."""
    _, dark = cv2.threshold(ink, _BARE, 1, cv2.THRESH_BINARY)
    amount = cv2.reduce(dark, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S)[0]
    white = [(at, w) for at in _bare_columns(amount) for w in _WIDTHS if _cuts(ink, at, w)]
    black = _runs(amount >= _ALL_ALONG * len(ink), _WIDEST)
    return [(at / ink.shape[1], (at + width) / ink.shape[1]) for at, width in white + black]


def _bare_columns(amount: NDArray[np.int32]) -> list[int]:
    """Return the columns with much less ink than others on both sides of them."""
    reach = max(_WIDTHS)
    near = np.lib.stride_tricks.sliding_window_view(amount, reach).max(axis=1)
    columns = np.arange(reach, len(amount) - 2 * reach)
    beside = np.minimum(near[columns - reach], near[columns + 1])
    bare = (beside >= _FEWEST) & (amount[columns] <= _LESS * beside)
    return [int(at) for at in columns[bare]]


def _cuts(ink: Ink, at: int, width: int) -> bool:
    """Say whether the columns from `at` cut what crosses them, in many short pieces far apart."""
    beside = np.minimum(ink[:, at - 1], ink[:, at + width]) > _INKED
    cut = beside & (ink[:, at : at + width].max(axis=1) <= _BARE)
    if cut.sum() < max(_FEWEST, _THROUGH * beside.sum()):
        return False
    pieces = _runs(cut, len(cut))
    short = [(start, length) for start, length in pieces if length <= _SHORT]
    if len(short) < max(_FEWEST, _THROUGH * len(pieces)):
        return False
    return short[-1][0] - short[0][0] >= _EXTENT * len(cut)


def _runs(flags: NDArray[np.bool_], most: int) -> list[tuple[int, int]]:
    """Return start and length of what is set without a break, and not for longer than `most`."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    runs = zip(edges[::2], edges[1::2], strict=True)
    return [(int(a), int(b - a)) for a, b in runs if b - a <= most]
