"""See that pages of two prints arrive mixed: in one small place they fall into two sides.

An old and a new print differ by a digit, and both are in use. Whatever pages are latest, most of
them show neither. But in that place recent pages divide cleanly in two, with the exemplars and the
pages of before on one side. Entries and noise leave each page by itself, and what a scanner does to
all strokes divides many places alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar
from uuid import UUID

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.drift import Drift
from chohyo.domain.geometry import Box
from chohyo.matching.deviation import without_fields
from chohyo.matching.print_model import strokes

RECENT: Final = 18  # pages that may be of either print …
BEFORE: Final = 6  # … and pages before them, which are all of the old one
EVERY_MIXED: Final = 8  # pages: how often this is done, for it takes seconds of processor time
_FEWEST_RECENT = 12
_FEWEST_NEW = 6
_FEWEST_OLD = 3  # among the recent ones; with fewer, the latest have the new print in common
_FEWEST_SOURCES = 2  # documents: one scan batch shares its scanner's dirt
_WINDOW, _STEP = 12, 4  # px at half size, at a long side of 1,600 in full
_OFF = 2  # px at full size that a page may lie off
_SOFTEN = 0.7
_LEAST_INK = 10.0  # mean of a window
_DIRECTIONS = 3  # in which pages differ most: the first one is often that of a bad fax
_CLEAN = 0.75  # of the variance along a direction that two sides explain
_TOGETHER = 0.75  # of the pages known to be old that lie on one side at first sight
_ROUNDS = 5
# How far from the middle a page lies, where its side's own middle is at 0.5. Where a digit became
# another one all but a tenth reach 0.35 to 0.43, on old pages 0.18 at most (9 of our own forms).
_MARGIN = 0.27
_UNSURE = 0.1
_EXCHANGED = 0.01  # of a window's ink: gone as well as new, for entries and stamps only add some
_BALANCED = 0.03  # the less of the two, of the other: 0.05 where 1 became 5, 0.005 by noise alone
_ALIKE = 0.8  # of the pages of two splits
_MOST_PLACES = 4
_AT_ONCE = 1024  # windows in memory

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Seen = TypeVar("Seen")


@dataclass(frozen=True, slots=True)
class _Split:
    """A window in which pages divide; `new` says which do not show what is known to be old."""

    top: int
    left: int
    new: Mask
    margin: float
    exchanged: bool

    def touches(self, other: _Split) -> bool:
        """Say whether two windows overlap."""
        return max(abs(self.top - other.top), abs(self.left - other.left)) <= _WINDOW

    def is_like(self, other: _Split) -> bool:
        """Say whether two windows divide the pages alike."""
        return int((self.new & other.new).sum()) >= _ALIKE * int((self.new | other.new).sum())


def chosen_for_mix(seen: Sequence[Seen]) -> list[Seen]:
    """Return which pages to compare, of those seen: the first ones, and the latest."""
    return [*seen[:-RECENT][:BEFORE], *seen[-RECENT:]]


def find_mixed_change(
    known: Sequence[Image],
    recent: Sequence[Image],
    sources: Sequence[UUID],
    fields: Sequence[Box],
) -> Drift | None:
    """Return which recent pages show another print in a small place, None when none do.

    The pages of the drift are positions among the recent ones.

    Args:
        known: ink of exemplars and pages before, in one frame.
        recent: ink of recent pages in the same frame, of the old print or of a new one.
        sources: the document of each of these.
        fields: where people write; these places are left out.
    """
    if len(known) < _FEWEST_OLD or len(recent) < _FEWEST_RECENT:
        return None
    fine = np.stack([strokes(each) for each in (*known, *recent)])
    found = [
        split
        for each in _splits(fine, len(known), fields)
        if (split := _aligned(fine, each, len(known))) is not None and split.margin >= _MARGIN
    ]
    for split in sorted(found, key=lambda each: -each.margin):
        pages = [int(page) for page in np.flatnonzero(split.new[len(known) :])]
        places = _places([each for each in found if each.is_like(split)])
        from_several = len({sources[page] for page in pages}) >= _FEWEST_SOURCES
        if split.exchanged and from_several and len(places) <= _MOST_PLACES:
            boxes = tuple(_box(each, fine.shape) for each in places)
            return Drift(tuple(pages), boxes)
    return None


def _splits(fine: Image, known: int, fields: Sequence[Box]) -> list[_Split]:
    """Return windows in which the pages divide at first sight."""
    soft = np.stack([_softened(each) for each in fine])
    told = without_fields(np.full(fine.shape[1:], 255, np.uint8), fields)
    corners = _windows(soft, told)
    parts = (corners[start : start + _AT_ONCE] for start in range(0, len(corners), _AT_ONCE))
    return [split for part in parts for split in _divided(soft, part, known)]


def _softened(page: Image) -> Floats:
    height, width = page.shape
    half = cv2.resize(page, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(half.astype(np.float32), (0, 0), _SOFTEN), np.float32)


def _windows(soft: Floats, told: Image) -> NDArray[np.intp]:
    """Return the corners (top, left) of windows with print, outside of fields and of the edge."""
    height, width = soft.shape[1:]
    free = cv2.resize(told, (width, height), interpolation=cv2.INTER_AREA) / 255.0
    amount, inside = (
        cv2.boxFilter(
            np.asarray(each, np.float32), cv2.CV_32F, (_WINDOW, _WINDOW), anchor=(0, 0),
            borderType=cv2.BORDER_CONSTANT,
        )
        for each in (np.median(soft, axis=0), free)
    )  # fmt: skip
    sides = [np.arange(_WINDOW, side - 2 * _WINDOW, _STEP) for side in (height, width)]
    places = np.stack(np.meshgrid(*sides, indexing="ij"), axis=2).reshape(-1, 2)
    at = tuple(places.T)
    return np.asarray(places[(amount[at] >= _LEAST_INK) & (inside[at] > 0.999)], np.intp)


def _divided(soft: Floats, corners: NDArray[np.intp], known: int) -> list[_Split]:
    """Return those of some windows in which the pages divide, told from the products of pages."""
    view = np.lib.stride_tricks.sliding_window_view(soft, (_WINDOW, _WINDOW), axis=(1, 2))
    cut = view[:, corners[:, 0], corners[:, 1]].transpose(1, 0, 2, 3)
    rest = _beyond_common(np.asarray(cut.reshape(len(corners), len(soft), -1), np.float32))
    products = rest @ rest.transpose(0, 2, 1)
    _, directions = np.linalg.eigh(products)
    found = []
    for which in range(1, _DIRECTIONS + 1):
        sides, clean = _two_sides(directions[:, :, -which])
        high = sides[:, :known].mean(axis=1)
        new = np.where(high[:, None] > 0.5, ~sides, sides)
        new[:, :known] = False
        may = (np.maximum(high, 1 - high) >= _TOGETHER) & (clean >= _CLEAN) & _enough(new, known)
        for at in np.flatnonzero(may):
            settled = _settled(products[at].astype(np.float64), new[at], known)
            if settled is not None:
                top, left = (int(each) for each in corners[at])
                found.append(_Split(top, left, settled[0], settled[1], exchanged=False))
    return [each for each in found if each.margin >= _UNSURE]


def _beyond_common(patches: Floats) -> Floats:
    """Return what pages show beyond what most do, shape (windows, pages, pixels).

    A page whose strokes are fainter is the common print times something; one that shows nothing
    there counts no more than others.
    """
    common = np.median(patches, axis=1, keepdims=True)
    size = np.maximum((common * common).sum(axis=2, keepdims=True), 1.0)
    gain = np.clip((patches * common).sum(axis=2, keepdims=True) / size, 0.3, 3.0)
    rest = patches / gain - common
    far = np.linalg.norm(rest, axis=2, keepdims=True)
    rest *= np.minimum(1.0, np.median(far, axis=1, keepdims=True) / np.maximum(far, 1e-3))
    return np.asarray(rest - rest.mean(axis=1, keepdims=True), np.float32)


def _two_sides(values: Floats) -> tuple[Mask, Floats]:
    """Divide each row where least variance is left (Otsu, 1979); return the share explained."""
    order = np.argsort(values, axis=1)
    ranked = np.take_along_axis(values, order, 1)
    pages = values.shape[1]
    total = np.cumsum(ranked, axis=1)
    low = np.arange(1, pages)
    apart = total[:, :-1] / low - (total[:, -1:] - total[:, :-1]) / (pages - low)
    between = low * (pages - low) / pages * apart**2
    variance = ((values - values.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    sides = np.argsort(order, axis=1) > between.argmax(axis=1)[:, None]
    return sides, np.asarray(between.max(axis=1) / np.maximum(variance, 1e-12), np.float32)


def _enough(new: Mask, known: int) -> Mask:
    count = new.sum(axis=-1)
    return np.asarray((count >= _FEWEST_NEW) & (count <= new.shape[-1] - known - _FEWEST_OLD))


def _settled(products: NDArray[np.float64], new: Mask, known: int) -> tuple[Mask, float] | None:
    """Move pages to the side they lie on; return the sides and how far all but a few lie on them.

    Those that are known stay.
    """
    margins = _margins(products, new)
    for _ in range(_ROUNDS):
        wrong = margins < 0
        wrong[:known] = False
        if not wrong.any():
            break
        new = new ^ wrong
        if not _enough(new, known):
            return None
        margins = _margins(products, new)
    return new, float(np.quantile(margins, _UNSURE))


def _margins(products: NDArray[np.float64], new: Mask) -> NDArray[np.float64]:
    """Return how far each page lies on its side, 0.5 at its middle, told without the page itself.

    Along the line between the middles of the two sides; `products` are the scalar products of what
    pages show.
    """
    same = (new[:, None] == new[None, :]).astype(np.float64)
    other = 1 - same
    np.fill_diagonal(same, 0)
    same /= np.maximum(same.sum(axis=1, keepdims=True), 1)
    other /= np.maximum(other.sum(axis=1, keepdims=True), 1)
    line = same - other
    along = np.einsum("ij,ij->i", line, products)
    middle = 0.5 * np.einsum("ij,jk,ik->i", line, products, same + other)
    length = np.einsum("ij,jk,ik->i", line, products, line)
    return np.asarray((along - middle) / np.maximum(length, 1e-6))


def _aligned(fine: Image, split: _Split, known: int) -> _Split | None:
    """Look once more at full size, each page moved by up to two pixels onto the print it shows."""
    size = 2 * _WINDOW
    top, left = 2 * split.top - _OFF, 2 * split.left - _OFF
    areas = [
        np.asarray(cv2.GaussianBlur(each, (0, 0), 1.0), np.float32)
        for each in fine[:, top : top + size + 2 * _OFF, left : left + size + 2 * _OFF]
    ]
    middles = np.stack([each[_OFF:-_OFF, _OFF:-_OFF] for each in areas])
    prints = [
        np.median(middles[side], axis=0).astype(np.float32) for side in (split.new, ~split.new)
    ]
    shown = np.stack([_best_cut(area, prints) for area in areas])
    rest = shown - shown.mean(axis=1, keepdims=True)
    rest /= np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), 1e-3)
    rest -= rest.mean(axis=0)
    settled = _settled((rest @ rest.T).astype(np.float64), split.new, known)
    if settled is None:
        return None
    new, margin = settled
    return replace(split, new=new, margin=margin, exchanged=_is_exchanged(shown, new))


def _best_cut(area: Floats, prints: Sequence[Floats]) -> Floats:
    """Return the window of an area that shows one of two prints best."""
    size = prints[0].shape[0]
    found = [cv2.minMaxLoc(cv2.matchTemplate(area, each, cv2.TM_CCOEFF_NORMED)) for each in prints]
    x, y = max(found, key=lambda each: each[1])[3]
    return np.asarray(area[y : y + size, x : x + size].ravel(), np.float32)


def _is_exchanged(shown: Floats, new: Mask) -> bool:
    """Say whether print gave way to other print, as a digit does to another."""
    is_now, was = (np.median(shown[side], axis=0) for side in (new, ~new))
    gained, lost = (float(np.maximum(each, 0).sum()) for each in (is_now - was, was - is_now))
    less, more = sorted((gained, lost))
    return less >= _EXCHANGED * float(max(is_now.sum(), was.sum())) and less >= _BALANCED * more


def _places(splits: Sequence[_Split]) -> list[_Split]:
    """Return the clearest of windows that overlap."""
    kept: list[_Split] = []
    for split in sorted(splits, key=lambda each: (-each.margin, each.top, each.left)):
        if not any(split.touches(each) for each in kept):
            kept.append(split)
    return kept


def _box(split: _Split, shape: tuple[int, ...]) -> Box:
    height, width = shape[1:]
    top, left, size = 2 * split.top, 2 * split.left, 2 * _WINDOW
    return Box(left / width, top / height, (left + size) / width, (top + size) / height)
