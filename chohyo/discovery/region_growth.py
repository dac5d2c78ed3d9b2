"""Grow a line of writing to the free space that the form leaves for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.ruling import Ruling
from chohyo.extraction.masks import stretches

Mask = NDArray[np.bool_]

# In heights of the line: how far a rule may be to still bound a line that stands in no closed cell.
_RULE_REACH = 3.5
_REACH_BETWEEN_SIDES = 4
# And how much free paper a line takes where neither a rule nor print bounds it.
# To the right, at least this share of what the longest value took.
_PAPER_SHARE = 0.4
# A gap in a rule this long ends it; in a dotted one some dots are lost.
_RULE_GAP = 0.7
# A blank in the open is this near to the print behind it, and about as near to that before.
_MIDDLE, _ABOUT_AS_FAR = 3.0, 1.6
# What a blank in a line of print takes above and below the line, and how far its print is sought.
_LINE_MARGIN, _LINE_REACH = 0.3, 8.0
# Less ink than this, in squares of a line's height, is no letter but a crumb.
_LETTER_INK = 0.15
_PAPER_ABOVE, _PAPER_BELOW, _PAPER_LEFT, _PAPER_RIGHT = 0.35, 0.3, 0.3, 0.8


class Surroundings:
    """The print around the lines of one page: cells, rules, text."""

    def __init__(
        self,
        ruling: Ruling,
        cells: Sequence[PixelBox],
        remnants: Sequence[PixelBox] = (),
        dashed: frozenset[PixelBox] = frozenset(),
    ) -> None:
        self.dashed = dashed
        self._ruling = ruling
        self._remnants = remnants
        self._cells = sorted(cells, key=lambda c: c.area)
        inked = np.flatnonzero((ruling.text | ruling.lines).sum(axis=0) > 2)
        self._edge = int(inked[-1]) + 1 if len(inked) else ruling.text.shape[1]

    def with_gutters(self, strips: Sequence[PixelBox]) -> Surroundings:
        """Return the surroundings with rules in the middle of strips, in pixels of the fills."""
        down = self._ruling.down.copy()
        for strip in strips:
            x = strip.x0 + strip.x1
            down[2 * strip.y0 - 4 : 2 * strip.y1 + 4, x : x + 1] = True
        ruling = replace(self._ruling, down=down)
        return Surroundings(ruling, self._cells, self._remnants, self.dashed)

    @property
    def ruling(self) -> Ruling:
        """Return the lines of the page, and its print that is no line."""
        return self._ruling

    @property
    def cells(self) -> Sequence[PixelBox]:
        """Return the closed cells, the smallest first."""
        return self._cells

    def is_remnant(self, box: PixelBox) -> bool:
        """Say whether what seems to be printed there is left of values."""
        return any(cell.covers(box) > 0.5 for cell in self._remnants)

    def cell_of(self, box: PixelBox) -> PixelBox | None:
        """Return the smallest closed cell around the middle of the box."""
        x, y = box.center
        for cell in self._cells:
            if cell.x0 <= x < cell.x1 and cell.y0 <= y < cell.y1:
                return cell
        return None

    def bounds(self, box: PixelBox, line_height: float) -> PixelBox:
        """Return the space between the rules around the box, or between bare margins."""
        cell = self.cell_of(box)
        if cell is not None and cell.covers(box) > 0.6:
            return cell
        reach = _RULE_REACH * line_height
        if self._stands_between_sides(box):
            reach *= _REACH_BETWEEN_SIDES
        top, bottom = (
            self._rule_above(box, line_height, reach),
            self._rule_below(box, line_height, reach),
        )
        left, right = self._sides(box, bottom, line_height)
        return PixelBox(
            left,
            box.y0 - round(_PAPER_ABOVE * line_height) if top is None else top,
            right,
            box.y1 + round(_PAPER_BELOW * line_height) if bottom is None else bottom,
        )

    def text_between(self, upper: PixelBox, lower: PixelBox) -> bool:
        """Say whether print or a rule stands between two boxes, one over the other."""
        x0, x1 = max(upper.x0, lower.x0), max(min(upper.x1, lower.x1), max(upper.x0, lower.x0) + 1)
        rows = np.s_[min(upper.y1, lower.y0) : max(upper.y1, lower.y0), x0:x1]
        ruled = self._ruling.across[rows]
        return bool(self._ruling.text[rows].any() or (ruled.mean(axis=1) > 0.5).any())

    def is_parted(self, left: PixelBox, right: PixelBox) -> bool:
        """Say whether print or a rule stands between two boxes, side by side."""
        rows = slice(
            max(left.y0, right.y0), max(min(left.y1, right.y1), max(left.y0, right.y0) + 1)
        )
        between = np.s_[rows, left.x1 : right.x0]
        ruled = self._ruling.down[between].mean(axis=0) > 0.5
        return bool(self._ruling.text[between].any() or ruled.any())

    def has_text_left(self, box: PixelBox, reach: float) -> bool:
        """Say whether print stands directly to the left, before any rule."""
        x0 = max(0, box.x0 - round(reach))
        rows = _middle(box)
        rules = np.flatnonzero(self._ruling.down[rows, x0 : box.x0].mean(axis=0) > 0.5)
        start = x0 + (int(rules[-1]) if len(rules) else 0)
        return bool(self._ruling.text[rows, start : box.x0].any())

    def are_headed_apart(self, upper: PixelBox, lower: PixelBox, reach: float) -> bool:
        """Say whether each of two lines has print of its own to the left, as numbered rows have."""
        x1 = min(upper.x0, lower.x0)
        window = self._ruling.text[:, max(0, x1 - round(reach)) : x1]
        y0 = max(0, upper.y0 - upper.height)
        runs = stretches(window[y0 : lower.y1 + lower.height].any(axis=1)) + y0
        least = 0.4 * min(upper.height, lower.height)
        own = [
            {(a, b) for a, b in runs.tolist() if b - a >= least and a < box.center[1] < b}
            for box in (upper, lower)
        ]
        return all(own) and own[0].isdisjoint(own[1])

    def print_at(self, about: PixelBox) -> PixelBox | None:
        """Return the print that stands about here, with a margin: its place was guessed."""
        height = about.height
        x0 = max(0, about.x0 - height)
        window = self._ruling.text[about.y0 : about.y1, x0 : about.x1 + height]
        runs = stretches(window.any(axis=0))
        if not len(runs):
            return None
        gaps = runs[1:, 0] - runs[:-1, 1] > 0.28 * height
        # Letters of the word itself may stand apart, as in A 1.
        middles = (runs[1:, 0] + runs[:-1, 1]) / 2 + x0
        inset = min(0.25 * about.width, 0.6 * height)
        gaps &= (middles <= about.x0 + inset) | (middles >= about.x1 - inset)
        starts = runs[np.concatenate([[True], gaps]), 0] + x0
        stops = runs[np.concatenate([gaps, [True]]), 1] + x0
        nearest = int(np.argmin(np.abs((starts + stops) / 2 - about.center[0])))
        start, stop = int(starts[nearest]), int(stops[nearest])
        if stop - start > max(2.5 * about.width, 1.2 * height):
            start, stop = about.x0, about.x1
        rows = np.flatnonzero(self._ruling.text[about.y0 : about.y1, start:stop].any(axis=1))
        if not len(rows):
            return None
        top, bottom = about.y0 + int(rows[0]), about.y0 + int(rows[-1]) + 1
        word = PixelBox(start, top, stop, bottom)
        # As a pen goes around it: a little beyond, and no narrower than round.
        margin = round(0.35 * height)
        high = max(word.height, round(0.8 * height)) + margin
        wide = max(high, word.width + margin)
        x, y = word.center
        return PixelBox(
            round(x - wide / 2), round(y - high / 2), round(x + wide / 2), round(y + high / 2)
        )

    def has_text_right(self, box: PixelBox, reach: float) -> bool:
        """Say whether print stands directly to the right, before any rule."""
        rows, x1 = _middle(box), box.x1 + round(reach)
        rules = np.flatnonzero(self._ruling.down[rows, box.x1 : x1].mean(axis=0) > 0.5)
        stop = box.x1 + int(rules[0]) if len(rules) else x1
        return bool(self._ruling.text[rows, box.x1 : stop].any())

    def grown(
        self, box: PixelBox, line_height: float, bounds: PixelBox
    ) -> tuple[PixelBox, PixelBox]:
        """Return the free rectangles around the box within the bounds: no print inside.

        The first has the rows that are free near the box, the second all columns of its line.
        """
        text = self._ruling.text
        gap = max(2, round(0.12 * line_height))
        left = _last(_columns(text[_middle(box), bounds.x0 : box.x0]), bounds.x0, gap)
        right = _first(_columns(text[_middle(box), box.x1 : bounds.x1]), box.x1, bounds.x1, gap)
        near = round(2 * line_height)
        around_it = max(left, box.x0 - near), min(right, box.x1 + near)
        high = self._between_print(box, bounds, around_it)
        # Print further out in the rows that were taken narrows the box, never past the writing.
        rows = slice(high.y0, high.y1)
        x0 = max(left, _last(_columns(text[rows, left : box.x0]), left, gap))
        x1 = min(right, _first(_columns(text[rows, box.x1 : right]), box.x1, right, gap))
        high = high._replace(x0=min(x0, box.x0), x1=max(x1, box.x1))
        return high, self._between_print(box, bounds, (min(left, box.x0), max(right, box.x1)))

    def _between_print(self, box: PixelBox, bounds: PixelBox, columns: tuple[int, int]) -> PixelBox:
        """Return the rows around a box in which nothing is printed between two columns."""
        x0, x1 = columns
        text = self._ruling.text
        top = _last(_rows(text[bounds.y0 : box.y0, x0:x1]), bounds.y0, 1)
        bottom = _first(_rows(text[box.y1 : bounds.y1, x0:x1]), box.y1, bounds.y1, 1)
        return PixelBox(x0, min(top, box.y0), x1, max(bottom, box.y1))

    def on_its_line(self, box: PixelBox, room: PixelBox, line_height: float) -> PixelBox:
        """Return the room cut to the line of print that the box is a blank in, if it is one.

        It is where print stands beside it, unless that is all the print of its cell.
        """
        text, bounds = self._ruling.text, self.bounds(box, line_height)
        near = round(_LINE_REACH * line_height)
        before, behind = self.has_text_left(box, near), self.has_text_right(box, near)
        margin = round(_LINE_MARGIN * line_height)
        above = text[bounds.y0 : max(bounds.y0, box.y0 - margin), bounds.x0 : bounds.x1]
        below = text[box.y1 + margin : bounds.y1, bounds.x0 : bounds.x1]
        in_cell = self.cell_of(box) is not None
        letter = _LETTER_INK * line_height**2
        other_lines = above.sum() > letter or below.sum() > letter
        if not (before or behind) or (in_cell and not other_lines):
            return room
        beside = [
            slice(max(0, box.x0 - near), box.x0),
            slice(box.x1, box.x1 + near),
        ]
        top, bottom = self._line_of_print(box, bounds, beside)
        return PixelBox(room.x0, max(room.y0, top - margin), room.x1, min(room.y1, bottom + margin))

    def _line_of_print(
        self, box: PixelBox, bounds: PixelBox, beside: Sequence[slice]
    ) -> tuple[int, int]:
        """Return the rows of the print beside a box that belong to its line, and its own."""
        top, bottom = box.y0, box.y1
        for columns in beside:
            inked = self._ruling.text[bounds.y0 : bounds.y1, columns].any(axis=1)
            for start, stop in stretches(inked) + bounds.y0:
                shared = min(stop, box.y1) - max(start, box.y0)
                if shared > 0.5 * (stop - start) and stop - start < 2 * box.height:
                    top, bottom = min(top, int(start)), max(bottom, int(stop))
        return top, bottom

    def _stands_between_sides(self, box: PixelBox) -> bool:
        """Say whether vertical rules pass on both sides, reaching above and below the line."""
        rows = slice(max(0, box.y0 - box.height // 2), box.y1 + box.height // 2)
        down = self._ruling.down[rows].mean(axis=0) > 0.8
        return bool(down[: box.x0].any() and down[box.x1 :].any())

    def _rule_above(self, box: PixelBox, line_height: float, reach: float) -> int | None:
        start = max(0, box.y0 - round(reach))
        stop = box.y0 + round(0.25 * line_height)
        rows = self._ruling.across[start:stop, box.x0 : box.x1].mean(axis=1) > 0.6
        found = np.flatnonzero(rows)
        return start + int(found[-1]) + 1 if len(found) else None

    def _rule_below(self, box: PixelBox, line_height: float, reach: float) -> int | None:
        start = max(0, box.y1 - round(0.25 * line_height))
        stop = box.y1 + round(reach)
        rows = self._ruling.across[start:stop, box.x0 : box.x1].mean(axis=1) > 0.6
        found = np.flatnonzero(rows)
        return start + int(found[0]) if len(found) else None

    def _sides(self, box: PixelBox, bottom: int | None, line_height: float) -> tuple[int, int]:
        """Return how far a line may go to the left and right: to a rule, or the end of its own."""
        down = self._ruling.down[_middle(box)].mean(axis=0) > 0.5
        left_rules, right_rules = np.flatnonzero(down[: box.x0]), np.flatnonzero(down[box.x1 :])
        left = int(left_rules[-1]) + 1 if len(left_rules) else None
        right = box.x1 + int(right_rules[0]) if len(right_rules) else None
        if bottom is None:
            free = self.free_right(box)
            near_left = min(
                box.x0 - round(_PAPER_LEFT * line_height),
                self._as_far_left(box, free - box.x1, line_height),
            )
            if self.has_text_left(box, _LINE_REACH * line_height):
                # A blank behind a label goes on to a bracket, the next label, or the form's edge.
                return max(left or 0, near_left), free
            usual = box.x1 + round(max(_PAPER_RIGHT * line_height, _PAPER_SHARE * box.width))
            return max(left or 0, near_left), min(free, usual)
        start, stop = self._extent_of_rule(box, bottom)
        return max(left or 0, start), stop if right is None else min(right, stop)

    def _as_far_left(self, box: PixelBox, right: int, line_height: float) -> int:
        """Return where a blank before print begins: as far from its value as that, or at print.

        What is written between two letters of print stands in the middle, as in 年 5 月.
        """
        if right > _MIDDLE * line_height or not self.has_text_right(box, right + 2):
            return box.x0
        free = self.free_left(box)
        if free == box.x0:
            return box.x0 - right
        as_far = box.x0 - free <= _ABOUT_AS_FAR * right + 0.5 * line_height
        return free if as_far else box.x0

    def free_right(self, box: PixelBox) -> int:
        """Return where the free paper right of a box ends: at print, a rule, or the form's edge."""
        rows = _middle(box)
        ruled = _mostly(self._ruling.down[rows, box.x1 :])
        found = np.flatnonzero(self._ruling.text[rows, box.x1 :].any(axis=0) | ruled)
        return max(box.x1, box.x1 + int(found[0]) if len(found) else self._edge)

    def free_left(self, box: PixelBox) -> int:
        """Return where the free paper left of a box begins: behind print, a rule, or the edge."""
        rows = _middle(box)
        ruled = _mostly(self._ruling.down[rows, : box.x0])
        found = np.flatnonzero(self._ruling.text[rows, : box.x0].any(axis=0) | ruled)
        return int(found[-1]) + 1 + round(0.2 * box.height) if len(found) else box.x0

    def _extent_of_rule(self, box: PixelBox, row: int) -> tuple[int, int]:
        rows = np.asarray(self._ruling.across[max(0, row - 4) : row + 8].any(axis=0))
        gaps = _gaps(rows, round(_RULE_GAP * box.height))
        middle = (box.x0 + box.x1) // 2
        before, after = gaps[gaps < middle], gaps[gaps > middle]
        start = int(before[-1]) + 1 if len(before) else 0
        stop = int(after[0]) if len(after) else rows.size
        return min(start, box.x0), max(stop, box.x1)


