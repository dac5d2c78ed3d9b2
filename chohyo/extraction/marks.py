"""Tell ticked boxes and circled words from untouched ones, by ink alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Box
from chohyo.extraction.crossing import runs_through
from chohyo.extraction.ink import Ink
from chohyo.extraction.masks import Mask, grown
from chohyo.extraction.strokes import Window

_DARK = 0.3
# Fewer boxes than this do not show what an untouched one looks like; then it is taken to be this.
_SIBLINGS, _UNTOUCHED, _SWOLLEN = 6, 30, 0.04
TICK, _STANDS_OUT = 0.06, 0.15
# A square to tick is at least so large in its box, its sides are drawn for this much of them, and
# of its inside, clear of its sides, less than this is inked where it is bare.
_SMALLEST, _CLOSED, _BARE = 0.4, 0.85, 0.03
# What a stroke through a corner of a square counts as.
_RUN_THROUGH = 2.0 * TICK
# Of what is drawn at a word, one stroke has so much; the print beneath has as much of that.
_ONE_STROKE, _CROSSES = 0.7, 0.3
# Ink that touches print counts less than ink that lies clear of it.
_TOUCHING = 0.6
# Of a ring's way around a word, more than this is inked where it is circled. On 293 circles to
# draw around Japanese words 0.65 to 0.7 tells 99.7 % rightly; uncircled words have 0.61 at most.
_CIRCLED = 0.67
T = TypeVar("T", np.float32, np.bool_)
_ANGLES = np.linspace(0.0, 2.0 * np.pi, 72, endpoint=False)
# A ring is drawn this much beside its place and larger or smaller, in its own half sizes.
_SHIFTS = (-0.12, -0.06, 0.0, 0.06, 0.12)
_SIZES = (0.9, 1.0, 1.1)
_MOST_SHIFT = 40.0  # pixels a long ring is taken to have moved, at most
# All rings to look along: size, shift across, shift down; and their ways, in half sizes.
_RINGS = np.array([(s, dx, dy) for s in _SIZES for dx in _SHIFTS for dy in _SHIFTS])
_ACROSS, _DOWN = (_RINGS[:, :1] * way(_ANGLES) for way in (np.cos, np.sin))


@dataclass(frozen=True, slots=True)
class MarkedInk:
    """What a page shows, all in the blank form's frame.

    `fill` is what people added, `marks` the same without a margin around print, `all` is all ink
    but for long rules, `form` masks the blank form's print.
    """

    fill: Ink
    marks: Ink
    all: Ink
    form: Mask


def tick_shares(page: MarkedInk, boxes: Sequence[Box]) -> list[float]:
    """Return for each checkbox how much of it is ticked, as a share of its area, 0 for untouched.

    What lies clear of the box's print counts as it is; what touches it, against the untouched ones
    among the boxes, whose print shows at its edges as much as the page's scan has swollen it. A
    drawn square that is bare inside is not ticked, though the blank form may lack the square.
    """
    clear = [_middle(_cut(page.fill, box)) for box in boxes]
    touching = [_share(_cut(page.marks, box)) for box in boxes]
    swollen = float(np.percentile(touching, _UNTOUCHED)) if len(boxes) >= _SIBLINGS else _SWOLLEN
    return [
        _as_inside(page, box, max(one, _TOUCHING * (two - swollen)))
        for box, one, two in zip(boxes, clear, touching, strict=True)
    ]


def _as_inside(page: MarkedInk, box: Box, share: float) -> float:
    """Correct a share of ink by what is inside the square at a box, where there is one."""
    form, dark = _around(page.form, box), _around(page.all, box) > _DARK
    side = min(box.height * page.all.shape[0], box.width * page.all.shape[1])
    square = _square(form, side) or _square(dark, side)
    if square is None:
        return share
    left, top, right, bottom, inset = square
    inside = dark[top + inset : bottom - inset, left + inset : right - inset]
    found = share if inside.mean() >= _BARE else 0.0
    if found > TICK:
        return found
    window = _window(page.all.shape, box)
    frame = Window(top + window.top, bottom + window.top, left + window.left, right + window.left)
    return _RUN_THROUGH if runs_through(frame, page.fill, page.all) else found


def _window(shape: tuple[int, ...], box: Box) -> Window:
    return Window.of(box, (shape[0], shape[1]), round(0.25 * box.height * shape[0]))


def _around(pixels: NDArray[T], box: Box) -> NDArray[T]:
    return pixels[_window(pixels.shape, box).cut]


def _square(mask: Mask, side: float) -> tuple[int, int, int, int, int] | None:
    """Return the largest drawn square in a cut: left, top, right, bottom, and how thick its frame
    is with what a scan has swollen it by.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        mask.astype(np.uint8), connectivity=8
    )
    for number in sorted(range(1, count), key=lambda n: -int(stats[n, cv2.CC_STAT_WIDTH])):
        x, y, w, h = (int(value) for value in stats[number, :4])
        if not (0.75 * h <= w <= 1.33 * h and _SMALLEST * side <= h <= 1.5 * side and h >= 8):
            continue
        piece = labels[y : y + h, x : x + w] == number
        line = max(2, h // 6)
        edges = (piece[:line], piece[-line:], piece[:, :line].T, piece[:, -line:].T)
        if min(float(edge.any(axis=0).mean()) for edge in edges) < _CLOSED:
            continue
        inset = _thickness(piece) + max(2, h // 6)
        if h - 2 * inset >= 4:
            return x, y, x + w, y + h, inset
    return None


def _thickness(piece: Mask) -> int:
    """Return how thick the frame of a square is, in pixels."""
    rows = [np.flatnonzero(~line) for line in (*piece[:, : piece.shape[1] // 2], *piece[:, ::-1])]
    firsts = [int(row[0]) for row in rows if len(row)]
    return round(float(np.median(firsts))) if firsts else 1


def _middle(fill: Ink) -> float:
    height, width = fill.shape
    inset_y, inset_x = height // 5, width // 5
    return _share(fill[inset_y : height - inset_y, inset_x : width - inset_x])


def _share(ink: Ink) -> float:
    return float((ink > _DARK).mean()) if ink.size else 0.0


def _cut(ink: NDArray[T], box: Box) -> NDArray[T]:
    height, width = ink.shape
    return ink[
        max(0, round(box.y0 * height)) : round(box.y1 * height),
        max(0, round(box.x0 * width)) : round(box.x1 * width),
    ]


def ticked(share: float) -> tuple[bool, float]:
    """Say whether a box with this share of ink is ticked, and how sure that is, in 0.5..1."""
    return share > TICK, min(1.0, 0.5 + abs(share - TICK) / TICK / 2)


def over_print(page: MarkedInk, box: Box) -> bool:
    """Say whether what is drawn at a printed word is a mark, and not the word itself.

    Where most copies have circled a word, the blank form lacks it, and it looks like fill. A mark
    is one stroke on a word that is there.
    """
    fill, form = _cut(page.fill, box) > _DARK, _cut(page.form, box)
    _, _, stats, _ = cv2.connectedComponentsWithStats(fill.astype(np.uint8), connectivity=8)
    if len(stats) < 2:
        return False
    x, y, w, h, area = stats[1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))].tolist()
    crossed = int(form[y : y + h, x : x + w].sum())
    return bool(area >= _ONE_STROKE * fill.sum() and crossed >= _CROSSES * area)


def stands_out(shares: Sequence[float]) -> bool:
    """Say whether one of several options is marked beyond doubt, and no other."""
    return sum(share > TICK for share in shares) == 1 and max(shares) > _STANDS_OUT


def circled(ink: Ink, boxes: Sequence[Box]) -> list[tuple[bool, float]]:
    """Say of each option whether a ring is drawn around it, and how sure that is, in 0.5..1.

    `ink` is all of the page's ink: the way of a ring is hardly ever that of letters, so it need
    not be told from print, which the blank form may lack or have too much of.
    """
    shares = [_ring_share(ink, box) for box in boxes]
    return [
        (share > _CIRCLED, min(1.0, 0.5 + abs(share - _CIRCLED) / (1.0 - _CIRCLED) / 2))
        for share in shares
    ]


def _ring_share(ink: Ink, box: Box) -> float:
    """Return how much of the way around the box is inked, on the best of the nearby rings."""
    height, width = ink.shape
    x, y = box.center
    half = (box.width * width / 2, box.height * height / 2)
    columns = x * width + min(half[0], _MOST_SHIFT) * _RINGS[:, 1, None] + half[0] * _ACROSS
    rows = y * height + 2 * min(half[1], _MOST_SHIFT) * _RINGS[:, 2, None] + half[1] * _DOWN
    at_x = np.clip(np.rint(columns).astype(np.intp), 0, width - 1)
    at_y = np.clip(np.rint(rows).astype(np.intp), 0, height - 1)
    left, top = max(0, at_x.min() - 2), max(0, at_y.min() - 2)
    dark = grown(ink[top : at_y.max() + 3, left : at_x.max() + 3] > _DARK, 1)
    return float(dark[at_y - top, at_x - left].mean(axis=1).max())
