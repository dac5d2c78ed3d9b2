"""Find boxes to tick whose thin frames only some of the copies show.

A side of a frame that a scan lost is no print any more, since print is what copies agree on, and
ticks cross what is left. But nobody draws a square by hand: where two copies have one, it is print.
"""

from __future__ import annotations

from collections.abc import Sequence

from chohyo.discovery.blank_form import BlankForm
from chohyo.discovery.broken_squares import broken_squares
from chohyo.discovery.fill_marks import doubled
from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.ruling import find_squares

# Of the copies: at a low share frames are whole, at a high one ticks are gone from them.
_SHARES = (0.35, 0.5, 0.65, 0.8)
_LEAST_COPIES = 2
# Of a square's inside: so much may be ticks of some copies, and so much print.
_TICKS, _PRINT = 0.45, 0.1


def shared_squares(blank: BlankForm, squares: Sequence[PixelBox]) -> list[PixelBox]:
    """Return the boxes that several copies have, beside `squares`, those of the print."""
    found: list[PixelBox] = []
    drawn = blank.inks.sum(axis=0)
    for share in _SHARES:
        ink = doubled(drawn >= max(_LEAST_COPIES, share * blank.copies), blank.image.shape)
        known = [*squares, *found]
        whole = [box for box in find_squares(ink, most_ink=_TICKS) if _is_new(box, known, blank)]
        known += whole
        broken = [box for box in broken_squares(ink, known) if _is_new(box, known, blank)]
        found += [*whole, *broken]
    return found


def _is_new(box: PixelBox, known: Sequence[PixelBox], blank: BlankForm) -> bool:
    if any(box.intersection(other) for other in known):
        return False
    inner = box.inset(max(4, box.width // 4))
    return bool(blank.constant_ink[inner.y0 : inner.y1, inner.x0 : inner.x1].mean() < _PRINT)
