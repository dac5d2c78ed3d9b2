"""Settle letters that look alike by the letters around them, where the network itself wavers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

# Odds of a letter of its own place, by its position in the text.
OddsAt = Callable[[int, str], float]

# A look-alike is taken when the network gives it this share of the odds of its first choice. A
# separator of thousands is one or two pixels away from a full stop, so little is enough.
_WAVERS: Final = 0.02
_SEPARATOR: Final = 0.003
_WORD = re.compile(r"[0-9A-Za-z|]+")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+(?![\d])")
_DIGITS: Final = dict(zip("OoDlI|SB", "00011158", strict=True))
_ALONE: Final = ("O", "o", "l", "I", "|")
# Kanji, signs and hiragana that katakana looks like.
_KATAKANA: Final = dict(zip("へべぺ一二口力夕工卜八", "ヘベペーニロカタエトハ", strict=True))


def settled(text: str, odds_at: OddsAt) -> str:
    """Return the text, of the same length, with look-alikes settled."""
    letters = list(text)
    _settle_thousands(text, letters, odds_at)
    _settle_digits(letters, odds_at)
    _settle_katakana(letters)
    return "".join(letters)


def _settle_thousands(text: str, letters: list[str], odds_at: OddsAt) -> None:
    """Read a full stop before three digits as a comma: surely among several, or when it wavers."""
    for number in _GROUPED.finditer(text):
        stops = [i for i in range(*number.span()) if letters[i] in ".,"]
        several = len(stops) > 1 or text[number.end() : number.end() + 1] == "."
        for i in stops:
            if several or odds_at(i, ",") > _SEPARATOR * odds_at(i, letters[i]):
                letters[i] = ","


def _settle_digits(letters: list[str], odds_at: OddsAt) -> None:
    """Read letters among digits, or one that stands alone, as the digits they look like."""
    for word in _WORD.finditer("".join(letters)):
        known = word[0]
        if not all(letter.isdigit() or letter in _DIGITS for letter in known):
            continue
        among = any(letter.isdigit() for letter in known)
        if not among and known not in _ALONE:
            continue
        for i in range(*word.span()):
            digit = _DIGITS.get(letters[i])
            share = 0.1 * _WAVERS if among or letters[i] == "l" else _WAVERS
            if digit and odds_at(i, digit) > share * odds_at(i, letters[i]):
                letters[i] = digit


def _settle_katakana(letters: list[str]) -> None:
    for i, letter in enumerate(letters):
        kana = _KATAKANA.get(letter)
        if kana is None:
            continue
        before, after = _is_katakana(letters, i - 1), _is_katakana(letters, i + 1)
        if (before and after) or (letter in "へべぺ" and (before or after)):
            letters[i] = kana


def _at(letters: list[str], i: int) -> str:
    return letters[i] if 0 <= i < len(letters) else ""


def _is_katakana(letters: list[str], i: int) -> bool:
    side = _at(letters, i)
    return bool(side) and "\u30a1" <= side <= "\u30fc"
