"""Put ink on paper: waver the strokes of a hand, lay them over the print."""

from __future__ import annotations

from random import Random

import cv2
import numpy as np

from eval.degradation import Pixels


def wavered(layer: Pixels, reach: float, rng: Random) -> Pixels:
    """Bend an ink layer smoothly by about `reach` pixels, so that no two letters are alike."""
    height, width = layer.shape[:2]
    noise = np.random.default_rng(rng.getrandbits(64))
    grid = (height // 9 + 2, width // 9 + 2)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    maps = []
    for base in (x, y):
        coarse = noise.standard_normal(grid, np.float32) * np.float32(reach)
        maps.append(base + cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC))
    bent = cv2.remap(layer, maps[0], maps[1], cv2.INTER_LINEAR, borderValue=(255, 255, 255))
    return np.asarray(bent, np.uint8)


def overlaid(blank: Pixels, layer: Pixels, *, color: bool) -> Pixels:
    """Multiply an RGB ink layer onto a grey blank form; grey unless `color`."""
    if color:
        paper = cv2.cvtColor(blank, cv2.COLOR_GRAY2RGB)
        return np.asarray(cv2.multiply(paper, layer, scale=1 / 255), np.uint8)
    ink = cv2.cvtColor(layer, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.multiply(blank, ink, scale=1 / 255), np.uint8)
