"""Find a piece of a page by its details: keypoints, the words they are looked up by, their match.

A keypoint's ORB descriptor (256 bits) is cut into words of a few bits each; two pictures of the
same print share some of them, whatever their size. Which bits make a word was drawn once by lot.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.matching.features import normalised_ink

REVISION: Final = 1

_LONG_SIDE: Final = 1000  # pixels of a page; a query keeps its size below that
_BITS: Final = 28
_TABLES: Final = 3
_CELL: Final = 60
_PER_CELL: Final = 8
_PER_QUERY_CELL: Final = 12
_MOST: Final = 4000
_SCALE: Final = 1.2
_LEVELS: Final = 6
_QUERY_LEVELS: Final = 8
_CORNER_CONTRAST: Final = 12


@dataclass(frozen=True, slots=True)
class Described:
    """A picture's keypoints.

    `points` (n, 2) are fractions of the picture, `sizes` (n,) those of the keypoints as fractions
    of its height, `angles` (n,) degrees, `descriptors` (n, 32) bits; `aspect` is width / height.
    """

    aspect: float
    points: NDArray[np.float32]
    sizes: NDArray[np.float32]
    angles: NDArray[np.float32]
    descriptors: NDArray[np.uint8]

    @property
    def words(self) -> list[int]:
        """Return the words the picture is looked up by, as PostgreSQL's `int`."""
        return _words(self.descriptors)


def describe(page: NDArray[np.uint8]) -> Described:
    """Describe a grey page for the index."""
    return _described(page, _LEVELS, _PER_CELL)


def describe_query(picture: NDArray[np.uint8]) -> Described:
    """Describe a grey screenshot or photo: more generously, for it is only a part, of any size."""
    return _described(picture, _QUERY_LEVELS, _PER_QUERY_CELL)


def pack(described: Described) -> bytes:
    """Return a page's keypoints as bytes: 38 for each."""
    places = np.column_stack(
        [np.clip(described.points, 0, 1) * 65535, np.clip(described.sizes, 0, 1)[:, None] * 65535]
    ).astype(np.uint16)
    turns = (described.angles % 360 / 360 * 256).astype(np.uint8)
    out = io.BytesIO()
    np.savez(out, aspect=np.float32(described.aspect), places=places, turns=turns,
             descriptors=described.descriptors)  # fmt: skip
    return out.getvalue()


def unpack(data: bytes) -> Described:
    """Return the keypoints behind such bytes."""
    with np.load(io.BytesIO(data), allow_pickle=False) as parts:
        places = parts["places"].astype(np.float32) / 65535
        return Described(
            float(parts["aspect"]),
            places[:, :2],
            places[:, 2],
            parts["turns"].astype(np.float32) * (360 / 256),
            parts["descriptors"],
        )


def _described(grey: NDArray[np.uint8], levels: int, per_cell: int) -> Described:
    scale = min(1.0, _LONG_SIDE / max(grey.shape))
    if scale < 1:
        size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
    height, width = grey.shape
    orb = cv2.ORB.create(
        _MOST, _SCALE, levels, 16, 0, 2, cv2.ORB_HARRIS_SCORE, 31, _CORNER_CONTRAST
    )
    smooth = cv2.GaussianBlur(normalised_ink(grey), (0, 0), 1.0)
    kept, descriptors = orb.compute(smooth, _spread(orb.detect(smooth, None), per_cell))
    if not kept or descriptors is None:
        return Described(width / height, *_nothing())
    return Described(
        width / height,
        np.asarray([(k.pt[0] / width, k.pt[1] / height) for k in kept], np.float32),
        np.asarray([k.size / height for k in kept], np.float32),
        np.array([k.angle for k in kept], np.float32),
        np.asarray(descriptors, np.uint8),
    )


def _nothing() -> tuple[
    NDArray[np.float32], NDArray[np.float32], NDArray[np.float32], NDArray[np.uint8]
]:
    none = np.zeros(0, np.float32)
    return np.zeros((0, 2), np.float32), none, none, np.zeros((0, 32), np.uint8)


def _spread(found: object, per_cell: int) -> list[cv2.KeyPoint]:
    """Keep the strongest keypoints of every cell, so that the whole page is told of."""
    room: dict[tuple[int, int], int] = {}
    kept = []
    for point in sorted(found, key=lambda k: (-k.response, k.pt)):  # type: ignore[call-overload]
        cell = (int(point.pt[0]) // _CELL, int(point.pt[1]) // _CELL)
        if room.get(cell, 0) < per_cell:
            room[cell] = room.get(cell, 0) + 1
            kept.append(point)
    return kept


def _words(descriptors: NDArray[np.uint8]) -> list[int]:
    if not len(descriptors):
        return []
    bits = np.unpackbits(descriptors, axis=1)
    weights = 1 << np.arange(_BITS, dtype=np.int64)
    words = [
        np.unique(bits[:, chosen].astype(np.int64) @ weights + (table << _BITS))
        for table, chosen in enumerate(_CHOSEN)
    ]
    return [int(word) - (1 << 31) for word in np.concatenate(words)]


_CHOSEN: Final = tuple(
    np.random.default_rng(7).permutation(256)[: _BITS * _TABLES].reshape(_TABLES, _BITS)
)
