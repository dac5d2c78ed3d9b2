"""The ruling of a form: its lines, the cells they close, small squares to tick, and underlines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.pixel_box import PixelBox

Mask = NDArray[np.bool_]

# In shares of the page's long side: on A4 at 200 dpi the shortest rule is 26 px, longer than the
# strokes of 10 pt print; no rule is thicker than 11 px.
_SHORTEST_RULE = 0.012
_THICKEST_RULE = 0.005
_SMALLEST_SQUARE, _LARGEST_SQUARE = 0.006, 0.02
# In pixels: how far the sides of a cell blur into it, and the least print in one.
_RIM, _LEAST_PRINT = 3, 12
# How much longer one side of a square is at most. In shares of the long side: how high frames are
# that are too low to write in. How wide these are in heights; in pixels, how far those of one size
# differ, and how many a form has.
_SQUARE = 1.35
_LOWEST_FRAME, _HIGHEST_FRAME = 0.003, 0.0115
_FLATTEST, _ONE_SIZE, _LEAST_FRAMES = 3.2, 5, 3
# In widths of what is inside: how large a thin frame is, and a thick one; so much of this is ink.
_THIN_FRAME, _THICK_FRAME, _SOLID = 1.6, 2.4, 0.93
# Of the long side: what is thicker underlines no blank. In pixels: where print below a line begins,
# and of its length, how much of each row there such print inks.
_THICKEST_UNDERLINE, _BELOW, _GOES_ON = 0.004, 4, 0.12
# So many corners D lacks, of a box at most one is lost; in widths, how near the next letter is.
_BARE_CORNERS, _NEXT_LETTER = 2, 0.35


@dataclass(frozen=True, slots=True)
class Ruling:
    """Lines of a form as masks of its image; `text` is the print that is no line."""

    across: Mask
    down: Mask
    text: Mask

    @property
    def lines(self) -> Mask:
        """Mask all lines."""
        return self.across | self.down

    def is_bare(self, cell: PixelBox) -> bool:
        """Say whether nothing is printed in a cell but the blur of its sides and crumbs."""
        inner = cell.inset(_RIM)
        return int(self.text[inner.y0 : inner.y1, inner.x0 : inner.x1].sum()) < _LEAST_PRINT


def find_ruling(print_mask: Mask) -> Ruling:
    """Part the print into horizontal lines, vertical lines and the rest."""
    long_side = max(print_mask.shape)
    across = _rules(print_mask, long_side, (1, 0))
    down = _rules(print_mask, long_side, (0, 1))
    lines = cv2.dilate((across | down).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return Ruling(across, down, np.asarray(print_mask & ~lines))


def _rules(print_mask: Mask, long_side: int, direction: tuple[int, int]) -> Mask:
    length = max(12, round(_SHORTEST_RULE * long_side))
    thickness = max(4, round(_THICKEST_RULE * long_side))
    ink = print_mask.astype(np.uint8)
    bridge = np.ones((1 + 4 * direction[1], 1 + 4 * direction[0]), np.uint8)
    line = np.ones((max(1, length * direction[1]), max(1, length * direction[0])), np.uint8)
    thick = np.ones((max(1, thickness * direction[0]), max(1, thickness * direction[1])), np.uint8)
    drawn = cv2.morphologyEx(cv2.morphologyEx(ink, cv2.MORPH_CLOSE, bridge), cv2.MORPH_OPEN, line)
    # Solid bars and letters of a headline are longer than a rule is, but thicker too.
    solid = cv2.morphologyEx(drawn, cv2.MORPH_OPEN, thick)
    thin = (drawn > 0) & (cv2.dilate(solid, np.ones((3, 3), np.uint8)) == 0)
    return _without_baselines(thin, print_mask, 4 * length)


def _without_baselines(lines: Mask, print_mask: Mask, sure: int) -> Mask:
    """Drop short runs that bridging made of the feet of letters: they have too many gaps."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(lines.astype(np.uint8), connectivity=8)
    inked = np.bincount(labels[lines & print_mask], minlength=len(stats))
    long = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) >= sure
    kept = long | (inked >= 0.85 * stats[:, cv2.CC_STAT_AREA])
    kept[0] = False
    return np.asarray(kept[labels])


