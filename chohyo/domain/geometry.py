"""Places on a page.

Unit: fractions of the upright page, origin at the top left, x to the right, y down.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-aligned rectangle, `x0 <= x1` and `y0 <= y1`, in fractions of the page."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Width as a fraction of the page's width."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Height as a fraction of the page's height."""
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        """Area as a fraction of the page's area."""
        return max(0.0, self.width) * max(0.0, self.height)

    @property
    def center(self) -> tuple[float, float]:
        """Return the middle point `(x, y)`."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def intersection(self, other: Box) -> float:
        """Return the shared area, 0 when the boxes do not meet."""
        width = min(self.x1, other.x1) - max(self.x0, other.x0)
        height = min(self.y1, other.y1) - max(self.y0, other.y0)
        return max(0.0, width) * max(0.0, height)

    def iou(self, other: Box) -> float:
        """Return intersection over union, in 0..1."""
        shared = self.intersection(other)
        union = self.area + other.area - shared
        return shared / union if union > 0 else 0.0

    def contains(self, x: float, y: float) -> bool:
        """Say whether the point lies inside or on the edge."""
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1

    def grown(self, dx: float, dy: float) -> Box:
        """Return the box with a margin added on every side, cut off at the page's edge."""
        return Box(
            max(0.0, self.x0 - dx),
            max(0.0, self.y0 - dy),
            min(1.0, self.x1 + dx),
            min(1.0, self.y1 + dy),
        )

    def union(self, other: Box) -> Box:
        """Return the smallest box that covers both."""
        return Box(
            min(self.x0, other.x0),
            min(self.y0, other.y0),
            max(self.x1, other.x1),
            max(self.y1, other.y1),
        )

    def as_list(self) -> list[float]:
        """Return `[x0, y0, x1, y1]`, the form used in JSON."""
        return [self.x0, self.y0, self.x1, self.y1]


@dataclass(frozen=True, slots=True)
class Transform:
    """A plane homography between two pages, in fractions of each; row-major 3 × 3."""

    rows: tuple[float, float, float, float, float, float, float, float, float]

    @classmethod
    def identity(cls) -> Transform:
        """Return the transform that moves nothing."""
        return cls((1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0))

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Map one point."""
        a, b, c, d, e, f, g, h, i = self.rows
        w = g * x + h * y + i
        return (a * x + b * y + c) / w, (d * x + e * y + f) / w

    def quad(self, box: Box) -> tuple[tuple[float, float], ...]:
        """Map the four corners of a box, clockwise from the top left."""
        corners = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
        return tuple(self.point(x, y) for x, y in corners)

    def box(self, box: Box) -> Box:
        """Return the smallest upright box around the mapped corners (not cut at the page edge)."""
        points = self.quad(box)
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        return Box(min(xs), min(ys), max(xs), max(ys))

    def inverse(self) -> Transform:
        """Return the transform the other way round.

        Raises:
            ValueError: the transform is singular.
        """
        a, b, c, d, e, f, g, h, i = self.rows
        cofactors = (
            e * i - f * h, c * h - b * i, b * f - c * e,
            f * g - d * i, a * i - c * g, c * d - a * f,
            d * h - e * g, b * g - a * h, a * e - b * d,
        )  # fmt: skip
        determinant = a * cofactors[0] + b * cofactors[3] + c * cofactors[6]
        if abs(determinant) < 1e-12:
            raise ValueError("a singular transform has no inverse")
        m = [value / determinant for value in cofactors]
        return Transform((m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8]))

    def after(self, first: Transform) -> Transform:
        """Return the composition: apply `first`, then this one."""
        m = [
            sum(self.rows[3 * r + k] * first.rows[3 * k + c] for k in range(3))
            for r in range(3)
            for c in range(3)
        ]
        return Transform((m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8]))
