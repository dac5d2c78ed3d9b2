"""Boxes in pixels of a blank form, while regions are being measured."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from chohyo.domain.geometry import Box


class PixelBox(NamedTuple):
    """A rectangle of pixels; `x1` and `y1` are the first column and row outside."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        """Width in pixels."""
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        """Height in pixels."""
        return self.y1 - self.y0

    @property
    def area(self) -> int:
        """Area in pixels."""
        return max(0, self.width) * max(0, self.height)

    @property
    def center(self) -> tuple[float, float]:
        """Return the middle point `(x, y)`."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def intersection(self, other: PixelBox) -> int:
        """Return the shared area."""
        across = min(self.x1, other.x1) - max(self.x0, other.x0)
        down = min(self.y1, other.y1) - max(self.y0, other.y0)
        return max(0, across) * max(0, down)

    def covers(self, other: PixelBox) -> float:
        """Return the share of the other box that lies inside this one."""
        return self.intersection(other) / other.area if other.area else 0.0

    def iou(self, other: PixelBox) -> float:
        """Return intersection over union."""
        shared = self.intersection(other)
        union = self.area + other.area - shared
        return shared / union if union else 0.0

    def shares_row(self, other: PixelBox, least: float = 0.5) -> bool:
        """Say whether the boxes overlap in height by this share of the lower one."""
        shared = min(self.y1, other.y1) - max(self.y0, other.y0)
        return shared >= least * max(1, min(self.height, other.height))

    def shares_column(self, other: PixelBox, least: float = 0.5) -> bool:
        """Say whether the boxes overlap in width by this share of the narrower one."""
        shared = min(self.x1, other.x1) - max(self.x0, other.x0)
        return shared >= least * max(1, min(self.width, other.width))

    def gap_x(self, other: PixelBox) -> int:
        """Return the distance between the boxes across the page, negative when they overlap."""
        return max(self.x0, other.x0) - min(self.x1, other.x1)

    def gap_y(self, other: PixelBox) -> int:
        """Return the distance between the boxes down the page, negative when they overlap."""
        return max(self.y0, other.y0) - min(self.y1, other.y1)

    def inset(self, by: int) -> PixelBox:
        """Return the box without a margin, at least one pixel large."""
        x0, y0 = min(self.x0 + by, self.x1 - 1), min(self.y0 + by, self.y1 - 1)
        return PixelBox(x0, y0, max(x0 + 1, self.x1 - by), max(y0 + 1, self.y1 - by))

    def scaled(self, factor: int) -> PixelBox:
        """Return the box in the pixels of an image so many times larger."""
        return PixelBox(*(factor * edge for edge in self))

    def fraction(self, size: tuple[int, int]) -> Box:
        """Return the box in fractions of a page of `(width, height)` pixels."""
        width, height = size
        return Box(
            max(0.0, self.x0 / width),
            max(0.0, self.y0 / height),
            min(1.0, self.x1 / width),
            min(1.0, self.y1 / height),
        )


def around(boxes: Iterable[PixelBox]) -> PixelBox:
    """Return the smallest box that covers all of them; there is at least one."""
    x0s, y0s, x1s, y1s = zip(*boxes, strict=True)
    return PixelBox(min(x0s), min(y0s), max(x1s), max(y1s))


def from_fraction(box: Box, size: tuple[int, int]) -> PixelBox:
    """Return a box of fractions in pixels of a page of `(width, height)` pixels."""
    width, height = size
    return PixelBox(
        round(box.x0 * width), round(box.y0 * height), round(box.x1 * width), round(box.y1 * height)
    )
