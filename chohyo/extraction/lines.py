"""Cut the writing in a field's region into lines that a recogniser can read."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.extraction.ink import Ink
from chohyo.extraction.masks import Mask, stretches

Image = NDArray[np.uint8]
_Piece = tuple[int, int, int, int, Mask]  # left, top, width, height, pixels

_DARK = 0.3
# Letters of a comb are put this far apart, in heights of the row.
_COMB_GAP = 0.25
_MIN_LINE = 5
# Paper around a line, in heights of it: a full stop at its end may be too small to be found.
_PAD = 0.12
_BESIDE = 0.5
# A letter alone reads as one only with paper beside it: without, 7 reads as 1.
_NARROW, _ALONE = 1.9, 0.7
# Print belongs to a line of writing when this share of its height lies in it, it is about as tall
# as the writing, and no further from it than its letters are from one another, or than this.
_IN_LINE, _SHORTEST, _TALLEST, _NEAREST = 0.7, 0.4, 1.5, 1.1
# What is so much taller than wide may be a rule between cells, and is a letter only among others.
_UPRIGHT = 3.5


def text_lines(fill: Ink, shown: Ink, soft: Ink) -> list[Image]:
    """Return one image a line of writing, top to bottom: black on white, cut closely.

    `fill` decides which rows are written on; `shown` which columns of these rows, `soft` has what
    the images show.
    """
    images = []
    height, width = fill.shape
    for top, bottom in row_bands(fill > _DARK):
        columns = np.flatnonzero((shown[top:bottom] > _DARK).any(axis=0))
        if not len(columns):  # what is written may be paler in what is shown
            columns = np.flatnonzero((fill[top:bottom] > _DARK).any(axis=0))
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
    letters = [soft[top:bottom, start:end] for start, end in stretches(inked)]
    gap = np.zeros((bottom - top, max(2, round(_COMB_GAP * (bottom - top)))), np.float32)
    parts = [part for letter in letters for part in (letter, gap)]
    return _image(np.hstack(parts[:-1]))


def in_line(dark: Mask, print_here: Mask) -> Mask:
    """Mask the pieces of print that stand in a line of writing as its letters would."""
    found = np.zeros(dark.shape, np.bool_)
    pieces = _pieces(print_here) if print_here.any() else []
    letters = _pieces(dark) if pieces else []
    for top, bottom in row_bands(dark) if pieces else ():
        for x, y, w, h, mask in _joining(letters, pieces, top, bottom):
            found[y : y + h, x : x + w] |= mask
    return found


def _joining(
    letters: Sequence[_Piece], pieces: Sequence[_Piece], top: int, bottom: int
) -> list[_Piece]:
    """Return the pieces of print that join the letters of the line between two rows."""
    tall = bottom - top
    spans = [(x, x + w) for x, y, w, h, _ in letters if _share_within(y, h, top, bottom) > _IN_LINE]
    reach = max(_NEAREST * tall, 1.3 * _usual_gap(spans))
    inside = [p for p in pieces if _share_within(p[1], p[3], top, bottom + tall // 4) > _IN_LINE]
    near = [p for p in inside if _SHORTEST * tall < p[3] < _TALLEST * tall]
    joined: list[_Piece] = []
    while joining := [p for p in near if _gap(p, spans) <= reach]:
        near = [p for p in near if _gap(p, spans) > reach]
        spans += [(p[0], p[0] + p[2]) for p in joining]
        joined += joining
    if all(p[3] > _UPRIGHT * p[2] for p in joined):
        return []
    left, right = min(start for start, _ in spans), max(end for _, end in spans)
    small = [p for p in inside if p[3] <= _SHORTEST * tall and left <= p[0] and p[0] < right]
    return joined + small


def _pieces(mask: Mask) -> list[_Piece]:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        mask.astype(np.uint8), connectivity=8
    )
    pieces = []
    for number in range(1, count):
        x, y, w, h = (int(value) for value in stats[number, :4])
        pieces.append((x, y, w, h, np.asarray(labels[y : y + h, x : x + w] == number)))
    return pieces


def _share_within(y: int, h: int, top: int, bottom: int) -> float:
    return max(0, min(bottom, y + h) - max(top, y)) / h


def _gap(piece: _Piece, spans: list[tuple[int, int]]) -> float:
    x, _, w, _, _ = piece
    return min((max(start - (x + w), x - end) for start, end in spans), default=np.inf)


def _usual_gap(spans: list[tuple[int, int]]) -> float:
    """Return how far letters that stand beside each other lie apart."""
    ordered = sorted(spans)
    gaps = [max(0, after[0] - before[1]) for before, after in itertools.pairwise(ordered)]
    return float(np.median(gaps)) if gaps else 0.0


def row_bands(dark: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the rows of each line: runs of inked rows, the dots over letters taken along."""
    bands = [(int(a), int(b)) for a, b in stretches(dark.any(axis=1))]
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
    tall, wide = ink.shape
    above = max(2, round(_PAD * tall))
    beside = max(2 * above, round(_ALONE * tall) if wide < _NARROW * tall else 0)
    padded = cv2.copyMakeBorder(ink, above, above, beside, beside, cv2.BORDER_CONSTANT, value=0.0)
    return np.asarray(255.0 * (1.0 - np.clip(padded, 0.0, 1.0))).astype(np.uint8)
