"""Draw evidence: the piece of a page behind a value, and what a decision rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Box, Transform
from chohyo.domain.matches import Region

Image = NDArray[np.uint8]
Colour = tuple[int, int, int]

_FIELD: Colour = (235, 99, 37)
_AGREES: Colour = (74, 163, 22)
_DIFFERS: Colour = (38, 38, 220)
_TINT = 0.22
_LEAST_CROP = 8


@dataclass(frozen=True, slots=True)
class Outline:
    """A region of the template page to draw, with its colour in blue, green, red."""

    box: Box
    colour: Colour


def field_outlines(boxes: Sequence[Box]) -> list[Outline]:
    """Return outlines for fields."""
    return [Outline(box, _FIELD) for box in boxes]


def region_outlines(regions: Sequence[Region]) -> list[Outline]:
    """Return outlines for compared anchors: from red (differs) to green (agrees)."""
    return [Outline(region.box, _blend(region.agreement)) for region in regions]


def crop_png(page: Image, box: Box, margin: float = 0.01) -> bytes:
    """Cut a region of a page, with a margin in fractions of the page, as PNG."""
    height, width = page.shape[:2]
    grown = box.grown(margin, margin)
    x0 = min(width - _LEAST_CROP, max(0, int(grown.x0 * width)))
    y0 = min(height - _LEAST_CROP, max(0, int(grown.y0 * height)))
    x1 = max(x0 + _LEAST_CROP, round(grown.x1 * width))
    y1 = max(y0 + _LEAST_CROP, round(grown.y1 * height))
    return _png(_colour(page)[y0:y1, x0:x1])


def overlay_png(page: Image, outlines: Sequence[Outline], transform: Transform) -> bytes:
    """Draw regions of the template page where they lie on the page, as PNG.

    `transform` leads from the page to the template page; use the identity for a blank form.
    """
    canvas = _colour(page).copy()
    back = transform.inverse()
    height, width = canvas.shape[:2]
    tinted = canvas.copy()
    quads = []
    for outline in outlines:
        corners = np.array(back.quad(outline.box)) * (width, height)
        quads.append((np.round(corners).astype(np.int32), outline.colour))
    for corners, colour in quads:
        cv2.fillPoly(tinted, [corners], colour)
    canvas = np.asarray(cv2.addWeighted(tinted, _TINT, canvas, 1.0 - _TINT, 0.0), np.uint8)
    line = max(1, round(max(height, width) / 900))
    for corners, colour in quads:
        cv2.polylines(canvas, [corners], True, colour, line, cv2.LINE_AA)
    return _png(canvas)


def blank_overlay_png(blank: Image, boxes: Sequence[Box]) -> bytes:
    """Draw a form's fields on its blank form, as PNG."""
    return overlay_png(blank, field_outlines(boxes), Transform.identity())


def _blend(agreement: float) -> Colour:
    share = min(1.0, max(0.0, agreement))
    mixed = [round(a + (b - a) * share) for a, b in zip(_DIFFERS, _AGREES, strict=True)]
    return mixed[0], mixed[1], mixed[2]


def _colour(image: Image) -> Image:
    if image.ndim == 2:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
    return image


def _png(image: Image) -> bytes:
    """Encode pixels in the order blue, green, red."""
    done, data = cv2.imencode(".png", image)
    assert done, "encoding pixels in memory as PNG does not fail"
    return data.tobytes()
