"""Tell the editions of one form apart: where their print differs decides, not the average."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Box, Transform
from chohyo.domain.matches import Region
from chohyo.matching.fine_alignment import Ink, halved, lay_finely
from chohyo.matching.print_model import PrintModel, reach
from chohyo.pages.images import decode_grey, encode_png

_CELL = 20  # px at a long side of 1,600: about one printed character
_STEP = 10
_SURE = 64  # darkness in every copy that makes ink print
_ANY_REACH = np.ones((3, 3), np.uint8)
_MIN_ENERGY = 4 * 255.0  # of print that one edition has and the other lacks
_CAP_ENERGY = 20 * 255.0  # beyond this a place counts no more: one big box must not outvote all
_ENOUGH_UNWRITTEN = 3 * _MIN_ENERGY
_FAINT = 1.5  # how much darker a page's ink may be taken, so that faint scans still cover print
_REGIONS = 6


@dataclass(frozen=True, slots=True)
class Distinction:
    """Where two editions differ, in the frame of the first.

    `own` is the print of all the first's copies that no copy of the second has near it; `rival` the
    reverse. Both have the frame's shape.
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

    Places where people write count only when nothing else tells the two apart.
    """
    laid = [
        lay_finely(plane, transform, halved(one.middle), one.shape)
        for plane in (other.low, other.middle, other.high, other.written)
    ]
    low, middle, high, written = laid
    own = cv2.subtract(np.where(one.low >= _SURE, one.middle, 0), cv2.dilate(high, _ANY_REACH))
    rival = cv2.subtract(np.where(low >= _SURE, middle, 0), cv2.dilate(one.high, _ANY_REACH))
    free = (one.written == 0) & (written == 0)
    unwritten = [np.where(free, ink, 0).astype(np.uint8) for ink in (own, rival)]
    energy = _cell_sums(unwritten[0]) + _cell_sums(unwritten[1])
    if energy[energy >= _MIN_ENERGY].sum() >= _ENOUGH_UNWRITTEN:
        return Distinction(unwritten[0], unwritten[1])
    return Distinction(np.asarray(own, np.uint8), np.asarray(rival, np.uint8))


def lean(page: Ink, distinction: Distinction) -> Leaning:
    """Ask the differing print; `page` has the page's strokes in the first edition's frame."""
    near = cv2.convertScaleAbs(reach(page), alpha=_FAINT)
    own, rival = _cell_sums(distinction.own), _cell_sums(distinction.rival)
    energy = own + rival
    told = energy >= _MIN_ENERGY
    if not told.any():
        return Leaning(0.0, 0)
    with_own = _cell_sums(cv2.min(distinction.own, near))
    with_rival = _cell_sums(cv2.min(distinction.rival, near))
    leans = 2 * (with_own + rival - with_rival) / np.maximum(energy, 1.0) - 1
    weight = np.where(told, np.minimum(energy, _CAP_ENERGY), 0)
    places, _ = cv2.connectedComponents(told.astype(np.uint8), connectivity=8)
    return Leaning(
        float((leans * weight).sum() / weight.sum()),
        int(places) - 1,
        _loudest(leans, weight, distinction.own.shape),
    )


def encode_distinction(distinction: Distinction) -> bytes:
    """Encode a distinction as one PNG, some 50 KB of a few strokes on much paper."""
    return encode_png(np.vstack([distinction.own, distinction.rival]))


def decode_distinction(data: bytes) -> Distinction:
    """Decode what `encode_distinction` wrote."""
    own, rival = np.split(decode_grey(data), 2)
    return Distinction(own, rival)


def _cell_sums(ink: NDArray[np.uint8] | cv2.typing.MatLike) -> NDArray[np.float32]:
    sums = cv2.boxFilter(
        ink, cv2.CV_32F, (_CELL, _CELL), anchor=(0, 0), normalize=False,
        borderType=cv2.BORDER_CONSTANT,
    )  # fmt: skip
    height, width = ink.shape[:2]
    return np.asarray(sums[: height - _CELL + 1 : _STEP, : width - _CELL + 1 : _STEP], np.float32)


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
        regions.append(Region(box, float((leans[row, column] + 1) / 2)))
    return tuple(regions)
