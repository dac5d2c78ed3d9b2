"""A piece of print on a blank form: its text and its place, in pixels."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from chohyo.discovery.pixel_box import PixelBox

_BOX_SIGNS = "□■☐☑◻口"
BOX_SIGN = re.compile(f"[{_BOX_SIGNS}]")
SPACES = re.compile(r"[\s　]+")


@dataclass(frozen=True, slots=True)
class Printed:
    """A piece of printed text and where it stands."""

    text: str
    box: PixelBox

    def between(self, x0: float, x1: float) -> str:
        """Return the letters whose estimated middles lie between two columns."""
        kept = [c for c, middle in self.letters() if x0 <= middle <= x1]
        return "".join(kept).strip()

    def span(self, x0: float, x1: float) -> tuple[int, int] | None:
        """Return the first and the last but one of the letters between two columns, if any."""
        inside = [i for i, (_, middle) in enumerate(self.letters()) if x0 <= middle <= x1]
        return (inside[0], inside[-1] + 1) if inside else None

    def part(self, start: int, stop: int) -> PixelBox:
        """Return about where some of the letters stand."""
        scale = self.box.width / max(sum(letter_width(c) for c in self.text), 1e-6)
        before = sum(letter_width(c) for c in self.text[:start]) * scale
        width = sum(letter_width(c) for c in self.text[start:stop]) * scale
        x0 = round(self.box.x0 + before)
        return PixelBox(x0, self.box.y0, max(x0 + 1, round(x0 + width)), self.box.y1)

    def letters(self) -> list[tuple[str, float]]:
        """Return each letter with the column of its middle, by the widths letters usually have."""
        widths = [letter_width(c) for c in self.text]
        scale = self.box.width / max(sum(widths), 1e-6)
        places, x = [], float(self.box.x0)
        for letter, width in zip(self.text, widths, strict=True):
            places.append((letter, x + width * scale / 2))
            x += width * scale
        return places


def letter_width(letter: str) -> float:
    """Return the width of a letter against a kanji's."""
    if unicodedata.east_asian_width(letter) in "WFA":
        return 1.0
    return 0.3 if letter in "iljI1.,:;'|! " else 0.55


def without_box_sign(text: str) -> str:
    """Drop the square that a recogniser reads in front of a checkbox's text."""
    return text.lstrip(_BOX_SIGNS + " 　.・").strip()
