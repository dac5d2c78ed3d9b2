"""Take entries that copies share out of the print of a blank form.

Copies that write 令和, or names of one first letter, leave it where most of them have ink, as they
have where the form is printed. What stands beside writing is weighed by its signs (`entry_signs`);
the trees that do so were fitted by `eval.schema.entry_fit` and lie in `entry_trees.json`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import takewhile
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.entry_signs import EntrySigns, Piece
from chohyo.discovery.fill_marks import Mark, barriers_of, find_circles, find_writing, halved
from chohyo.discovery.pixel_box import PixelBox, around
from chohyo.discovery.ruling import Ruling, find_ruling, find_squares
from chohyo.models.boosted_trees import Tree, log_odds

if TYPE_CHECKING:
    from chohyo.discovery.blank_form import BlankForm

Mask = NDArray[np.bool_]

# In shares of the page's long side: how high letters are.
_LOWEST, _HIGHEST = 0.005, 0.02
# In heights of the writing: how near to it a piece begins, how near its letters are to each other,
# and how wide and how narrow it is: what is narrower is the side of a box to tick.
_APART, _WITHIN, _LONGEST, _NARROWEST = 0.5, 0.3, 3.0, 0.22
_LEAST_AREA = 6
# The log-odds from which on a piece is an entry. On forms left out the trees find 118 of 160
# entries and take 7 of 409 pieces of print; at 0.0 it is 137 and 15, and what a form prints it
# repeats. With letters left alone that the form has elsewhere it is 100 and 4. All this was counted
# before sides of cells, and print that stands alone on a copy, were left alone, too.
ODDS = 1.0
# In pixels: letters of one size; so many of them are compared.
_OTHER_SIZE, _MOST_COMPARED = 2, 200
# From how like on another letter of the form is the same one, as 年 is, where both are so wide in
# heights of the line: what is narrower, as digits are, is like many.
_SAME_LETTER, _WIDE = 0.85, 0.6
# What lies so far in a ring is what the ring is around, or the ring itself.
_IN_RING = 0.5
# In pixels: how near rules are to what stands between them; of its width, along how much of it.
_TO_RULE, _ALONG_RULE = 4, 0.5
# Pieces that follow each other from one mark: names of several letters that most copies share.
_MOST_PIECES = 6


@dataclass(frozen=True, slots=True)
class Candidate:
    """A piece of print beside writing, the labels of its letters, and its signs.

    `repeated` says whether it is as wide as a letter, and printed elsewhere on the form, too.
    """

    box: PixelBox
    letters: tuple[int, ...]
    signs: tuple[float, ...]
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class _Letters:
    """The pieces of print that are no rules: boxes (m, 4), their ink 0..255, and their labels."""

    boxes: NDArray[np.int64]
    ink: NDArray[np.float64]
    area: NDArray[np.int64]
    labels: NDArray[np.int32]
    usual: float


class Entries:
    """The print of a blank form that may be entries of its copies."""

    def __init__(self, blank: BlankForm) -> None:
        """Take a blank form as the copies' common ink gives it."""
        ruling = find_ruling(blank.constant_ink)
        self._lines = ruling.lines
        self._copies = blank.copies
        self._long_side = max(blank.image.shape)
        squares = find_squares(blank.constant_ink, most_ink=0.4)
        self._letters = _letters(_text_of(blank.constant_ink, ruling, squares), blank.image)
        self._signs = EntrySigns(blank, ruling.text)
        circles = find_circles(blank.fills, halved(ruling.text), barriers_of(blank.constant_ink))
        self._rings = [mark.scaled(2).box for mark in circles]
        barriers = barriers_of(ruling.text | ruling.lines)
        marks = [mark.scaled(2) for mark in find_writing(blank.fills, barriers)]
        self._marks = [mark for mark in marks if self._is_writing(mark, squares)]

    def _is_writing(self, mark: Mark, squares: Sequence[PixelBox]) -> bool:
        if mark.line_height < _LOWEST * self._long_side or mark.box.height > 2 * mark.line_height:
            return False
        if any(ring.covers(mark.box) > _IN_RING for ring in self._rings):
            return False
        return not any(square.covers(mark.box) > 0 for square in squares)

    def mask(self) -> Mask:
        """Mask the pieces that are likely to be entries."""
        gone: set[int] = set()
        for pieces in self.beside_writing():
            for piece in takewhile(_is_entry, pieces):
                gone.update(piece.letters)
        return np.isin(self._letters.labels, sorted(gone))

    def beside_writing(self) -> Iterator[Iterator[Candidate]]:
        """Yield for both sides of each mark the pieces of print that follow, the nearest first.

        Each has the signs that it has if all before it was written.
        """
        for mark in self._marks:
            for side in (-1, 1):
                yield self._following(mark, side)

    def pixels(self, piece: Candidate) -> Mask:
        """Mask a piece in its box."""
        box = piece.box
        return np.isin(self._letters.labels[box.y0 : box.y1, box.x0 : box.x1], piece.letters)

    def _following(self, mark: Mark, side: int) -> Iterator[Candidate]:
        box, height = mark.box, mark.line_height
        filled = len(mark.copies) / self._copies
        near = self._near(box, height)
        for _ in range(_MOST_PIECES):
            run = self._run(box, height, near, side)
            if not run:
                return
            piece = around(PixelBox(*map(int, self._letters.boxes[n])) for n in run)
            if not _NARROWEST * height <= piece.width <= _LONGEST * height:
                return
            if any(ring.covers(piece) > _IN_RING for ring in self._rings):
                return
            if self._parts_cells(piece):
                return
            own = self.pixels(Candidate(piece, tuple(run), ()))
            if self._signs.is_alone(piece, own, height):
                return
            yield self._candidate(piece, run, own, box, (height, filled, side))
            box = around([box, piece])
            near = near[~np.isin(near, run)]

    def _parts_cells(self, piece: PixelBox) -> bool:
        """Say whether a piece reaches from rule to rule, as the thick side of a cell does."""
        over = self._lines[max(0, piece.y0 - _TO_RULE) : piece.y0, piece.x0 : piece.x1]
        under = self._lines[piece.y1 : piece.y1 + _TO_RULE, piece.x0 : piece.x1]
        return all(float(side.any(axis=0).mean()) >= _ALONG_RULE for side in (over, under))

    def _candidate(
        self,
        box: PixelBox,
        run: Sequence[int],
        pixels: Mask,
        mark: PixelBox,
        line: tuple[float, float, int],
    ) -> Candidate:
        height, filled, side = line
        weights = self._letters.area[list(run)]
        ink = float((self._letters.ink[list(run)] * weights).sum() / weights.sum())
        own = Piece(box, pixels, side, ink / self._letters.usual)
        recurs = self._recurs(run)
        signs = (*self._signs.of(own, mark, height, filled), recurs)
        repeated = recurs >= _SAME_LETTER and box.width >= _WIDE * height
        return Candidate(box, tuple(run), signs, repeated)

    def _recurs(self, run: Sequence[int]) -> float:
        """Return how like its largest letter the likest other one on the form is.

        The form prints the letters of its units and labels in more than one place.
        """
        boxes = self._letters.boxes
        largest = max(run, key=lambda number: int(self._letters.area[number]))
        mine = self._mask_of(largest)
        size = boxes[:, 2:] - boxes[:, :2]
        alike = np.abs(size - size[largest]).max(axis=1) <= _OTHER_SIZE
        alike &= np.abs(self._letters.area - self._letters.area[largest]) <= mine.sum() // 3
        alike[[0, *run]] = False
        others = np.flatnonzero(alike)[:_MOST_COMPARED].tolist()
        return max((_likeness(mine, self._mask_of(number)) for number in others), default=0.0)

    def _mask_of(self, number: int) -> Mask:
        x0, y0, x1, y1 = self._letters.boxes[number].tolist()
        return np.asarray(self._letters.labels[y0:y1, x0:x1] == number)

    def _near(self, box: PixelBox, height: float) -> NDArray[np.intp]:
        """Return the letters on a mark's line, by label."""
        x0, y0, x1, y1 = self._letters.boxes.T
        shared = np.minimum(y1, box.y1) - np.maximum(y0, box.y0)
        reach = _MOST_PIECES * _LONGEST * height
        return np.flatnonzero(
            (shared >= 0.6 * (y1 - y0))
            & (self._letters.area >= _LEAST_AREA)
            & (x1 > box.x0 - reach)
            & (x0 < box.x1 + reach)
        )

    def _run(self, box: PixelBox, height: float, near: NDArray[np.intp], side: int) -> list[int]:
        """Return the letters that follow each other closely from a box's end, nearest first."""
        boxes = self._letters.boxes
        run: list[int] = []
        edge = box.x0 if side < 0 else box.x1
        ends = boxes[near, 2] if side < 0 else boxes[near, 0]
        beyond = boxes[near, 0] < edge if side < 0 else boxes[near, 2] > edge
        for place in np.argsort(side * ends, kind="stable").tolist():
            gap = side * (int(ends[place]) - edge)
            if not beyond[place] or gap <= -0.6 * height:
                continue
            if gap > (_WITHIN if run else _APART) * height:
                break
            number = int(near[place])
            run.append(number)
            start, end = int(boxes[number, 0]), int(boxes[number, 2])
            edge = min(edge, start) if side < 0 else max(edge, end)
        return run


