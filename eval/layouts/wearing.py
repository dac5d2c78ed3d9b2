"""Make a drawn copy look scanned, faxed or photographed, small as it is."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from eval.layouts.drawing import HEIGHT, WIDTH

Pixels = NDArray[np.uint8]
Light = NDArray[np.float32]


def wear(ink: Pixels, rng: np.random.Generator) -> Pixels:
    """Return the grey page (480, 384) that a scanner, fax or camera makes of this ink."""
    kind = rng.choice(["light", "scan", "fax", "photo"], p=[0.25, 0.35, 0.2, 0.2])
    page = _paper(_strokes(ink, rng), rng)
    page = _laid(page, str(kind), rng)
    if kind == "light":
        return np.asarray(np.clip(page, 0, 255), np.uint8)
    page = np.asarray(cv2.GaussianBlur(page, (0, 0), float(rng.uniform(0.2, 1.1))), np.float32)
    if kind == "fax":
        if rng.random() < 0.5:
            _dirt(page, rng)
        return _facsimile(page, rng)
    page *= _light_field(0.45 if kind == "photo" else 0.12, rng)
    if kind == "photo" and rng.random() < 0.4:
        page *= _shadow(rng)
    page += _grain(float(rng.uniform(0, 9)), rng)
    _dirt(page, rng)
    return np.asarray(np.clip(page, 0, 255), np.uint8)


def _strokes(ink: Pixels, rng: np.random.Generator) -> Pixels:
    """Print thicker, thinner, paler or darker."""
    if rng.random() < 0.3:
        thick = cv2.dilate(ink, np.ones((2, 2), np.uint8))
        share = float(rng.uniform(0, 0.5))
        ink = np.asarray(cv2.addWeighted(thick, share, ink, 1 - share, 0), np.uint8)
    tones = 255 * np.linspace(0, 1, 256) ** float(rng.uniform(0.8, 1.8))
    return np.asarray(cv2.LUT(ink, tones.astype(np.uint8)), np.uint8)


def _paper(ink: Pixels, rng: np.random.Generator) -> Light:
    white = float(rng.uniform(190, 255))
    depth = float(rng.uniform(0.55, 1.0)) / 255
    return np.asarray(white - np.float32(white * depth) * ink, np.float32)


def _laid(page: Light, kind: str, rng: np.random.Generator) -> Light:
    """Turn, shift, stretch, bend and crop the page as it lay on the glass or before the camera."""
    hard = kind == "photo"
    turn = np.deg2rad(rng.normal(0, 0.6 if kind == "light" else 1.2))
    stretch = 1 + rng.uniform(-0.03, 0.03, 2) + rng.normal(0, 0.02)
    size = np.array([WIDTH, HEIGHT], np.float32)
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32) * size
    flat = (corners - size / 2) * stretch
    # Angles are kept in the proportions of the page, which is near those of the canvas.
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    target = flat @ spin.T + size / 2 + rng.normal(0, 0.015, 2) * size
    target += rng.uniform(-1, 1, (4, 2)) * size * (0.035 if hard else 0.004)
    if rng.random() < 0.12:  # cropped at one side, or scanned with too large a format
        grown = 1 + rng.uniform(-0.12, 0.12, 2)
        target = (target - size * rng.integers(0, 2, 2)) * grown + size * rng.integers(0, 2, 2) * 0
        target -= target.mean(axis=0) - size / 2 - rng.uniform(-0.05, 0.05, 2) * size
    around = float(rng.uniform(30, 160)) if hard else float(rng.choice([255.0, 255.0, 40.0]))
    matrix = cv2.getPerspectiveTransform(corners, target.astype(np.float32))
    moved = cv2.warpPerspective(page, matrix, (WIDTH, HEIGHT), borderValue=around)
    return np.asarray(moved, np.float32)


def _facsimile(page: Light, rng: np.random.Generator) -> Pixels:
    """Reduce to what one bit leaves: broken strokes, lost hairlines and rows, pepper.

    A fax has one bit at three times this resolution, so its strokes mix to greys again here.
    """
    ink = 1 - page / np.percentile(page, 90)
    ink = np.clip((ink - rng.uniform(0, 0.15)) * rng.uniform(0.8, 2.0), 0, 1)
    ink *= 1 + _grain(float(rng.uniform(0, 0.5)), rng)
    ink[rng.random(ink.shape, np.float32) < rng.uniform(0, 0.01)] += rng.uniform(0.05, 0.4)
    for row in rng.integers(0, HEIGHT - 2, int(rng.integers(0, 5))):
        ink[row : row + int(rng.integers(1, 3))] = 0
    return np.asarray(np.clip(255 * (1 - ink), 0, 255), np.uint8)


def _light_field(depth: float, rng: np.random.Generator) -> Light:
    corners = rng.uniform(1 - depth, 1, (3, 3)).astype(np.float32)
    return np.asarray(cv2.resize(corners, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC))


def _shadow(rng: np.random.Generator) -> Light:
    """Let a hand or a phone stand in the light, with a soft edge."""
    field = np.ones((HEIGHT // 8, WIDTH // 8), np.float32)
    points = rng.uniform(-0.3, 1.3, (4, 2)) * [WIDTH // 8, HEIGHT // 8]
    cv2.fillConvexPoly(field, cv2.convexHull(points.astype(np.int32)), float(rng.uniform(0.4, 0.8)))
    soft = cv2.GaussianBlur(field, (0, 0), float(rng.uniform(0.5, 4)))
    return np.asarray(cv2.resize(soft, (WIDTH, HEIGHT)), np.float32)


def _grain(sigma: float, rng: np.random.Generator) -> Light:
    """Return a part of a large field of noise, which takes longer to draw than to shift."""
    y, x = (int(v) for v in rng.integers(0, 128, 2))
    return _noise()[y : y + HEIGHT, x : x + WIDTH] * np.float32(sigma)


@cache
def _noise() -> Light:
    rng = np.random.default_rng(0)
    return rng.standard_normal((HEIGHT + 128, WIDTH + 128), np.float32)


def _dirt(page: Light, rng: np.random.Generator) -> None:
    """Leave specks, streaks, punched holes, a dark edge, or a slip of paper over the page."""
    for _ in range(int(rng.integers(0, 8))):
        x, y = int(rng.integers(0, WIDTH)), int(rng.integers(0, HEIGHT))
        cv2.circle(page, (x, y), int(rng.integers(0, 2)), float(rng.uniform(60, 180)), -1)
    way = rng.random()
    if way < 0.08:
        page[:, : int(rng.integers(2, 9))] *= float(rng.uniform(0.2, 0.6))
    elif way < 0.14:
        x = int(rng.integers(0, WIDTH - 2))
        page[:, x : x + int(rng.integers(1, 3))] *= float(rng.uniform(0.4, 0.9))
    elif way < 0.2:
        for share in (0.4, 0.6):
            cv2.circle(page, (12, int(share * HEIGHT)), 4, float(rng.uniform(20, 120)), -1)
    elif way < 0.32:
        x, y = int(rng.integers(0, WIDTH - 60)), int(rng.integers(0, HEIGHT - 40))
        w, h = int(rng.integers(15, 110)), int(rng.integers(10, 80))
        page[y : y + h, x : x + w] = float(rng.choice([250.0, 225.0, 120.0]))