def find_cells(ruling: Ruling) -> list[PixelBox]:
    """Return the rectangles that lines close on all sides, largest dimension a page's width."""
    height, width = ruling.across.shape
    lines = cv2.morphologyEx(
        ruling.lines.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)
    )
    _, _, stats, _ = cv2.connectedComponentsWithStats((lines == 0).astype(np.uint8), connectivity=4)
    least = max(8, round(0.005 * max(width, height)))
    cells = []
    for x, y, w, h, area in stats[1:]:
        touches_edge = x == 0 or y == 0 or x + w == width or y + h == height
        if touches_edge or w < least or h < least or area < 0.85 * w * h:
            continue
        cells.append(PixelBox(int(x), int(y), int(x + w), int(y + h)))
    return cells


def find_squares(print_mask: Mask, most_ink: float = 0.1) -> list[PixelBox]:
    """Return small squares that stand alone: boxes to tick, their own lines included.

    `most_ink` is the share of a square's inside that may be inked: print, not ticks.
    """
    long_side = max(print_mask.shape)
    least, most = _SMALLEST_SQUARE * long_side, _LARGEST_SQUARE * long_side

    def is_small_square(hole: PixelBox) -> bool:
        longer, shorter = max(hole.width, hole.height), min(hole.width, hole.height)
        return least <= longer <= most and longer <= _SQUARE * shorter

    return _frames(print_mask, is_small_square, most_ink)


def find_flat_frames(print_mask: Mask) -> list[PixelBox]:
    """Return small frames that are wider than high, and too low to write in: boxes to tick as well.

    There are several of one size on a form, or it has none of them.
    """
    long_side = max(print_mask.shape)

    def is_flat(hole: PixelBox) -> bool:
        low = _LOWEST_FRAME * long_side <= hole.height <= _HIGHEST_FRAME * long_side
        return low and _SQUARE * hole.height < hole.width <= _FLATTEST * hole.height

    frames = _frames(print_mask, is_flat, 0.1)
    return [
        frame
        for frame in frames
        if sum(_are_one_size(frame, other) for other in frames) >= _LEAST_FRAMES
    ]


def _are_one_size(one: PixelBox, other: PixelBox) -> bool:
    widths, heights = abs(one.width - other.width), abs(one.height - other.height)
    return max(widths, heights) <= _ONE_SIZE


def _frames(print_mask: Mask, fits: Callable[[PixelBox], bool], most_ink: float) -> list[PixelBox]:
    """Return the frames that stand alone around holes that fit."""
    contours, hierarchy = cv2.findContours(
        print_mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE
    )
    frames = []
    for contour, (_, _, _, parent) in zip(
        contours, hierarchy[0] if hierarchy is not None else (), strict=True
    ):
        if parent < 0:
            continue
        hole = PixelBox(*_as_corners(cv2.boundingRect(contour)))
        if not fits(hole):
            continue
        outer = PixelBox(*_as_corners(cv2.boundingRect(contours[parent])))
        square = _is_square_hole(np.asarray(contour, np.int32), hole)
        if (
            square
            and _stands_alone(print_mask, hole, outer, most_ink)
            and not _is_letter(print_mask, outer)
        ):
            frames.append(outer)
    return frames


def _as_corners(rectangle: Sequence[int]) -> tuple[int, int, int, int]:
    x, y, w, h = rectangle
    return x, y, x + w, y + h


def _is_square_hole(contour: NDArray[np.int32], hole: PixelBox) -> bool:
    inside = (hole.width - 1) * (hole.height - 1)
    return bool(cv2.contourArea(contour) >= 0.8 * inside)


