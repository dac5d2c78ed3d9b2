"""A question in one form, letter by letter, so that what is found in it can be cut out as typed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_KATAKANA: Final = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_DASHES: Final = dict.fromkeys(map(ord, "‐‑‒–—―−─〜~"), ord("-"))
_SPACES: Final = re.compile(r"\s+")
_UNITS: Final = {
    "億": 100_000_000, "百万": 1_000_000, "万": 10_000, "千": 1_000, "百": 100,
    "million": 1_000_000, "thousand": 1_000, "k": 1_000, "m": 1_000_000,
}  # fmt: skip
_PART: Final = r"\d[\d,]*(?:\.\d+)?\s?(?:億|百万|万|千|百|million\b|thousand\b|[km]\b)?"
# An amount in digits, with the words for large numbers: `1億2000万`, `1,000,000`, `1.5 million`.
NUMBER: Final = rf"(?:{_PART})(?:\s?{_PART})*"


def plain(text: str) -> str:
    """Return the text in NFKC with single spaces: what is quoted from a question."""
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip()


def even(text: str) -> str:
    """Return a plain text with one case and one kana, of the same length."""
    lowered = "".join(low if len(low := c.lower()) == 1 else c for c in text)
    return lowered.translate(_KATAKANA | _DASHES)


def pattern(text: str) -> re.Pattern[str]:
    """Compile a regular expression that is written in hiragana for texts made even."""
    return re.compile(text.translate(_KATAKANA))


def number_of(text: str) -> str:
    """Return the digits of an amount that `NUMBER` matches: `1億2000万` is 120000000."""
    total = 0.0
    for digits, unit in re.findall(
        r"(\d[\d,]*(?:\.\d+)?)\s?(億|百万|万|千|百|million|thousand|k|m)?", text
    ):
        total += float(digits.replace(",", "")) * _UNITS.get(unit, 1)
    return f"{total:.4f}".rstrip("0").rstrip(".")


@dataclass(slots=True)
class Question:
    """A question as typed (`text`) and made even (`even`); what was understood is blanked out."""

    text: str
    even: str

    @classmethod
    def of(cls, typed: str) -> Question:
        """Take a question as a person typed it."""
        text = plain(typed)
        return cls(text, even(text))

    def take(self, start: int, end: int) -> str:
        """Return a stretch as it was typed, and leave spaces in its place."""
        taken = self.text[start:end]
        self.even = self.even[:start] + " " * (end - start) + self.even[end:]
        return taken
