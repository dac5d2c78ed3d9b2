"""See that recent pages have one small piece of print in common that earlier ones have not.

A single scan says nothing of one digit in small print: its strokes are as wide as the noise. What
most of several pages show says it: entries and noise are each page's own, and fall out. There the
pages before and after are compared, and each page is then asked which of the two it shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.drift import Drift
from chohyo.domain.geometry import Box
from chohyo.matching.deviation import without_fields
from chohyo.matching.print_model import strokes

LATEST = 6  # pages that are compared with those before
EARLIER = 6  # of those before, beside the exemplars …
SPAN = 24  # … and this far back: what changed a while ago is still seen beside them
EVERY = 4  # pages: how often that is done, for it takes a second of processor time
_FEWEST_EARLIER = 5
_FEWEST_ALIKE = 5  # of the latest
_FEWEST_SOURCES = 2  # documents: one scan batch shares its scanner's dirt
_WINDOW, _STEP, _OFF = 24, 8, 2  # px at a long side of 1,600
_LEAST_INK = 10.0  # mean of a window
# In a window with a digit that became another one the two commons correlate by 0.85 to 0.94, in
# others by 0.98 and more; where they do not, most pages show neither better than the other.
_UNLIKE = 0.96
_MOST_PLACES = 12  # with more, nothing was laid well, or it is no small change
_EARLIER_ALIKE = 0.8
_LEAST_LEAN = 0.02  # of correlation, in the mean of the latest
_EXCHANGED = 0.04  # of a window's ink: gone as well as new, for stamps only add some

Image = NDArray[np.uint8]
Window = tuple[int, int]  # top, left
Seen = TypeVar("Seen")


def find_common_change(
    earlier: Sequence[Image],
    latest: Sequence[Image],
    sources: Sequence[UUID],
    fields: Sequence[Box],
) -> Drift | None:
    """Return what the latest pages have in common and earlier ones have not, None without.

    The pages of the drift are positions among the latest.

    Args:
        earlier: ink of exemplars and pages before, in one frame.
        latest: ink of the `LATEST` pages in the same frame.
        sources: the document of each of these.
        fields: where people write; these places are left out.
    """
    if len(earlier) < _FEWEST_EARLIER or len(latest) < LATEST:
        return None
    before, after = ([strokes(each) for each in images] for images in (earlier, latest))
    old, new = _common(before), _common(after)
    found = None
    for window in _places(old, new, fields):
        if not _exchanged(old, new, window):
            continue
        was, is_now = _cut(old, window), _cut(new, window)
        # The common print is worked out for the window alone: of whole pages it takes long.
        shown = [_cut(page, window) for page in after]
        lean = [
            _likeness(page, _common(shown, without=n), window) - _likeness(page, was, window)
            for n, page in enumerate(after)
        ]
        alike = tuple(n for n, each in enumerate(lean) if each > 0)
        if len({sources[n] for n in alike}) < _FEWEST_SOURCES:
            continue
        if len(alike) < _FEWEST_ALIKE or float(np.mean(lean)) < _LEAST_LEAN:
            continue
        shown = [_cut(page, window) for page in before]
        kept = [
            _likeness(page, _common(shown, without=n), window) > _likeness(page, is_now, window)
            for n, page in enumerate(before)
        ]
        if np.mean(kept) < _EARLIER_ALIKE:
            continue
        boxes = (*found.differs, _box(window, old)) if found else (_box(window, old),)
        found = Drift(alike, boxes)
    return found


def compared(seen: Sequence[Seen]) -> list[Seen]:
    """Return which pages to compare, of those seen: some earlier ones, and the latest."""
    recent = seen[-SPAN:]
    return [*recent[:-LATEST][:EARLIER], *recent[-LATEST:]]


def _common(pages: Sequence[Image], without: int | None = None) -> Image:
    """Return what most pages show at each pixel, of an even number the fainter one."""
    kept = [page for n, page in enumerate(pages) if n != without]
    return np.asarray(np.sort(np.stack(kept), axis=0)[(len(kept) - 1) // 2], np.uint8)


def _places(old: Image, new: Image, fields: Sequence[Box]) -> list[Window]:
    """Return the windows in which the two are least alike, none of them touching another."""
    ink = np.maximum(old, new)
    told = without_fields(np.ones(old.shape, np.uint8), fields)
    amount, inside = (
        cv2.boxFilter(
            np.asarray(each, np.float32), cv2.CV_32F, (_WINDOW, _WINDOW), anchor=(0, 0),
            borderType=cv2.BORDER_CONSTANT,
        )
        for each in (ink, told)
    )  # fmt: skip
    height, width = old.shape
    margin = _WINDOW + _OFF  # a scanner's edge shows there
    seen = [
        (likeness, (top, left))
        for top in range(margin, height - margin - _WINDOW, _STEP)
        for left in range(margin, width - margin - _WINDOW, _STEP)
        if amount[top, left] >= _LEAST_INK and inside[top, left] > 0.999
        if (likeness := _likeness(new, _cut(old, (top, left)), (top, left))) < _UNLIKE
    ]
    kept: list[Window] = []
    for _, (top, left) in sorted(seen):
        if all(max(abs(top - y), abs(left - x)) > _WINDOW for y, x in kept):
            kept.append((top, left))
    return kept if len(kept) <= _MOST_PLACES else []


def _exchanged(old: Image, new: Image, window: Window) -> bool:
    was, is_now = _cut(old, window), _cut(new, window)
    gained = float(cv2.subtract(is_now, was).sum())
    lost = float(cv2.subtract(was, is_now).sum())
    return min(gained, lost) >= _EXCHANGED * float(max(was.sum(), is_now.sum()))


def _cut(image: Image, window: Window) -> Image:
    top, left = window
    return image[top : top + _WINDOW, left : left + _WINDOW]


def _likeness(page: Image, piece: Image, window: Window) -> float:
    """Return the correlation of a page with the print of a window, where it fits best."""
    top, left = window
    area = page[top - _OFF : top + _WINDOW + _OFF, left - _OFF : left + _WINDOW + _OFF]
    found = float(cv2.matchTemplate(area, piece, cv2.TM_CCOEFF_NORMED).max())
    return found if abs(found) <= 1.01 else 0.0  # a window without any ink


def _box(window: Window, frame: Image) -> Box:
    height, width = frame.shape
    top, left = window
    return Box(left / width, top / height, (left + _WINDOW) / width, (top + _WINDOW) / height)
