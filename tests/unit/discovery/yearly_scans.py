"""Scans of one form whose year is printed small at the foot."""

from __future__ import annotations

import random

import cv2
import numpy as np


def yearly_scan(year: str, seed: int, *, stamp: bool = False, bold: bool = False) -> np.ndarray:
    """Draw the ink of a noisy scan with entries, and a year in small print at the foot."""
    lot, rng = random.Random(seed), np.random.default_rng(seed)
    ink = np.zeros((600, 420), np.uint8)
    for y in range(60, 480, 30):
        cv2.putText(ink, f"Printed line {y}", (40, y), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 255, 1)
        cv2.putText(ink, str(lot.randint(100, 99_999)), (240, y), 0, 0.6, 255, 1)
    cv2.putText(ink, f"Form 7 ({year})", (40, 540), cv2.FONT_HERSHEY_PLAIN, 0.8, 255, 1)
    if stamp:
        cv2.circle(ink, (200, 520), 14, 255, 2)
    if bold:  # and a pixel off, as another scanner may
        ink = np.roll(cv2.dilate(ink, np.ones((2, 2), np.uint8)), 1, axis=1)
    soft = cv2.GaussianBlur(ink, (0, 0), 0.6 + lot.random()).astype(float)
    noisy = soft + rng.normal(0, 25, ink.shape) - 40  # a floor, as ink has
    return np.clip(noisy, 0, 255).astype(np.uint8)
