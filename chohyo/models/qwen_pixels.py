"""Images as Qwen3-VL sees them: RGB, in whole visual tokens, within a pixel budget."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from chohyo.models.qwen_errors import ImageMissingError, ImageShapeError, NotAnImageError

FACTOR = 32  # px: patches of 16 px, four of which are merged into one token
MIN_PIXELS = 4 * FACTOR * FACTOR
MAX_PIXELS = 1800 * FACTOR * FACTOR  # A4 at 138 dpi; what is larger is shrunk
_MOST_STRETCHED = 200

Picture = Path | Image.Image


@dataclass(frozen=True, slots=True)
class PixelLimits:
    """Bounds on an image's area in pixels, and the side of a visual token."""

    smallest: int = MIN_PIXELS
    largest: int = MAX_PIXELS
    factor: int = FACTOR

    def fit(self, width: int, height: int) -> tuple[int, int]:
        """Return the size nearest to (width, height) in whole tokens within the bounds.

        The procedure is that of `smart_resize` in qwen-vl-utils: sides are rounded to the factor
        (halves to even), and scaled with their proportions kept when the area is out of bounds.
        """
        wide = self._whole(round, width)
        high = self._whole(round, height)
        if wide * high > self.largest:
            scale = math.sqrt(width * height / self.largest)
            wide = self._whole(math.floor, width / scale)
            high = self._whole(math.floor, height / scale)
        elif wide * high < self.smallest:
            scale = math.sqrt(self.smallest / (width * height))
            wide = self._whole(math.ceil, width * scale)
            high = self._whole(math.ceil, height * scale)
        return wide, high

    def tokens(self, width: int, height: int) -> int:
        """Return how many visual tokens an image of (width, height) px becomes."""
        wide, high = self.fit(width, height)
        return (wide // self.factor) * (high // self.factor)

    def fitted(self, image: Image.Image) -> Image.Image:
        """Return the image in RGB, on white where it is transparent, at the size of `fit`."""
        # A grey page has one channel to resize instead of three, to the same pixels.
        plain = image if image.mode == "L" else _rgb(image)
        return plain.resize(self.fit(*image.size), Image.Resampling.BICUBIC).convert("RGB")

    def _whole(self, rounded: Callable[[float], int], side: float) -> int:
        return max(1, rounded(side / self.factor)) * self.factor


def opened(picture: Picture, item: str) -> Image.Image:
    """Return a decoded image.

    Raises:
        ImageMissingError: there is no such file.
        NotAnImageError: it is no image, or a damaged one.
        ImageShapeError: it is more than 200 times as long as it is wide.
    """
    if isinstance(picture, Image.Image):
        image = picture
    else:
        if not picture.is_file():
            raise ImageMissingError(item=item, path=str(picture))
        try:
            with Image.open(picture) as file:
                image = file.copy()
        except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
            raise NotAnImageError(item=item, path=str(picture)) from error
    width, height = image.size
    if min(width, height) < 1 or max(width, height) > _MOST_STRETCHED * min(width, height):
        raise ImageShapeError(item=item, width=width, height=height)
    return image


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode == "RGBA":
        paper = Image.new("RGB", image.size, (255, 255, 255))
        paper.paste(image, mask=image.getchannel("A"))
        return paper
    return image.convert("RGB")
