"""Draw a layout's print, small, as ink on a canvas."""

from __future__ import annotations

from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from eval.layouts import bank
from eval.layouts.items import Item, Layout

Pixels = NDArray[np.uint8]

HEIGHT, WIDTH = 480, 384  # px of a page drawn for the encoder, whatever its format


def draw_print(layout: Layout, height: int = HEIGHT, width: int = WIDTH) -> Pixels:
    """Return the ink (height, width) of what is printed: 0 none, 255 black."""
    ink = np.zeros((height, width), np.uint8)
    sx, sy = width / layout.width, height / layout.height
    for item in sorted(layout.items, key=lambda item: item.kind != "shade"):
        if not item.is_slot and item.has_extent:
            draw(ink, item, sx, sy)
    return ink


def draw(ink: Pixels, item: Item, sx: float, sy: float) -> None:
    """Draw one printed item onto the ink; `sx`, `sy` are pixels a point."""
    if item.kind in ("rule", "shade"):
        _fill(ink, item, sx, sy)
        return
    x, y = round(item.x0 * sx), round(item.y0 * sy)
    width, height = max(1, round(item.width * sx)), max(1, round(item.height * sy))
    piece = _piece(item, width, height)
    if abs(item.tone) != 1:
        piece = np.asarray(cv2.convertScaleAbs(piece, alpha=abs(item.tone)), np.uint8)
    lay(ink, piece, x, y, erase=item.tone < 0)


def lay(ink: Pixels, piece: NDArray[np.generic], x: int, y: int, *, erase: bool = False) -> None:
    """Lay a piece of ink at a place, clipped at the edges; or take it away there."""
    height, width = piece.shape
    top, left = max(0, -y), max(0, -x)
    bottom, right = min(height, ink.shape[0] - y), min(width, ink.shape[1] - x)
    if top >= bottom or left >= right:
        return
    part = piece[top:bottom, left:right]
    spot = ink[y + top : y + bottom, x + left : x + right]
    if erase:
        np.minimum(spot, 255 - part, out=spot)
    else:
        np.maximum(spot, part, out=spot)


def _fill(ink: Pixels, item: Item, sx: float, sy: float) -> None:
    """Fill a rectangle, thin ones with as much ink as they cover of their pixels."""
    height, width = ink.shape
    x0, x1 = _span(item.x0 * sx, item.x1 * sx, width)
    y0, y1 = _span(item.y0 * sy, item.y1 * sy, height)
    cover = min(1.0, item.width * sx) * min(1.0, item.height * sy)
    tone = round(255 * item.tone * cover)
    if x0 < x1 and y0 < y1:
        spot = ink[y0:y1, x0:x1]
        np.maximum(spot, tone, out=spot)


def _span(start: float, stop: float, limit: int) -> tuple[int, int]:
    first = round(start) if stop - start >= 1 else int((start + stop) / 2)
    last = max(first + 1, round(stop)) if stop - start >= 1 else first + 1
    return max(0, first), min(limit, last)


def _piece(item: Item, width: int, height: int) -> Pixels:
    if item.kind == "words":
        return bank.cut(item.style, item.seed, width, height)
    if item.kind == "stacked":
        return bank.stacked(item.style, item.seed, width, height)
    rng = Random(item.seed)
    if item.kind == "barcode":
        return _barcode(rng, width, height, square=bool(item.style))
    if item.kind == "logo":
        return _logo(rng, width, height)
    piece = np.zeros((height, width), np.uint8)
    cv2.ellipse(piece, ((width / 2, height / 2), (width - 1, height - 1), 0), 200, 1, cv2.LINE_AA)
    return piece


def _barcode(rng: Random, width: int, height: int, *, square: bool) -> Pixels:
    bits = np.random.default_rng(rng.getrandbits(32))
    shape = (25, 25) if square else (1, 90)
    cells = (bits.random(shape) < 0.5).astype(np.uint8) * 255
    return np.asarray(cv2.resize(cells, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _logo(rng: Random, width: int, height: int) -> Pixels:
    """Draw a few discs, rings and wedges."""
    piece = np.zeros((height, width), np.uint8)
    for _ in range(rng.randint(1, 5)):
        x, y = rng.randrange(width), rng.randrange(height)
        size = rng.uniform(0.2, 0.6) * min(width, height)
        tone = rng.randint(80, 255)
        if rng.random() < 0.5:
            thick = rng.choice([-1, 1, 2])
            cv2.circle(piece, (x, y), max(1, round(size)), tone, thick, cv2.LINE_AA)
        else:
            points = [(x + rng.uniform(-size, size), y + rng.uniform(-size, size)) for _ in "abc"]
            cv2.fillPoly(piece, [np.array(points, np.int32)], tone, cv2.LINE_AA)
    return piece
