"""Tell rings by their outline: pen strokes that lie on one ellipse around a word.

A ring drawn close around a word runs through its letters, which hide it and cut it into arcs. The
letters that the arcs meet hold them together; whether they are one ring is told by the ellipse.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.rings import is_ring_sized
from chohyo.extraction.masks import grown

Mask = NDArray[np.bool_]
Points = NDArray[np.intp]

# Of a ring's height: rings are no narrower, and strokes this far from the ellipse lie on it.
_NARROWEST, _OFF = 0.75, 0.17
_LEAST_OFF = 3.5
# Of all strokes: how many lie on the ellipse; of the directions, in how many it is drawn of those
# where no print hides it, and of all.
_ON, _SEEN, _DRAWN = 0.85, 0.75, 0.4
# Where it is drawn in all directions, rests of letters inside may be more of the strokes.
_ON_WHOLE = 0.75
_DIRECTIONS = 24
_FEWEST_POINTS, _LEAST_PRINT = 12, 3
# A ring keeps clear of other strokes of its copy by this share of its height; a digit does not.
_CLEAR, _CROWDED = 0.4, 0.04
# Nor is a digit as wide as this, in heights.
_NO_DIGIT = 1.5
# A word that its rings hid from the print shows inside of them: this much of the middle is ink, its
# corners are free, and the whole is as full as an ellipse.
_LEAST_WORD, _MOST_CORNER, _LEAST_FULL = 0.12, 0.02, 0.92
_WIDER = 1.15


@dataclass(frozen=True, slots=True)
class Ellipse:
    """The upright ellipse within a box of strokes."""

    box: PixelBox

    def radius(self, xs: Points, ys: Points) -> NDArray[np.float64]:
        """Return how far points are from the middle: 1 on the ellipse."""
        dx, dy = self._offsets(xs, ys)
        return np.asarray(np.hypot(dx, dy))

    def distance(self, xs: Points, ys: Points) -> NDArray[np.float64]:
        """Return how far points are from the ellipse, towards its middle, in pixels."""
        x, y = self._middle()
        radius = np.maximum(self.radius(xs, ys), 1e-6)
        return np.asarray(np.abs(1 - radius) * np.hypot(xs - x, ys - y) / radius)

    def direction(self, xs: Points, ys: Points) -> Points:
        """Return the direction of points from the middle, as one of a few sectors."""
        dx, dy = self._offsets(xs, ys)
        turn = (np.arctan2(dy, dx) + np.pi) / (2 * np.pi)
        return np.asarray((turn * _DIRECTIONS).astype(np.intp) % _DIRECTIONS)

    def mask(self, reach: float) -> Mask:
        """Mask, within the box, what is in an ellipse that reaches so far towards its sides."""
        ys, xs = np.nonzero(np.ones((self.box.height, self.box.width), np.bool_))
        radius = self.radius(xs + self.box.x0, ys + self.box.y0)
        return np.asarray(radius.reshape(self.box.height, self.box.width) < reach)

    def hidden(self, ink: Mask) -> Mask:
        """Say of each direction whether print lies on the ellipse or just inside."""
        (x, y), (a, b) = self._middle(), self._axes()
        turns = (np.arange(_DIRECTIONS) + 0.5) / _DIRECTIONS * 2 * np.pi - np.pi
        reach = np.array([[0.85], [0.95], [1.0]])
        rows = np.clip((y + reach * b * np.sin(turns)).round().astype(int), 0, ink.shape[0] - 1)
        columns = np.clip((x + reach * a * np.cos(turns)).round().astype(int), 0, ink.shape[1] - 1)
        return np.asarray(ink[rows, columns].any(axis=0))

    def _offsets(self, xs: Points, ys: Points) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        (x, y), (a, b) = self._middle(), self._axes()
        return np.asarray((xs - x) / a, np.float64), np.asarray((ys - y) / b, np.float64)

    def _middle(self) -> tuple[float, float]:
        return (self.box.x0 + self.box.x1 - 1) / 2, (self.box.y0 + self.box.y1 - 1) / 2

    def _axes(self) -> tuple[float, float]:
        return max(1.0, (self.box.width - 1) / 2), max(1.0, (self.box.height - 1) / 2)


def ring_outlines(fill: Mask, text: Mask, ink: Mask) -> list[PixelBox]:
    """Return the rings of one copy around print, in pixels of the fill.

    `ink` is the form's print at the fill's size, `text` that without its rules.
    """
    near = grown(fill, 3)
    rings = []
    for joint in (fill | text, fill | (text & near), fill):
        for xs, ys, box in _pieces(fill, np.asarray(joint)):
            alone = box.width >= _NO_DIGIT * box.height or _is_clear(fill, box)
            if alone and _runs_around(xs, ys, box, ink) and _holds(text, box):
                rings.append(box)
    return rings


def ringed_words(fill: Mask) -> list[PixelBox]:
    """Return the rings of one copy with a word of its own inside: print that they hid.

    Where most copies circle one word, nothing tells it from what they wrote.
    """
    return [box for box in ovals(fill) if box.width >= _WIDER * box.height]


def ovals(fill: Mask) -> list[PixelBox]:
    """Return the rings with strokes in the middle, all of one piece."""
    return [box for _, _, box in _pieces(fill, fill) if _is_oval(fill, box)]


def inside(box: PixelBox, reach: float) -> Mask:
    """Mask, within a box, what is in an ellipse that reaches so far towards its sides."""
    return Ellipse(box).mask(reach)


def _pieces(fill: Mask, joint: Mask) -> Iterator[tuple[Points, Points, PixelBox]]:
    """Yield the strokes that a mask holds together, where they are as large as a ring."""
    window = np.ones((3, 3), np.uint8)
    closed = cv2.morphologyEx(joint.astype(np.uint8), cv2.MORPH_CLOSE, window)
    _, labels = cv2.connectedComponents(closed, connectivity=8)
    ys, xs = np.nonzero(fill)
    if not len(ys):
        return
    order = np.argsort(labels[ys, xs], kind="stable")
    ys, xs = ys[order], xs[order]
    cuts = np.flatnonzero(np.diff(labels[ys, xs])) + 1
    height, width = fill.shape
    for rows, columns in zip(np.split(ys, cuts), np.split(xs, cuts), strict=True):
        box = PixelBox(
            int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1
        )
        sized = is_ring_sized(box.width, box.height, height, width)
        if len(rows) >= _FEWEST_POINTS and sized and box.width >= _NARROWEST * box.height:
            yield columns, rows, box


def _runs_around(xs: Points, ys: Points, box: PixelBox, ink: Mask) -> bool:
    """Say whether strokes run on one ellipse, all around wherever no print hides them."""
    ellipse = Ellipse(box)
    on = ellipse.distance(xs, ys) <= max(_LEAST_OFF, _OFF * box.height)
    if on.mean() < _ON_WHOLE:
        return False
    drawn = np.bincount(ellipse.direction(xs[on], ys[on]), minlength=_DIRECTIONS) > 0
    wide = box.width >= _NO_DIGIT * box.height
    if on.mean() < _ON and not (wide and drawn.all()):
        return False
    seen = drawn | ~ellipse.hidden(ink)
    return bool(drawn.mean() >= _DRAWN and drawn[seen].mean() >= _SEEN)


def _holds(text: Mask, box: PixelBox) -> bool:
    ys, xs = np.nonzero(text[box.y0 : box.y1, box.x0 : box.x1])
    radius = Ellipse(box).radius(xs + box.x0, ys + box.y0)
    return int((radius < 0.6).sum()) >= _LEAST_PRINT


def _is_clear(fill: Mask, box: PixelBox) -> bool:
    """Say whether nothing is written directly beside a ring, as it is beside a digit."""
    reach = max(2, round(_CLEAR * box.height))
    rows = slice(box.y0 + box.height // 4, box.y1 - box.height // 4)
    sides = (fill[rows, max(0, box.x0 - reach) : box.x0], fill[rows, box.x1 : box.x1 + reach])
    return all(side.size == 0 or side.mean() <= _CROWDED for side in sides)


def _is_oval(fill: Mask, box: PixelBox) -> bool:
    """Say whether strokes and what they close fill an ellipse, with letters in the middle."""
    window = fill[box.y0 : box.y1, box.x0 : box.x1].astype(np.uint8)
    closed = cv2.morphologyEx(
        cv2.copyMakeBorder(window, 3, 3, 3, 3, cv2.BORDER_CONSTANT),
        cv2.MORPH_CLOSE,
        np.ones((3, 3), np.uint8),
    )
    contours, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    whole = cv2.drawContours(np.zeros_like(closed), contours, -1, 1, cv2.FILLED)[3:-3, 3:-3]
    return bool(
        window[inside(box, 0.6)].mean() >= _LEAST_WORD
        and window[~inside(box, 1.12)].mean() <= _MOST_CORNER
        and whole[inside(box, 0.9)].mean() >= _LEAST_FULL
    )