def _stands_alone(print_mask: Mask, hole: PixelBox, outer: PixelBox, most_ink: float) -> bool:
    """Say whether the frame is no larger than a square's own line, so no letter and no table."""
    larger = max(outer.width / hole.width, outer.height / hole.height)
    if larger > _THIN_FRAME and not (larger <= _THICK_FRAME and _is_solid(print_mask, hole, outer)):
        return False
    inner = hole.inset(max(2, hole.width // 8))
    inked = print_mask[inner.y0 : inner.y1, inner.x0 : inner.x1]
    return bool(inked.mean() < most_ink)


def _is_solid(print_mask: Mask, hole: PixelBox, outer: PixelBox) -> bool:
    """Say whether a frame is all ink, to its corners, as one with a shade is and no letter."""
    inked = int(print_mask[outer.y0 : outer.y1, outer.x0 : outer.x1].sum())
    inked -= int(print_mask[hole.y0 : hole.y1, hole.x0 : hole.x1].sum())
    return inked >= _SOLID * (outer.area - hole.area)


def _is_letter(print_mask: Mask, box: PixelBox) -> bool:
    """Say whether a box lacks corners as D and O do, with the next letter directly beside."""
    size = max(2, box.width // 8)
    view = print_mask[box.y0 : box.y1, box.x0 : box.x1]
    corners = (
        view[:size, :size], view[:size, -size:], view[-size:, :size], view[-size:, -size:],
    )  # fmt: skip
    if sum(not corner.any() for corner in corners) < _BARE_CORNERS:
        return False
    reach = round(_NEXT_LETTER * box.width)
    rows = slice(box.y0, box.y1)
    left = print_mask[rows, max(0, box.x0 - reach) : box.x0]
    return bool(left.any() or print_mask[rows, box.x1 : box.x1 + reach].any())


def find_underlines(ruling: Ruling, print_mask: Mask, least_width: float = 0.025) -> list[PixelBox]:
    """Return solid horizontal lines that no vertical line meets: blanks to write on."""
    height, width = ruling.across.shape
    _, _, stats, _ = cv2.connectedComponentsWithStats(
        ruling.across.astype(np.uint8), connectivity=8
    )
    underlines = []
    for x, y, w, h, _ in stats[1:]:
        if w < least_width * width or h > max(6, _THICKEST_UNDERLINE * height) or w > 0.8 * width:
            continue
        if _heads_letters(print_mask[y + h + 1 : y + h + 1 + _BELOW, x : x + w]):
            continue
        reach = 4
        meets = ruling.down[
            max(0, y - reach) : y + h + reach, max(0, x - reach) : x + w + reach
        ].any()
        drawn = print_mask[y : y + h, x : x + w].any(axis=0).mean()
        if not meets and drawn > 0.9:
            underlines.append(PixelBox(int(x), int(y), int(x + w), int(y + h)))
    return underlines


def _heads_letters(below: Mask) -> bool:
    """Say whether print goes on in all rows below a line: it is the heads of bold letters."""
    return bool(below.size) and float(below.mean(axis=1).min()) >= _GOES_ON


def comb_rows(cells: Sequence[PixelBox], most_width: float, least: int = 3) -> list[list[PixelBox]]:
    """Return runs of equal narrow cells side by side, one letter a cell: `least` or more of them.

    `most_width` is the widest a comb's cell may be, in pixels.
    """
    narrow = sorted(
        (c for c in cells if c.width <= most_width and c.width <= 1.6 * c.height),
        key=lambda c: c.x0,
    )
    rows: list[list[PixelBox]] = []
    for cell in narrow:
        row = next((r for r in rows if _continues(r, cell)), None)
        if row is None:
            rows.append([cell])
        else:
            row.append(cell)
    return [row for row in rows if len(row) >= least]


def _continues(row: Sequence[PixelBox], cell: PixelBox) -> bool:
    last = row[-1]
    return (
        last.shares_row(cell, 0.8)
        and -2 <= last.gap_x(cell) <= 0.4 * last.width + 4
        and abs(last.width - cell.width) <= 0.3 * last.width + 2
        and abs(last.height - cell.height) <= 0.2 * last.height + 2
    )
