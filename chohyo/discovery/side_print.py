"""What the copies on one side of a division have in common."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_STEADY = 0.8  # correlation with the mean, of three quarters of the copies

Image = NDArray[np.uint8]
Ink = NDArray[np.int16]
Sides = NDArray[np.int8]  # 0 or 1 by copy


def common_ink(copies: Image) -> Ink:
    """Return the median of copies (n, height, width), of an even number the fainter one."""
    return np.asarray(np.sort(copies, axis=0)[(len(copies) - 1) // 2], np.int16)


def are_steady(copies: Image) -> bool:
    """Say whether copies (n, height, width) show the same, as those of one print do."""
    shown = copies.reshape(len(copies), -1).astype(np.float32)
    shown -= shown.mean(axis=1, keepdims=True)
    mean = shown.mean(axis=0)
    size = np.linalg.norm(shown, axis=1) * np.linalg.norm(mean)
    return float(np.quantile(shown @ mean / np.maximum(size, 1e-3), 0.25)) >= _STEADY
