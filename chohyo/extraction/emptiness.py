"""Say whether the ink in a field's box is writing, or dirt, pale rules and the rest of neighbours.

By the ink alone: what people write has strokes, at least as high as the smallest print. A speck has
none; a pale rule that the blank form lacks, broken by the noise of a photo, goes on far beyond a
letter; of a neighbour's letters only the tips reach into the box.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Box
from chohyo.extraction.ink import Ink
from chohyo.extraction.masks import Mask
from chohyo.extraction.strokes import Window

_DARK = 0.3
# Sizes are in pixels of a form whose long side is this.
_USUAL_SIDE = 2200
# Of 1,900 values (English and Japanese forms) the lowest have 10 px, specks of dirt 5 to 7; a dash
# is lower, but clear of the sides of its box.
_LOWEST, _CLEAR, _SHORTEST_DASH = 9.5, 5, 8
# Parts of a letter that noise has broken are this close; what is slimmer is no pen's stroke.
_JOINED, _SLIMMEST = 6, 2
# A rule is darker than the paper so far beside it, by this much, seen over a piece of it: short, so
# that letters under one another do not run together.
_BESIDE, _DARKER, _PIECE, _LONG = 6, 0.08, 13, 61
# How much darker than a rule ink is that crosses it.
_ON_RULE = 0.2
# The wall of a cell reaches both ends of its box, and is so much higher than wide.
_AT_END, _SLIM = 4, 8.0
# A dark stroke that is so high and wide is writing, whatever else there is: most fields have one.
_PLAIN_HIGH, _PLAIN_WIDE = 12, 5
# A grey block is paler than ink, and as full and high as no letter is: small kanji may be as full.
_PALE, _FULL, _HIGH, _BROAD = 0.8, 0.7, 24, 6


class _Piece(NamedTuple):
    """Ink that hangs together: its size and place in its box, in pixels of the usual form.

    `above` and `below` are how far it keeps from the ends of the box; `full` is the share of its
    rectangle that is inked, `dark` how dark nearly all of it is.
    """

    high: float
    wide: float
    above: float
    below: float
    full: float
    dark: float


def is_written(ink: Ink, box: Box, window: Window, mine: Mask) -> bool:
    """Say whether something is written in a field.

    Args:
        ink: all ink of the page, in the blank form's frame.
        box: the field's box.
        window: the pixels around it.
        mine: in the window, what may be the field's writing.
    """
    scale = max(ink.shape) / _USUAL_SIDE
    return _is_plain(ink[window.cut], mine, scale) or _has_strokes(ink, box, window, mine, scale)


def _is_plain(ink: Ink, mine: Mask, scale: float) -> bool:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mine.astype(np.uint8), connectivity=8)
    high, wide = stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_WIDTH]
    large = np.flatnonzero((high >= _PLAIN_HIGH * scale) & (wide >= _PLAIN_WIDE * scale))
    return any(np.percentile(ink[labels == n], 90) >= _PALE for n in large if n)


def _has_strokes(ink: Ink, box: Box, window: Window, mine: Mask, scale: float) -> bool:
    around = _wider(window, _LONG + 9, ink.shape)
    here = (
        slice(window.top - around.top, window.bottom - around.top),
        slice(window.left - around.left, window.right - around.left),
    )
    calm = np.asarray(cv2.GaussianBlur(ink[around.cut], (0, 0), 1.0)[here], np.float32)
    rules = _pale_rules(ink[around.cut])[here]
    strokes = mine & ~((rules > 0) & (calm < rules + _ON_RULE))
    inside = Window.of(box, (ink.shape[0], ink.shape[1]))
    ends = inside.top - window.top, inside.bottom - window.top
    return any(_is_stroke(piece) for piece in _pieces(strokes, calm, ends, scale))


def _wider(window: Window, by: int, shape: tuple[int, ...]) -> Window:
    return Window(
        max(0, window.top - by), min(shape[0], window.bottom + by),
        max(0, window.left - by), min(shape[1], window.right + by),
    )  # fmt: skip


def _pieces(
    strokes: Mask, calm: NDArray[np.float32], ends: tuple[int, int], scale: float
) -> list[_Piece]:
    joined = cv2.dilate(strokes.astype(np.uint8), np.ones((_JOINED + 1, _JOINED + 1), np.uint8))
    count, labels = cv2.connectedComponents(joined, connectivity=8)
    found = []
    for number in range(1, count):
        rows, columns = np.nonzero((labels == number) & strokes)
        if not len(rows):
            continue
        top, bottom, left, right = rows.min(), rows.max() + 1, columns.min(), columns.max() + 1
        cut = strokes[top:bottom, left:right].astype(np.uint8)
        full = cv2.morphologyEx(cut, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)).mean()
        piece = _Piece(
            high=(bottom - top) / scale,
            wide=(right - left) / scale,
            above=(top - ends[0]) / scale,
            below=(ends[1] - bottom) / scale,
            full=float(full),
            dark=float(np.percentile(calm[rows, columns], 90)),
        )
        found.append(piece)
    return found


def _is_stroke(piece: _Piece) -> bool:
    if min(piece.high, piece.wide) < _SLIMMEST:
        return False
    ends = piece.above, piece.below
    if piece.high < _LOWEST:
        is_dash = piece.wide >= _SHORTEST_DASH and piece.wide > 2 * piece.high
        return (is_dash or piece.wide >= _LOWEST) and min(ends) > _CLEAR
    is_wall = piece.high >= _SLIM * piece.wide and max(ends) <= _AT_END
    is_block = piece.high >= _HIGH and piece.wide >= _BROAD and piece.full >= _FULL
    return not (is_wall or (is_block and piece.dark < _PALE))


def _pale_rules(ink: Ink) -> NDArray[np.float32]:
    """Return how dark the rules of a page are, across and down, where they are; 0 elsewhere."""
    across, down = _rules_across(ink), _rules_across(np.ascontiguousarray(ink.T)).T
    return np.asarray(np.maximum(across, down))


def _rules_across(ink: Ink) -> NDArray[np.float32]:
    seen = cv2.blur(ink, (_PIECE, 3), borderType=cv2.BORDER_REFLECT)
    padded = np.pad(seen, ((_BESIDE, _BESIDE), (0, 0)), mode="edge")
    beside = np.maximum(padded[: -2 * _BESIDE], padded[2 * _BESIDE :])
    darker = (seen - beside > _DARKER).astype(np.uint8)
    runs = cv2.morphologyEx(darker, cv2.MORPH_OPEN, np.ones((1, _LONG), np.uint8))
    level = cv2.blur(ink, (_LONG, 1), borderType=cv2.BORDER_REFLECT) * runs
    # A rule is a little wider than what of it is darkest.
    return np.asarray(cv2.dilate(level, np.ones((5, 1), np.uint8)), np.float32)
