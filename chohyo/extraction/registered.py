"""A page laid exactly onto its blank form, with the form's own print taken away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Box, Transform
from chohyo.extraction.alignment import local_flow
from chohyo.extraction.ink import (
    Image,
    Ink,
    grey,
    ink_of,
    pixel_matrix,
    shade_of,
    warped,
    within_bounds,
    without_shade,
)
from chohyo.extraction.marks import MarkedInk
from chohyo.extraction.masks import Mask, as_bytes, grown, rules_of
from chohyo.extraction.pieces import Pieces
from chohyo.extraction.placement import lies_in_place
from chohyo.extraction.print_lines import FormPrint
from chohyo.extraction.shown_print import MARGIN, print_on
from chohyo.extraction.walls import on_walls, touching, walls_in

_DARK = 0.3
_INK_OF_GREY = (1.0 - np.arange(256, dtype=np.float32) / 255.0).astype(np.float32)
_BRIDGE = 9
_SPECK_AREA = 7
_HALO, _FREE_SHARE = 4, 0.25
# A watermark is paler than writing and, to either side of its middle, wider; in pixels. Dense kanji
# of small print look as broad, but are no longer than letters are.
_PALE, _BROAD, _LONG = 0.5, 4.0, 60
# Ink is paper's noise, or a rule too pale for print, where its surroundings are no darker than this
# many spreads above paper.
_NOISE_SPREADS, _LEAST_NOISE, _MOST_NOISE = 5.0, 0.22, 0.25


@dataclass(frozen=True, slots=True)
class RegisteredPage:
    """A filled page in the frame of its blank form.

    `fill` is the ink that people added, cleaned of dirt, to tell where something is written.
    `written` is the same for reading: its soft strokes, commas and full stops are all there;
    `kept` is that with the print that stands free in boxes, which may be part of a value. `text` is
    `written` with the form's letters, but not its rules. `form` is the blank form's print, `marks`
    is what ticks and rings are told by, `walls` parts boxes into cells, `ink` is all that the page
    shows. All have the blank form's shape. `flow` holds the offsets that local alignment found, in
    pixels of the blank form, `transform` leads from the page to the blank form. `lies` says whether
    the form's print is where it belongs.
    """

    fill: Ink
    written: Ink
    kept: Ink
    text: Ink
    form: FormPrint
    marks: MarkedInk
    walls: Mask
    ink: Ink
    flow: NDArray[np.float32]
    transform: Transform
    lies: bool

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


def lay_onto(
    page: Image, transform: Transform, blank: Image, written_into: Sequence[Box] = ()
) -> RegisteredPage:
    """Lay a page onto its blank form: by the transform, then piece by piece.

    In the boxes that are written into, print is told from values that are left on the blank form.
    """
    height, width = blank.shape[:2]
    blank_ink = np.asarray(cv2.LUT(grey(blank), _INK_OF_GREY), np.float32)
    page_ink = ink_of(page)
    roughly = within_bounds(warped(page_ink, transform, (width, height)))
    flow = local_flow(blank_ink, roughly)
    ink = _drawn(page_ink, transform, flow)
    ink = without_shade(ink)
    form = FormPrint.of(np.asarray(blank_ink - shade_of(blank_ink) > _DARK))
    print_mask, free = print_on(ink, blank_ink, form, written_into)
    quiet = _without_noise(ink)
    walls = walls_in(print_mask, written_into)
    fill, written = _without_print(ink, quiet, print_mask, walls)
    free &= ~touching(print_mask, walls)
    kept = np.where(grown(free, MARGIN + 1), quiet, written)
    text = np.where(grown(rules_of(print_mask), MARGIN), written, quiet)
    marks = ink * ~grown(print_mask, 1)
    rings = quiet * ~grown(form.rules, 1)
    return RegisteredPage(
        fill, written, kept, text, form, MarkedInk(fill, marks, rings, form.all), walls,
        ink, flow, transform, lies_in_place(ink, form.all),
    )  # fmt: skip


def _drawn(page_ink: Ink, transform: Transform, flow: NDArray[np.float32]) -> Ink:
    """Sample the page once, through the transform and the flow together, to keep it sharp."""
    height, width = flow.shape[:2]
    to_page = np.linalg.inv(
        pixel_matrix(transform, (page_ink.shape[1], page_ink.shape[0]), (width, height))
    ).astype(np.float32)
    places = flow.copy()
    places[..., 0] += np.arange(width, dtype=np.float32)
    places[..., 1] += np.arange(height, dtype=np.float32)[:, None]
    on_page = cv2.perspectiveTransform(places, to_page)
    # One map of both coordinates: cut in two it would be copied.
    none = np.empty(0, np.float32)
    drawn = cv2.remap(page_ink, on_page, none, cv2.INTER_CUBIC, borderValue=0.0)
    return within_bounds(drawn)


def _without_noise(ink: Ink) -> Ink:
    """Return the ink on bare paper: a patch of noise on white reads as letters at its edges."""
    calm = cv2.GaussianBlur(ink, (0, 0), 1.0)
    sample = calm[::4, ::4]
    paper = float(np.median(sample))
    spread = 1.48 * float(np.median(np.abs(sample - paper)))
    level = min(_MOST_NOISE, max(_LEAST_NOISE, paper + _NOISE_SPREADS * spread))
    strokes = grown(calm > level, 3)
    bare = ink[::2, ::2][~strokes[::2, ::2]]
    floor = min(_MOST_NOISE, float(np.percentile(bare, 90))) if bare.size else 0.0
    quiet = ink - np.float32(floor)
    np.maximum(quiet, 0.0, out=quiet)
    quiet /= np.float32(1.0 - floor)
    quiet *= strokes
    return quiet


def _without_print(ink: Ink, quiet: Ink, print_mask: Mask, walls: Mask) -> tuple[Ink, Ink]:
    """Return the ink that is not the form's, cleaned to tell where it is, and soft to read it.

    Strokes that cross print are made whole, and so are those that lie on walls between cells.
    """
    erased = grown(print_mask, MARGIN)
    free = ink * ~erased
    beside = grown(print_mask, _HALO)
    kept = _kept(free, beside)
    fill = free * kept
    soft = quiet * ~(erased | (beside & ~kept))
    back = on_walls(ink, walls, np.asarray(fill > _DARK))
    fill, soft = _whole(fill, erased, ink), _whole(soft, erased, quiet)
    fill[back], soft[back] = ink[back], quiet[back]
    return fill, soft


def _whole(free: Ink, erased: Mask, ink: Ink) -> Ink:
    """Bridge, in place, the strokes that erasing print has cut, where there was ink.

    Grains of paper on both sides of a rule are no stroke.
    """
    # Bytes close eight times as fast as floats.
    levels = (255.0 * cv2.GaussianBlur(free, (0, 0), 1.0)).astype(np.uint8)
    places = np.flatnonzero(erased)
    down, across = (
        cv2.morphologyEx(levels, cv2.MORPH_CLOSE, np.ones(window, np.uint8)).reshape(-1)[places]
        for window in ((_BRIDGE, 1), (1, _BRIDGE))
    )
    bridged = np.maximum(down, across).astype(np.float32) / np.float32(255.0)
    free.reshape(-1)[places] = np.minimum(bridged, ink.reshape(-1)[places])
    return free


def _watermark(fill: Ink, strokes: Pieces) -> Mask:
    """Say of each stroke whether it is pale and broad, as a pen's or a printer's are not."""
    total = np.bincount(strokes.numbers, weights=strokes.at(fill), minlength=strokes.count)
    pale = total / np.maximum(strokes.area, 1) < _PALE
    pale[0] = False
    left, top, right, bottom = strokes.extents
    long = pale & (np.maximum(right - left, bottom - top) > _LONG)
    if not long.any():
        return np.asarray(long)
    closed = cv2.morphologyEx(
        as_bytes(strokes.mask_of(pale)), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)
    )
    broad = cv2.distanceTransform(closed, cv2.DIST_L2, 3) > _BROAD
    return np.asarray(long & (strokes.shared(broad) > 0))


def _kept(fill: Ink, beside_print: Mask) -> Mask:
    """Mask what is written: neither specks nor the edges of print that scanning has swollen."""
    strokes = Pieces(fill > _DARK)
    area = strokes.area
    kept = (area >= _SPECK_AREA) & (strokes.shared(~beside_print) >= _FREE_SHARE * area)
    kept &= ~_watermark(fill, strokes)
    # The pale ends of strokes stay, or a comma becomes a full stop.
    return grown(strokes.mask_of(kept), 3)
