"""Puts printed things and places to fill in onto a list, in an issuer's manner."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from eval.layouts.bank import STYLES
from eval.layouts.issuer import Issuer
from eval.layouts.items import Item, PrintKind, SlotKind


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle in points."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Return the width in points."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Return the height in points."""
        return self.y1 - self.y0


@dataclass(slots=True)
class Pen:
    """Collects the items of a page. All randomness comes from `rng`."""

    rng: Random
    issuer: Issuer
    items: list[Item] = field(default_factory=list)

    def put(
        self, kind: PrintKind | SlotKind, area: Area, *, tone: float = 1.0, style: int = 0
    ) -> None:
        """Add an item of any kind."""
        seed = self.rng.getrandbits(32)
        self.items.append(Item(kind, area.x0, area.y0, area.x1, area.y1, seed, tone, style))

    def across(self, x0: float, x1: float, y: float, weight: float | None = None) -> None:
        """Add a rule from left to right."""
        half = (weight or self.issuer.rule) / 2
        self._rule(Area(x0, y - half, x1, y + half))

    def down(self, x: float, y0: float, y1: float, weight: float | None = None) -> None:
        """Add a rule from top to bottom."""
        half = (weight or self.issuer.rule) / 2
        self._rule(Area(x - half, y0, x + half, y1))

    def _rule(self, area: Area) -> None:
        tone = self.issuer.rule_tone * self.issuer.print_tone
        if self.issuer.dotted and self.rng.random() < self.issuer.dotted:
            tone *= 0.4  # dots and dashes are finer than a pixel here
        self.put("rule", area, tone=max(0.2, tone))

    def frame(self, area: Area, weight: float | None = None) -> None:
        """Add a box of four rules."""
        for y in (area.y0, area.y1):
            self.across(area.x0, area.x1, y, weight)
        for x in (area.x0, area.x1):
            self.down(x, area.y0, area.y1, weight)

    def words(
        self,
        x: float,
        y: float,
        width: float,
        *,
        size: float | None = None,
        bold: bool = False,
        tone: float = 1.0,
        style: int | None = None,
    ) -> None:
        """Add a line of print whose top left corner is given."""
        size = size or self.issuer.body
        face = style if style is not None else self.issuer.bold if bold else self.issuer.plain
        if width > 1.5:
            tone *= self.issuer.print_tone
            self.put("words", Area(x, y, x + width, y + size * 1.3), tone=tone, style=face)

    def label(self, area: Area, *, bold: bool = False, size: float | None = None) -> None:
        """Add a word or two at the left of an area, in the middle of its height."""
        size = min(size or self.issuer.body, area.height * 0.7)
        width = min(area.width * 0.92, size * self.rng.uniform(1.5, 9.0))
        top = (area.y0 + area.y1) / 2 - size * 0.65
        self.words(area.x0 + size * 0.3, top, width, size=size, bold=bold)

    def paragraph(self, area: Area, size: float, leading: float = 1.35) -> None:
        """Fill an area with lines of print; the last of a paragraph is short."""
        y = area.y0
        while y + size * leading <= area.y1 + 0.1:
            whole = self.rng.random() < 0.8
            width = area.width * (1.0 if whole else self.rng.uniform(0.15, 0.9))
            self.words(area.x0, y, width, size=size)
            y += size * leading

    def number(self, x: float, y: float, width: float, *, size: float | None = None) -> None:
        """Add printed digits."""
        style = self.rng.choice(STYLES["digits"])
        self.words(x, y, width, size=size, style=style)
