"""Tell the editions of one form apart: where their print differs decides, not the average."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Box, Transform
from chohyo.domain.matches import Region
from chohyo.matching.block_matching import block_likeness
from chohyo.matching.fine_alignment import Ink, halved, lay_finely
from chohyo.matching.print_model import PrintModel
from chohyo.matching.print_windows import overlapping_sums
from chohyo.matching.steadiness import sure_print
from chohyo.pages.images import decode_grey, encode_strokes

_STEP = 10
_CELL = 2 * _STEP  # px at a long side of 1,600: about one printed character
_NEARBY = np.ones((13, 13), np.uint8)
_GREY = 90.0  # darkness; what is fainter counts less
_CLEAR_OF = 16  # darkness by which all copies of one edition lie above all of the other
_SURE = 127
_FEW = 3  # copies, below which an entry is often on all of one edition and none of the other
_SOME = 6  # the same where people write, and many boxes can be ticked
_EITHER = 0.2  # of the energy of a cell
_MIN_ENERGY = 2.0 * 255**2  # of squared difference, before a cell is asked
_CAP_ENERGY = 12.0 * 255**2  # beyond this a cell counts no more: one big box must not outvote all
_ENOUGH_UNWRITTEN = 3 * _MIN_ENERGY
_MOST = 1.2  # that one cell may lean
_PIECE = 12  # px: a small digit
_PIECE_STEP = 2
# Correlation of the piece that is least alike: 0.7 and more where the print is the same, sharp on
# one side and blurred on the other (prescriptions that differ in an era); 0.64 where a small 3
# became a 4.
_SAME = 0.67
_OFF = 3  # px that print may lie off for all that
_LEAST_INK = 8 * 255
_REGIONS = 6


@dataclass(frozen=True, slots=True)
class Distinction:
    """The print of two editions where they differ, in the frame of the first; elsewhere paper.

    They differ where every copy of one is darker than every copy of the other, so that neither what
    is written on single copies nor the scanners' noise counts, and where that is print rather than
    an entry that the few copies share. Print that is the same but sharper, bolder or a little off
    on the copies of one does not differ.
    """

    own: Ink
    rival: Ink


@dataclass(frozen=True, slots=True)
class Leaning:
    """What the places where two editions differ say: 1 for the first, -1 for the second.

    `regions` spoke loudest, the first's agreement with the page in them; they lie on the first.
    """

    lean: float
    places: int
    regions: tuple[Region, ...] = ()


def tell_apart(one: PrintModel, other: PrintModel, transform: Transform) -> Distinction:
    """Find where two editions differ; `transform` lays the second on the first.

    Places where people write count only when nothing else tells the two apart, and grey print never
    does there: an entry that a few copies chance to share is as grey, where they overlap in part.
    """
    laid = [
        lay_finely(plane, transform, halved(one.middle), one.shape)
        for plane in (other.low, other.middle, other.high, other.written, sure_print(other))
    ]
    low, middle, high, written, sure = laid
    first = (cv2.subtract(one.low, high) > _CLEAR_OF) & (sure_print(one) > 0)
    differs = first | ((cv2.subtract(low, one.high) > _CLEAR_OF) & (sure > _SURE))
    if min(one.copies, other.copies) < _FEW:
        differs &= _exchanged(_within(differs, one.middle, middle))
    unwritten = _within(differs & (one.written == 0) & (written == 0), one.middle, middle)
    everywhere = _within(differs, one.middle, middle)
    if min(one.copies, other.copies) < _SOME:
        bare = (one.written == 0) & (written == 0)
        everywhere = _within(differs & (bare | _exchanged(everywhere)), one.middle, middle)
    unwritten, everywhere = (_unlike(each, one.middle, middle) for each in (unwritten, everywhere))
    if not _told(_energy(everywhere)):
        return unwritten
    return unwritten if _told(_energy(unwritten)) >= _ENOUGH_UNWRITTEN else everywhere


def _told(energy: NDArray[np.float32]) -> float:
    """Return the energy of the cells that are asked."""
    return float(energy[energy >= _MIN_ENERGY].sum())


def _exchanged(distinction: Distinction) -> NDArray[np.bool_]:
    """Return where both have print that the other has not.

    A choice that both of two copies made, and neither of two others, is on one side alone.
    """
    own, rival = distinction.own.astype(np.float32), distinction.rival.astype(np.float32)
    ours, theirs = (
        _cell_sums(np.asarray(np.maximum(more - less, 0) ** 2, np.float32))
        for more, less in ((own, rival), (rival, own))
    )
    both = np.minimum(ours, theirs) >= _EITHER * np.maximum(ours + theirs, 1.0)
    return _pixels(both, own.shape)


def _unlike(distinction: Distinction, own: Ink, rival: Ink) -> Distinction:
    """Return the distinction without places in which the print of both looks the same."""
    told = (_energy(distinction) >= _MIN_ENERGY).astype(np.uint8)
    count, labels = cv2.connectedComponents(told, connectivity=8)
    other = np.zeros(count, np.bool_)
    for one, two in ((own, rival), (rival, own)):
        corners, owners = _pieces(one, labels)
        alike = block_likeness(two, one, corners, _PIECE, _OFF).max(axis=(1, 2), initial=0.0)
        other[owners[alike < _SAME]] = True
    return _within(
        ~_pixels(told.astype(np.bool_) & ~other[labels], own.shape),
        distinction.own,
        distinction.rival,
    )


def _pieces(ink: Ink, labels: cv2.typing.MatLike) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the corners (y, x) of pieces of print in labelled cells, and the label of each."""
    rows, columns = (np.arange(_OFF, side - _PIECE - _OFF + 1, _PIECE_STEP) for side in ink.shape)
    corners = np.stack(np.meshgrid(rows, columns, indexing="ij"), axis=2).reshape(-1, 2)
    # Cells overlap by half: each square of a step takes the label of any cell it lies in.
    squares = cv2.dilate(
        np.pad(labels, ((0, 1), (0, 1))).astype(np.float32), np.ones((2, 2)), anchor=(1, 1)
    )
    middles = np.minimum((corners + _PIECE // 2) // _STEP, np.array(squares.shape) - 1)
    owners = squares[middles[:, 0], middles[:, 1]].astype(np.intp)
    sums = cv2.boxFilter(ink, cv2.CV_32F, (_PIECE, _PIECE), anchor=(0, 0), normalize=False)
    kept = (owners > 0) & (sums[corners[:, 0], corners[:, 1]] >= _LEAST_INK)
    return corners[kept], owners[kept]


def _pixels(cells: NDArray[np.bool_], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return the pixels that lie in any of these cells."""
    places = np.zeros(shape, np.bool_)
    for row, column in np.argwhere(cells):
        y, x = int(row) * _STEP, int(column) * _STEP
        places[y : y + _CELL, x : x + _CELL] = True
    return places


def _within(places: NDArray[np.bool_], own: Ink, rival: Ink) -> Distinction:
    first, second = (np.where(places, ink, 0).astype(np.uint8) for ink in (own, rival))
    return Distinction(first, second)


def _energy(distinction: Distinction) -> NDArray[np.float32]:
    difference = cv2.subtract(distinction.own, distinction.rival, dtype=cv2.CV_32F)
    return _cell_sums(cv2.multiply(difference, difference))


def _gain(distinction: Distinction) -> NDArray[np.float32]:
    """Return by what to multiply ink so that grey print counts as black print does."""
    darkest = cv2.dilate(cv2.max(distinction.own, distinction.rival), _NEARBY)
    return np.asarray(255 / np.maximum(darkest.astype(np.float32), _GREY), np.float32)


def lean(page: Ink, distinction: Distinction) -> Leaning:
    """Ask the differing print; `page` has the page's strokes in the first edition's frame.

    Grey print is asked where there is no black print to ask: its noise counts more as well.
    """
    difference = cv2.subtract(distinction.own, distinction.rival, dtype=cv2.CV_32F)
    energy = _cell_sums(cv2.multiply(difference, difference))
    if not (energy >= _MIN_ENERGY).any():
        difference = cv2.multiply(difference, _gain(distinction))
        energy = _cell_sums(cv2.multiply(difference, difference))
    told = energy >= _MIN_ENERGY
    if not told.any():
        return Leaning(0.0, 0)
    middle = cv2.addWeighted(distinction.own, 0.5, distinction.rival, 0.5, 0, dtype=cv2.CV_32F)
    # The page projected on the difference: 1 is the first's print, -1 the second's.
    toward = _cell_sums(cv2.multiply(difference, cv2.subtract(page, middle, dtype=cv2.CV_32F)))
    leans = np.clip(2 * toward / np.maximum(energy, 1.0), -_MOST, _MOST).astype(np.float32)
    weight = np.where(told, np.minimum(energy, _CAP_ENERGY), 0).astype(np.float32)
    places, _ = cv2.connectedComponents(told.astype(np.uint8), connectivity=8)
    return Leaning(
        float((leans * weight).sum() / weight.sum()),
        int(places) - 1,
        _loudest(leans, weight, distinction.own.shape),
    )


def encode_distinction(distinction: Distinction) -> bytes:
    """Encode a distinction as one PNG, some 50 KB of a few strokes on much paper."""
    return encode_strokes(np.vstack([distinction.own, distinction.rival]))


def decode_distinction(data: bytes) -> Distinction:
    """Decode what `encode_distinction` wrote."""
    own, rival = np.split(decode_grey(data), 2)
    return Distinction(own, rival)


def _cell_sums(ink: cv2.typing.MatLike) -> NDArray[np.float32]:
    return overlapping_sums(ink, _STEP)


def _loudest(
    leans: NDArray[np.float32], weight: NDArray[np.float32], shape: tuple[int, ...]
) -> tuple[Region, ...]:
    """Return the cells that spoke loudest, none of them touching another."""
    height, width = shape
    left = weight * np.abs(leans)
    regions = []
    for _ in range(_REGIONS):
        row, column = divmod(int(left.argmax()), left.shape[1])
        if left[row, column] <= 0:
            break
        left[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3] = 0
        y, x = row * _STEP, column * _STEP
        box = Box(x / width, y / height, (x + _CELL) / width, (y + _CELL) / height)
        regions.append(Region(box, min(1.0, max(0.0, float(leans[row, column] + 1) / 2))))
    return tuple(regions)
