"""What tells a piece of print beside writing from an entry that the copies left there.

An entry stands close beside other entries, on their line and as high; rows above and below are
filled in at its place and not printed on; some copies have other ink there, or none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.fill_marks import halved
from chohyo.discovery.pixel_box import PixelBox
from chohyo.extraction.masks import grown

if TYPE_CHECKING:
    from chohyo.discovery.blank_form import BlankForm

Mask: TypeAlias = NDArray[np.bool_]

# In heights of a line: where its neighbours begin and end, and how far what stands beyond is looked
# for.
_NEXT_ROW, _ROWS, _BEYOND = 0.25, 2.6, 4.0
# Of the copies, whose fill tells that a place is written in.
_FILLED = 0.15
# Around a piece, in heights of the line: where a copy's ink is its own letter's.
_AROUND = 0.12
# A copy speaks against print that it has less of than this, and whose likeness is below that.
_LACKING, _UNLIKE = 0.93, 0.75
# Of a copy's usual share of the print, at least this is assumed.
_LEAST_USUAL = 0.1
# In heights of a line, around a piece: where a copy that has written it has written more. So much
# of a piece tells that a copy shows it.
_BESIDE, _OVER, _SHOWN = 3.0, 0.3, 0.85


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of print beside a mark: its pixels in its box, its side (-1 before, 1 behind)."""

    box: PixelBox
    own: Mask
    side: int
    ink: float


class EntrySigns:
    """The signs of pieces of print on one blank form."""

    def __init__(self, blank: BlankForm, text: Mask) -> None:
        """Take a blank form and its print without rules."""
        self._text = text
        self._filled = np.asarray(blank.variation >= _FILLED)
        self._inks, self._fills = blank.inks, blank.fills
        self._print = halved(blank.constant_ink)
        inked = max(1, int(self._print.sum()))
        shared = [float((ink & self._print).sum()) / inked for ink in self._inks]
        self._usual = [max(_LEAST_USUAL, share) for share in shared]

    def of(self, piece: Piece, mark: PixelBox, height: float, filled: float) -> tuple[float, ...]:
        """Return the signs of a piece beside a mark of a line height, filled by a share of copies.

        In the order that the shipped trees take them.
        """
        box = piece.box
        gap = mark.x0 - box.x1 if piece.side < 0 else box.x0 - mark.x1
        return (
            self._in_row(self._filled, box, height, above=True),
            self._in_row(self._filled, box, height, above=False),
            self._in_row(self._text, box, height, above=True),
            self._in_row(self._text, box, height, above=False),
            self._beyond(self._filled, piece, height),
            self._beyond(self._text, piece, height),
            gap / height,
            (box.y0 - mark.y0) / height,
            (box.y1 - mark.y1) / height,
            box.width / height,
            box.height / height,
            float(piece.side),
            filled,
            piece.ink,
            *self._of_copies(piece, height),
        )

    def _in_row(self, mask: Mask, box: PixelBox, height: float, *, above: bool) -> float:
        """Return how much of a piece's columns the rows above or below it have ink in."""
        near, far = round(_NEXT_ROW * height), round(_ROWS * height)
        rows = slice(max(0, box.y0 - far), max(1, box.y0 - near))
        if not above:
            rows = slice(box.y1 + near, box.y1 + far)
        found = mask[rows, box.x0 : box.x1]
        return float(found.any(axis=0).mean()) if found.size else 0.0

    def _beyond(self, mask: Mask, piece: Piece, height: float) -> float:
        """Return how far the next ink on the piece's other side is, in heights of the line."""
        box, reach = piece.box, round(_BEYOND * height)
        quarter = box.height // 4
        rows = slice(box.y0 + quarter, max(box.y0 + quarter + 1, box.y1 - quarter))
        if piece.side < 0:
            strip = mask[rows, max(0, box.x0 - reach) : box.x0][:, ::-1]
        else:
            strip = mask[rows, box.x1 : box.x1 + reach]
        hit = np.flatnonzero(strip.any(axis=0))
        return float(hit[0]) / height if len(hit) else _BEYOND

    def _of_copies(self, piece: Piece, height: float) -> tuple[float, ...]:
        """Return how much of a piece the copies have, what else, and how alike both are."""
        window, own = self._window(piece, height)
        area, printed = max(1, int(own.sum())), np.asarray(self._print[window], np.bool_)
        others = np.asarray(grown(printed & ~own, 1), np.bool_)
        not_own = ~grown(own, 1)
        shown, more, like, against = [], [], [], 0
        for ink, usual in zip(self._inks, self._usual, strict=True):
            here = ink[window] & ~others
            both = int((here & own).sum())
            shown.append(both / area / usual)
            more.append(int((here & not_own).sum()) / area)
            like.append(both / max(1, int((here | own).sum())))
            lacking = int((grown(ink[window], 1) & own).sum()) < _LACKING * area
            against += lacking and like[-1] < _UNLIKE
        ordered = sorted(like)
        return (
            against / len(like), min(shown), float(np.median(shown)), float(np.median(more)),
            max(more), ordered[0], ordered[min(1, len(ordered) - 1)], float(np.median(like)),
        )  # fmt: skip

    def is_alone(self, box: PixelBox, own: Mask, height: float) -> bool:
        """Say whether a copy shows a piece and has written nothing near it: the form prints it."""
        far, over = round(_BESIDE * height / 2), round(_OVER * height / 2)
        beside = (
            slice(max(0, box.y0 // 2 - over), box.y1 // 2 + over),
            slice(max(0, box.x0 // 2 - far), box.x1 // 2 + far),
        )
        bare = [n for n, fill in enumerate(self._fills) if not fill[beside].any()]
        if not bare:
            return False
        window, mask = self._window(Piece(box, own, 0, 0.0), height)
        area = max(1, int(mask.sum()))
        return any(
            int((self._inks[n][window] & mask).sum()) >= _SHOWN * self._usual[n] * area
            for n in bare
        )

    def _window(self, piece: Piece, height: float) -> tuple[tuple[slice, slice], Mask]:
        """Return where a piece is at half size, with what belongs to its letters, and its mask."""
        edge = max(1, round(_AROUND * height / 2))
        box, shape = piece.box, self._print.shape
        top, left = max(0, box.y0 // 2 - edge), max(0, box.x0 // 2 - edge)
        bottom, right = min(shape[0], box.y1 // 2 + 1 + edge), min(shape[1], box.x1 // 2 + 1 + edge)
        mask = np.zeros((2 * (bottom - top), 2 * (right - left)), np.uint8)
        y, x = box.y0 - 2 * top, box.x0 - 2 * left
        mask[y : y + box.height, x : x + box.width] = piece.own[: mask.shape[0] - y]
        size = (right - left, bottom - top)
        half = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.2
        return (slice(top, bottom), slice(left, right)), np.asarray(half)
