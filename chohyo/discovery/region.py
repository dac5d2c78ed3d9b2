"""A region of a form to fill in, and the ways in which one is filled in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chohyo.discovery.pixel_box import PixelBox


class RegionKind(StrEnum):
    """How a region is filled in: written, written as a date between 年 月 日, ticked, stamped,
    circled, or one of several boxes ticked.
    """

    TEXT = "text"
    DATE = "date"
    CHECKBOX = "checkbox"
    SEAL = "seal"
    OPTION = "option"
    TICKED_OPTION = "ticked_option"


@dataclass(frozen=True, slots=True)
class Region:
    """A region to fill in, in pixels of the blank form, with the copies that filled it."""

    kind: RegionKind
    box: PixelBox
    copies: frozenset[int] = frozenset()
    comb: int = 0
    options: tuple[PixelBox, ...] = ()
    parts: tuple[PixelBox, ...] = ()
    line_height: float = 0.0
