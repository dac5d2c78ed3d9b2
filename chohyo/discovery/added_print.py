"""See whether what divides copies is print that one edition has and the other lacks.

Ink on one side only is mostly an entry or a stamp, and where several copies have the same one it
looks as printed as print. But nobody writes rules with words; and an entry stands in a cell, on a
rule or alone, where a line that an edition added stands in a block of print: at the pitch of its
lines, at their edge, and as tall as they are.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.side_print import Image, Ink, Sides, are_steady, common_ink
from chohyo.extraction.masks import stretches

_INK = 70
_LEAST_CHARACTERS = 8  # heights of a line that it is long
_TALLEST, _LOWEST = 40, 8  # px of a line at a long side of 1,600
_PITCH = 2.6  # heights from one line's foot to the next one's
_EDGE = 6  # px
_BEFORE = 4  # heights to the left of a line that are paper
_AS_TALL = (0.75, 1.35)
# What is looked at around a place: the next line of the tallest ones, and the paper before it.
_ROWS_AROUND, _COLUMNS_AROUND = round(_PITCH * _TALLEST) + 1, _BEFORE * _TALLEST + 1
_JOINED = 2.0  # heights between the characters of a line
_RULE = 60  # px
_LONG_RULE = np.ones((1, 120), np.uint8)
_RULE_HEIGHT = 8  # px
_ON_RULE = 5  # px from a rule that strikes print out
_STRUCK = 0.1  # of a rule's length
_WORDS = 60  # px of ink
_GONE = 0.15  # of the line's ink, on the side that lacks it


def is_added_print(copies: Image, sides: Sides, place: tuple[int, int, int, int]) -> bool:
    """Say whether a place shows a line of print, or a rule with words, that one side alone has.

    Args:
        copies: softened ink in one frame, shape (n, height, width).
        sides: 0 or 1 by copy; copies with other values are not told by.
        place: top, left, bottom and right of the cells that divide them, in px.
    """
    top, left, bottom, right = place
    y, x = max(0, top - _ROWS_AROUND), max(0, left - _COLUMNS_AROUND)
    copies = copies[:, y : bottom + _ROWS_AROUND, x : right + _COLUMNS_AROUND]
    place = (top - y, left - x, bottom - y, right - x)
    shown = [common_ink(copies[sides == side]) for side in (0, 1)]
    here = (slice(place[0], place[2]), slice(place[1], place[3]))
    more = int(shown[1][here].sum() > shown[0][here].sum())
    both = np.minimum(*shown)
    having, lacking = (copies[sides == side] for side in (more, 1 - more))
    if _is_blank_to_fill(having[:, *here], lacking[:, *here], both[here]):
        return True
    line = _line_in(np.maximum(shown[more] - shown[1 - more], 0), place)
    if line is None or _lost(shown[1 - more], shown[more], line) > _GONE:
        return False
    steady = are_steady(having[:, line.y0 : line.y1, line.x0 : line.x1])
    return steady and not _has_rules(both, line) and _continues(both, line)


def _is_blank_to_fill(having: Image, lacking: Image, both: Ink) -> bool:
    """Say whether most copies of one side have a rule with words, and of the other have neither.

    A rule alone may be lost to a fax or a pale scan.
    """
    there = np.quantile(having, 0.25, axis=0) > _INK
    added = there & (np.quantile(lacking, 0.75, axis=0) < _INK / 2)
    rule = cv2.morphologyEx(added.astype(np.uint8), cv2.MORPH_OPEN, _LONG_RULE).astype(np.bool_)
    rows, columns = np.flatnonzero(rule.any(axis=1)), np.flatnonzero(rule.any(axis=0))
    if not len(rows) or rows[-1] - rows[0] >= _RULE_HEIGHT:
        return False
    near = slice(max(0, rows[0] - _ON_RULE), rows[-1] + _ON_RULE + 1)
    # Print that it runs through was struck out.
    struck = float(np.any(both[near, columns] > _INK, axis=0).mean()) > _STRUCK
    added[near] = False
    return not struck and int(added.sum()) >= _WORDS


def _line_in(ink: Ink, place: tuple[int, int, int, int]) -> PixelBox | None:
    """Return the one line of characters in a place, None where there is another thing."""
    top, left, bottom, right = place
    dark = ink[top:bottom, left:right] > _INK
    if not dark.any():
        return None
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    line = PixelBox(
        left + int(columns[0]), top + int(rows[0]), left + int(columns[-1]) + 1,
        top + int(rows[-1]) + 1,
    )  # fmt: skip
    long = line.width >= _LEAST_CHARACTERS * line.height
    widest = int(np.diff(columns).max(initial=1))
    whole = widest <= _JOINED * line.height
    return line if _LOWEST <= line.height <= _TALLEST and long and whole else None


def _lost(lacking: Ink, having: Ink, line: PixelBox) -> float:
    """Return how much ink the side without the line has in its place, of the line's ink."""
    area = (slice(line.y0, line.y1), slice(line.x0, line.x1))
    return float(lacking[area].sum()) / max(1.0, float(having[area].sum()))


def _has_rules(both: Ink, line: PixelBox) -> bool:
    """Say whether rules run along a line: what stands on one was written there."""
    reach = line.height
    top, left = max(0, line.y0 - reach), max(0, line.x0 - reach)
    around = (both[top : line.y1 + reach, left : line.x1 + reach] > _INK).astype(np.uint8)
    kernels = (np.ones((1, _RULE), np.uint8), np.ones((2 * reach, 1), np.uint8))
    return any(bool(cv2.morphologyEx(around, cv2.MORPH_OPEN, each).any()) for each in kernels)


def _continues(both: Ink, line: PixelBox) -> bool:
    """Say whether a line that all copies have stands above or below, alike in edge and height."""
    pitch, before = round(_PITCH * line.height), max(0, line.x0 - _BEFORE * line.height)
    for near, far in ((line.y0 - pitch, line.y0), (line.y1, line.y1 + pitch)):
        block = both[max(0, near) : far, before : line.x1] > _INK
        for rows in _runs(np.any(block, axis=1)):
            columns = before + np.flatnonzero(block[rows].any(axis=0))
            tall = (rows.stop - rows.start) / line.height
            wide = columns[-1] - columns[0] >= _LEAST_CHARACTERS * line.height
            begins = abs(int(columns[0]) - line.x0) <= _EDGE
            if begins and wide and _AS_TALL[0] <= tall <= _AS_TALL[1]:
                return True
    return False


def _runs(inked: NDArray[np.bool_]) -> list[slice]:
    """Return the runs of rows with ink that end within what is looked at."""
    return [slice(a, b) for a, b in stretches(inked).tolist() if a > 0 and b < len(inked)]
