"""Tell the letters of a form's own lines, which its blank form may lack, from writing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chohyo.extraction.masks import Mask, rules_of

# A letter of the same line is this near, in heights of what is looked at, and has so much ink in a
# place of its size.
_NEAR, _INKED = 1.5, 0.06
# How far letters are looked for, in heights.
_FAR = 5
# What the blank form lacks of a letter is this near to the rest of it, in pixels.
_RESTS = 4


@dataclass(frozen=True, slots=True)
class FormPrint:
    """The blank form's print, its long rules apart from its letters."""

    all: Mask
    letters: Mask
    rules: Mask

    @classmethod
    def of(cls, form: Mask) -> FormPrint:
        """Part the print of a blank form."""
        rules = rules_of(form)
        return cls(form, form & ~rules, form & rules)

    def beside(self, top: int, bottom: int, left: int, right: int) -> tuple[bool, bool]:
        """Say whether letters stand right before, and right behind, a place in its line.

        The place is given in pixels, ends excluded.
        """
        tall = bottom - top
        reach = round(_NEAR * tall)
        before = self.letters[top:bottom, max(0, left - reach) : left]
        behind = self.letters[top:bottom, right : right + reach]
        enough = _INKED * tall**2
        return int(before.sum()) > enough, int(behind.sum()) > enough

    def nearest(self, top: int, bottom: int, left: int, right: int) -> tuple[float, float]:
        """Return how far letters stand before and behind a place in its line, in its heights.

        Infinite where there are none within some heights.
        """
        tall = bottom - top
        reach = _FAR * tall
        before = self.letters[top:bottom, max(0, left - reach) : left].any(axis=0)
        behind = self.letters[top:bottom, right : right + reach].any(axis=0)
        return _first(np.asarray(before)[::-1]) / tall, _first(np.asarray(behind)) / tall

    def is_bare(self, top: int, bottom: int, left: int, right: int) -> bool:
        """Say whether the form prints nothing in a place, nor right beside it."""
        place = slice(top, bottom), slice(max(0, left - _RESTS), right + _RESTS)
        return not (self.letters[place].any() or self.rules[place].any())


def _first(flags: Mask) -> float:
    return float(np.argmax(flags)) if flags.any() else np.inf