def _likeness(mine: Mask, other: Mask) -> float:
    """Return the overlap of two letters of about one size, at best, moved by a pixel."""
    height, width = (max(a, b) + 2 for a, b in zip(mine.shape, other.shape, strict=True))
    frame = np.zeros((height, width), np.bool_)
    frame[1 : 1 + other.shape[0], 1 : 1 + other.shape[1]] = other
    best = 0.0
    for top in range(height - mine.shape[0] + 1):
        for left in range(width - mine.shape[1] + 1):
            shared = int((frame[top:, left:][: mine.shape[0], : mine.shape[1]] & mine).sum())
            best = max(best, shared / max(1, int(mine.sum()) + int(other.sum()) - shared))
    return best


def left_entries(blank: BlankForm) -> Mask:
    """Mask the print of a blank form that is entries of its copies."""
    return Entries(blank).mask()


def _is_entry(piece: Candidate) -> bool:
    prior, trees = _trees()
    return not piece.repeated and log_odds(trees, piece.signs, prior) > ODDS


def _text_of(ink: Mask, ruling: Ruling, squares: Sequence[PixelBox]) -> Mask:
    """Mask print that is neither rules nor boxes to tick; strokes of a letter are no rules."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    extent = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    small = extent <= _HIGHEST * max(ink.shape)
    small[0] = False
    text = ruling.text | small[labels]
    for square in squares:
        text[square.y0 : square.y1, square.x0 : square.x1] = False
    return np.asarray(text)


def _letters(text: Mask, image: NDArray[np.uint8]) -> _Letters:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        text.astype(np.uint8), connectivity=8
    )
    area = stats[:, cv2.CC_STAT_AREA].astype(np.int64)
    inked = np.bincount(labels[text], weights=255.0 - image[text], minlength=count)
    ink = np.asarray(inked / np.maximum(area, 1), np.float64)
    x, y, w, h = (stats[:, n].astype(np.int64) for n in range(4))
    least, most = (share * max(image.shape) for share in (_LOWEST, _HIGHEST))
    usual = ink[1:][(h[1:] >= least) & (h[1:] <= most)]
    area[0] = 0
    return _Letters(
        np.stack([x, y, x + w, y + h], axis=1),
        ink,
        area,
        np.asarray(labels, np.int32),
        float(np.median(usual)) if len(usual) else 255.0,
    )


@cache
def _trees() -> tuple[float, tuple[Tree, ...]]:
    data = json.loads(files("chohyo.discovery").joinpath("entry_trees.json").read_text("utf-8"))
    return data["prior"], tuple(data["trees"])
