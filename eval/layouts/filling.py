"""Fill a drawn form in: by hand or by machine, sparsely or fully, with what people add to it."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from eval.layouts import bank
from eval.layouts.drawing import lay
from eval.layouts.items import Item, Layout

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Writer:
    """How one person fills one form in. Sizes are shares of the place, tones of full ink."""

    by_hand: bool
    style: int
    share: float
    size: float
    tone: float
    ticks: float
    drop: float


def fill_in(ink: Pixels, layout: Layout, rng: Random) -> Pixels:
    """Return the ink of a copy filled in by somebody; some are left blank."""
    copy = ink.copy()
    if rng.random() < 0.04:
        return copy
    writer = _writer(layout, rng)
    sx, sy = ink.shape[1] / layout.width, ink.shape[0] / layout.height
    for item in layout.items:
        share = writer.ticks if item.kind == "tick" else writer.share
        if item.is_slot and item.has_extent and rng.random() < share:
            _write(copy, item, sx, sy, writer, rng)
    for _ in range(rng.choice([0, 0, 0, 1, 1, 2, 3])):
        _addition(copy, rng)
    return copy


def _writer(layout: Layout, rng: Random) -> _Writer:
    faces = bank.STYLES["digits"] + bank.STYLES[layout.language][:5]
    return _Writer(
        by_hand=rng.random() < 0.5,
        style=rng.choice(faces),
        share=rng.choice([rng.uniform(0.05, 0.5), rng.uniform(0.5, 1.0), 0.97]),
        size=rng.uniform(5.5, 13.0),
        tone=rng.choice([1.0, 1.0, 0.8, 0.55]),
        ticks=rng.uniform(0.02, 0.6),
        drop=rng.uniform(-0.15, 0.25),
    )


def _write(ink: Pixels, item: Item, sx: float, sy: float, writer: _Writer, rng: Random) -> None:
    x0, y0 = item.x0 * sx, item.y0 * sy
    width, height = item.width * sx, item.height * sy
    if item.kind == "tick":
        _tick(ink, x0, y0, width, height, rng)
    elif item.kind == "comb":
        _comb(ink, item, sx, sy, writer, rng)
    else:
        size = min(writer.size * sy, 0.9 * height)
        lines = 1 if item.kind == "entry" else max(1, int(height / (1.6 * size)))
        for line in range(lines):
            if lines > 1 and rng.random() < 0.15:
                break
            length = width * min(1.0, rng.uniform(0.15, 1.1))
            left = x0 + (width - length) * rng.choice([0.0, 0.05, 0.5, 1.0])
            middle = height / 2 if lines == 1 else (line + 0.6) * 1.6 * size
            top = y0 + middle - size / 2 + writer.drop * size
            _line(ink, left, top, length, size, writer, rng)


def _line(
    ink: Pixels, x: float, y: float, width: float, size: float, writer: _Writer, rng: Random
) -> None:
    w, h = max(2, round(width)), max(2, round(size * 1.2))
    if writer.by_hand:
        piece = _scrawl(w, h + 2, writer.tone, rng)
    else:
        piece = cv2.convertScaleAbs(
            bank.cut(writer.style, rng.getrandbits(32), w, h), alpha=writer.tone
        )
    lay(ink, piece, round(x), round(y))


def _scrawl(width: int, height: int, tone: float, rng: Random) -> NDArray[np.generic]:
    """Draw something like a line of handwriting: strokes that wander up, down and onwards."""
    scale = 4  # strokes thinner than a pixel
    canvas = np.zeros((height * scale, width * scale), np.uint8)
    x, slant = 0.0, rng.uniform(-0.2, 0.5)
    points: list[tuple[float, float]] = []
    while x < canvas.shape[1]:
        y = rng.uniform(0.15, 0.9) * canvas.shape[0]
        points.append((x + slant * (canvas.shape[0] / 2 - y) * 0.5, y))
        x += rng.uniform(0.05, 0.5) * canvas.shape[0]
        if rng.random() < 0.2:
            _stroke(canvas, points, tone)
            points = []
            x += rng.uniform(0, 0.6) * canvas.shape[0]
    _stroke(canvas, points, tone)
    return cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA)


def _stroke(canvas: Pixels, points: list[tuple[float, float]], tone: float) -> None:
    if len(points) > 1:
        cv2.polylines(canvas, [np.array(points, np.int32)], False, int(255 * tone), 3, cv2.LINE_AA)


def _tick(ink: Pixels, x: float, y: float, width: float, height: float, rng: Random) -> None:
    side = max(3.0, min(width, height) * rng.uniform(0.7, 1.3))
    cx, cy = x + width / 2, y + height / 2
    way = rng.random()
    if way < 0.35:
        a, b, c = (
            (cx - side / 2, cy),
            (cx - side / 8, cy + side / 2),
            (cx + side / 2, cy - side / 2),
        )
        cv2.polylines(ink, [np.array([a, b, c], np.int32)], False, 220, 1, cv2.LINE_AA)
    elif way < 0.55:
        for sign in (-1, 1):
            a, b = (cx - side / 2, cy - sign * side / 2), (cx + side / 2, cy + sign * side / 2)
            cv2.line(ink, _whole(a), _whole(b), 220, 1, cv2.LINE_AA)
    elif way < 0.8:
        axes = (max(2, round(width / 2 + 1)), max(2, round(min(height, 14) / 2 + 1)))
        cv2.ellipse(ink, _whole((cx, cy)), axes, 0, 0, 360, 200, 1, cv2.LINE_AA)
    else:
        w, h = max(2, round(min(width, 40) * 0.8)), max(2, round(min(height, 10) * 0.8))
        lay(ink, bank.cut(8, rng.getrandbits(32), w, h), round(cx - w / 2), round(cy - h / 2))


def _comb(ink: Pixels, item: Item, sx: float, sy: float, writer: _Writer, rng: Random) -> None:
    cell = item.width * sx / item.style
    h = max(2, round(item.height * sy * 0.8))
    w = max(2, round(cell * 0.7))
    written = item.style if rng.random() < 0.6 else rng.randint(1, item.style)
    for k in range(written):
        piece = bank.cut(writer.style if not writer.by_hand else 9, rng.getrandbits(32), w, h)
        lay(ink, piece, round(item.x0 * sx + (k + 0.15) * cell), round(item.y0 * sy) + 1)


def _addition(ink: Pixels, rng: Random) -> None:
    """Add what is on no form: a seal, a stamp, a scrawl, a line struck through, an overprint."""
    x, y = rng.uniform(0.05, 0.85) * ink.shape[1], rng.uniform(0.03, 0.92) * ink.shape[0]
    add = rng.choices([_seal, _stamp, _note, _strike, _overprint], [6, 4, 6, 4, 4])[0]
    add(ink, x, y, rng)


def _seal(ink: Pixels, x: float, y: float, rng: Random) -> None:
    radius, tone = rng.randint(5, 22), rng.randint(90, 230)
    cv2.circle(ink, _whole((x, y)), radius, tone, 1, cv2.LINE_AA)
    w, h = round(radius * 1.2), max(2, round(radius * 0.8))
    name = cv2.convertScaleAbs(bank.cut(7, rng.getrandbits(32), w, h), alpha=tone / 255)
    lay(ink, name, round(x - w / 2), round(y - h / 2))


def _stamp(ink: Pixels, x: float, y: float, rng: Random) -> None:
    w, h = rng.randint(40, 110), rng.randint(14, 40)
    stamp = np.zeros((h, w), np.uint8)
    cv2.rectangle(stamp, (0, 0), (w - 1, h - 1), 200, 1)
    face = rng.choice([1, 7, 9])
    lay(stamp, bank.cut(face, rng.getrandbits(32), w - 8, h // 2), 4, h // 4)
    lay(ink, stamp, round(x), round(y))


def _note(ink: Pixels, x: float, y: float, rng: Random) -> None:
    lay(ink, _scrawl(rng.randint(20, 160), rng.randint(7, 26), 0.9, rng), round(x), round(y))


def _strike(ink: Pixels, x: float, y: float, rng: Random) -> None:
    """Strike a line out, or a whole unused part, from corner to corner."""
    long = rng.random() < 0.5
    end = (
        x + rng.uniform(20, 250) * rng.choice([-1, 1]),
        y + (rng.uniform(30, 300) * rng.choice([-1, 1]) if long else rng.uniform(-6, 6)),
    )
    cv2.line(ink, _whole((x, y)), _whole(end), rng.randint(80, 220), 1, cv2.LINE_AA)


def _overprint(ink: Pixels, x: float, y: float, rng: Random) -> None:
    """Print a large word over the page, straight or aslant, black or pale."""
    h = rng.randint(18, 60)
    w = min(round(h * rng.uniform(2, 8)), 340)
    word = np.zeros((w, w), np.uint8)
    word[(w - h) // 2 : (w - h) // 2 + h] = bank.cut(
        rng.choice([1, 3, 6, 11]), rng.getrandbits(32), w, h
    )
    turn = rng.choice([0.0, 0.0, rng.uniform(-60, 60)])
    matrix = cv2.getRotationMatrix2D((w / 2, w / 2), turn, 1.0)
    aslant = cv2.warpAffine(word, matrix, (w, w))
    tone = rng.choice([1.0, 0.6, 0.3])
    lay(ink, cv2.convertScaleAbs(aslant, alpha=tone), round(x - w / 3), round(y - w / 2))


def _whole(point: tuple[float, float]) -> tuple[int, int]:
    return round(point[0]), round(point[1])