def _gaps(inked: Mask, longest: int) -> NDArray[np.intp]:
    """Return the bare columns of a rule, but for gaps no longer than a dot that was lost leaves."""
    runs = [np.arange(a, b) for a, b in stretches(~inked) if b - a > longest]
    return np.concatenate(runs) if runs else np.zeros(0, np.intp)


def _middle(box: PixelBox) -> slice:
    inset = box.height // 6
    return slice(box.y0 + inset, max(box.y0 + inset + 1, box.y1 - inset))


def _mostly(rows: Mask) -> Mask:
    """Say which columns are set in more than half of the rows; none where there are no rows."""
    return np.asarray(2 * rows.sum(axis=0) > len(rows), dtype=np.bool_)


def _columns(mask: Mask) -> Mask:
    return np.asarray(mask.any(axis=0), dtype=np.bool_)


def _rows(mask: Mask) -> Mask:
    return np.asarray(mask.any(axis=1), dtype=np.bool_)


def _last(inked: Mask, start: int, gap: int) -> int:
    """Return the place behind the last inked column, or the start."""
    found = np.flatnonzero(inked)
    return start + int(found[-1]) + 1 + gap if len(found) else start


def _first(inked: Mask, start: int, stop: int, gap: int) -> int:
    """Return the place before the first inked column, or the end."""
    found = np.flatnonzero(inked)
    return start + int(found[0]) - gap if len(found) else stop
