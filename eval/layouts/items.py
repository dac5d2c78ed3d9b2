"""What a made-up form consists of: a flat list of printed things and of places to fill in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PrintKind = Literal["rule", "shade", "ellipse", "words", "stacked", "barcode", "logo"]
SlotKind = Literal["entry", "tick", "comb", "note"]


@dataclass(frozen=True, slots=True)
class Item:
    """A thing on the page, in points from the top left corner.

    `tone` is its ink in -1..1; below zero it whitens what lies under it. `seed` decides what is
    written or drawn, `style` the face of the text bank or the number of comb cells. A slot is not
    printed.
    """

    kind: PrintKind | SlotKind
    x0: float
    y0: float
    x1: float
    y1: float
    seed: int = 0
    tone: float = 1.0
    style: int = 0

    @property
    def width(self) -> float:
        """Return the width in points."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Return the height in points."""
        return self.y1 - self.y0

    @property
    def has_extent(self) -> bool:
        """Say whether there is anything of it: blocks squeezed into little room lose parts."""
        return self.x1 > self.x0 and self.y1 > self.y0

    @property
    def is_slot(self) -> bool:
        """Say whether the item is a place to fill in."""
        return self.kind in ("entry", "tick", "comb", "note")


@dataclass(frozen=True, slots=True)
class Layout:
    """A form page: its size in points, what is on it, and the language it is filled in."""

    width: float
    height: float
    items: tuple[Item, ...]
    language: str
