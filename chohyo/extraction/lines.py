"""Cut the writing in a field's region into lines that a recogniser can read."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.extraction.ink import Ink

Image = NDArray[np.uint8]

_DARK = 0.3
# Letters of a comb are put this far apart, in heights of the row.
_COMB_GAP = 0.25
_MIN_LINE = 5
# Paper around a line, in heights of it: a full stop at its end may be too small to be found.
_PAD = 0.12
_BESIDE = 0.5


def text_lines(fill: Ink, shown: Ink, soft: Ink) -> list[Image]:
    """Return one image a line of writing, top to bottom: black on white, cut closely.

    `fill` decides which rows are written on; `shown` which columns of these rows, `soft` has what
    the images show.
    """
    images = []
    height, width = fill.shape
    for top, bottom in _row_bands(fill > _DARK):
        columns = np.flatnonzero((shown[top:bottom] > _DARK).any(axis=0))
        tall = bottom - top
        beside, above = max(2, round(_BESIDE * tall)), max(1, round(_PAD * tall))
        left, right = max(0, columns[0] - beside), min(width, columns[-1] + 1 + beside)
        images.append(_image(soft[max(0, top - above) : min(height, bottom + above), left:right]))
    return images


def comb_line(fill: Ink, soft: Ink) -> Image | None:
    """Return the letters of a comb, moved together to one word; None when there are none.

    Letters are told apart by the paper between them: writing seldom keeps to its cells.
    """
    dark = fill > _DARK
    rows, inked = np.flatnonzero(dark.any(axis=1)), dark.any(axis=0)
    if not len(rows):
        return None
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inked.astype(np.int8), [0]])))
    letters = [soft[top:bottom, start:end] for start, end in edges.reshape(-1, 2)]
    gap = np.zeros((bottom - top, max(2, round(_COMB_GAP * (bottom - top)))), np.float32)
    parts = [part for letter in letters for part in (letter, gap)]
    return _image(np.hstack(parts[:-1]))


def _row_bands(dark: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the rows of each line: runs of inked rows, the dots over letters taken along."""
    profile = dark.sum(axis=1) >= 1
    edges = np.flatnonzero(np.diff(np.concatenate([[0], profile.astype(np.int8), [0]])))
    bands = [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
    tall = max((b - a for a, b in bands), default=0)
    joined: list[tuple[int, int]] = []
    for top, bottom in bands:
        thin = bottom - top < 0.45 * tall or (
            joined and joined[-1][1] - joined[-1][0] < 0.45 * tall
        )
        near = joined and top - joined[-1][1] <= 0.3 * tall
        if near and thin:
            joined[-1] = (joined[-1][0], bottom)
        else:
            joined.append((top, bottom))
    return [(a, b) for a, b in joined if b - a >= max(_MIN_LINE, 0.3 * tall)]


def _image(ink: Ink) -> Image:
    above = max(2, round(_PAD * ink.shape[0]))
    padded = cv2.copyMakeBorder(
        ink, above, above, 2 * above, 2 * above, cv2.BORDER_CONSTANT, value=0.0
    )
    return np.asarray(255.0 * (1.0 - np.clip(padded, 0.0, 1.0))).astype(np.uint8)
