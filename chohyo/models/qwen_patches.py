"""Pixels as the vision tower takes them: patches, cut and scaled where the network runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from PIL import Image

_COLOURS = 3


@dataclass(frozen=True, slots=True)
class Patches:
    """How a checkpoint's image processor cuts and scales an image.

    The processor itself takes 0.1 s of a core for a full page, longer than a card computes on it,
    and makes of it eight times the bytes. Here a card is given the pixels and does the same.

    Args:
        side: px of a patch.
        merged: patches a side of a visual token.
        frames: times that a still image is repeated.
        scale: factor of a pixel's value, before `mean` and `deviation` of its colour.
    """

    side: int
    merged: int
    frames: int
    scale: float
    mean: tuple[float, ...]
    deviation: tuple[float, ...]

    @classmethod
    def of(cls, processor: Any) -> Self:
        """Return what the image processor of a checkpoint is set to."""
        normal = bool(processor.do_normalize)
        return cls(
            side=int(processor.patch_size),
            merged=int(processor.merge_size),
            frames=int(processor.temporal_patch_size),
            scale=float(processor.rescale_factor) if processor.do_rescale else 1.0,
            mean=tuple(map(float, processor.image_mean)) if normal else (0.0,) * _COLOURS,
            deviation=tuple(map(float, processor.image_std)) if normal else (1.0,) * _COLOURS,
        )

    def grid(self, image: Image.Image) -> tuple[int, int, int]:
        """Return how many frames, rows and columns of patches an image has."""
        width, height = image.size
        return 1, height // self.side, width // self.side

    def cut(self, image: Image.Image, device: torch.device, dtype: torch.dtype) -> torch.Tensor:
        """Return the patches of an RGB image in whole visual tokens, shape (patches, numbers).

        The patches of a token follow one another, tokens go row by row; a patch has its numbers
        by colour, frame, row and column.
        """
        _, rows, columns = self.grid(image)
        pixels = torch.from_numpy(np.array(image)).to(device).to(torch.float32) * self.scale
        mean, deviation = (pixels.new_tensor(each) for each in (self.mean, self.deviation))
        scaled = ((pixels - mean) / deviation).to(dtype)
        tokens = scaled.reshape(
            rows // self.merged, self.merged, self.side,
            columns // self.merged, self.merged, self.side, _COLOURS,
        ).permute(0, 3, 1, 4, 6, 2, 5)  # fmt: skip
        shape = (*tokens.shape[:5], self.frames, self.side, self.side)
        return tokens.unsqueeze(5).expand(shape).reshape(rows * columns, -1)
