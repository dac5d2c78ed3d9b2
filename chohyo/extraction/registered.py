"""A page laid exactly onto its blank form, with the form's own print taken away."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Box, Transform
from chohyo.extraction.alignment import local_flow
from chohyo.extraction.ink import Image, Ink, grey, ink_of, pixel_matrix, shade_of, warped
from chohyo.extraction.masks import Mask, grown, rules_of

_DARK = 0.3
# Print is removed with this margin, in pixels: the blur of a scan and what alignment leaves.
_MARGIN = 2
_BRIDGE = 9
_SPECK_AREA = 7
_HALO, _FREE_SHARE = 4, 0.25


@dataclass(frozen=True, slots=True)
class RegisteredPage:
    """A filled page in the frame of its blank form.

    `fill` is the ink that people added, `text` the same with the form's letters, but not its rules;
    both have the blank form's shape. `flow` holds the offsets that local alignment found, in
    pixels of the blank form, `transform` leads from the page to the blank form.
    """

    fill: Ink
    text: Ink
    flow: NDArray[np.float32]
    transform: Transform

    @property
    def size(self) -> tuple[int, int]:
        """Return `(width, height)` in pixels."""
        return self.fill.shape[1], self.fill.shape[0]

    def on_page(self, box: Box) -> Box:
        """Return where a box of the blank form lies on the page, cut at the page's edge."""
        width, height = self.size
        x, y = box.center
        column = min(width - 1, max(0, int(x * width)))
        row = min(height - 1, max(0, int(y * height)))
        dx, dy = (float(offset) for offset in self.flow[row, column])
        moved = Box(
            box.x0 + dx / width, box.y0 + dy / height, box.x1 + dx / width, box.y1 + dy / height
        )
        found = self.transform.inverse().box(moved)
        return Box(*(min(1.0, max(0.0, edge)) for edge in found.as_list()))


def lay_onto(page: Image, transform: Transform, blank: Image) -> RegisteredPage:
    """Lay a page onto its blank form: by the transform, then piece by piece."""
    height, width = blank.shape[:2]
    blank_ink = (1.0 - grey(blank).astype(np.float32) / 255.0).astype(np.float32)
    page_ink = ink_of(page)
    roughly = np.clip(warped(page_ink, transform, (width, height)), 0.0, 1.0).astype(np.float32)
    flow = local_flow(blank_ink, roughly)
    ink = _drawn(page_ink, transform, flow)
    shade = shade_of(blank_ink)
    ink = np.maximum(ink - shade, 0.0)
    print_mask = np.asarray(blank_ink - shade > _DARK)
    fill = _without_print(ink, print_mask)
    text = np.where(grown(rules_of(print_mask), _MARGIN), fill, ink).astype(np.float32)
    return RegisteredPage(fill, text, flow, transform)


def _drawn(page_ink: Ink, transform: Transform, flow: NDArray[np.float32]) -> Ink:
    """Sample the page once, through the transform and the flow together, to keep it sharp."""
    height, width = flow.shape[:2]
    to_page = np.linalg.inv(
        pixel_matrix(transform, (page_ink.shape[1], page_ink.shape[0]), (width, height))
    ).astype(np.float32)
    xs, ys = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    xs, ys = xs + flow[..., 0], ys + flow[..., 1]
    depth = to_page[2, 0] * xs + to_page[2, 1] * ys + to_page[2, 2]
    map_x = (to_page[0, 0] * xs + to_page[0, 1] * ys + to_page[0, 2]) / depth
    map_y = (to_page[1, 0] * xs + to_page[1, 1] * ys + to_page[1, 2]) / depth
    drawn = cv2.remap(page_ink, map_x, map_y, cv2.INTER_CUBIC, borderValue=0.0)
    return np.asarray(np.clip(drawn, 0.0, 1.0), dtype=np.float32)


def _without_print(ink: Ink, print_mask: Mask) -> Ink:
    """Return the ink that is not the form's, with strokes that cross its print made whole."""
    erased = grown(print_mask, _MARGIN)
    free = np.where(erased, 0.0, ink).astype(np.float32)
    free = _without_crumbs(free, grown(print_mask, _HALO))
    bridged = np.maximum(
        cv2.morphologyEx(free, cv2.MORPH_CLOSE, np.ones((_BRIDGE, 1), np.uint8)),
        cv2.morphologyEx(free, cv2.MORPH_CLOSE, np.ones((1, _BRIDGE), np.uint8)),
    )
    whole = np.where(erased, np.minimum(bridged, ink), free)
    return np.asarray(whole, dtype=np.float32)


def _without_crumbs(fill: Ink, beside_print: Mask) -> Ink:
    """Drop specks, and the edges of print that scanning has swollen."""
    dark = fill > _DARK
    _, labels, stats, _ = cv2.connectedComponentsWithStats(dark.astype(np.uint8), connectivity=8)
    area = stats[:, cv2.CC_STAT_AREA]
    free = np.bincount(labels[dark & ~beside_print], minlength=len(area))
    kept = (area >= _SPECK_AREA) & (free >= _FREE_SHARE * area)
    kept[0] = False
    # The pale ends of strokes stay, or a comma becomes a full stop.
    near = grown(np.asarray(kept[labels]), 3)
    return np.where(near, fill, 0.0).astype(np.float32)
