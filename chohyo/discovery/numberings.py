"""Numbers and letters that lead the options of a list: 1, ア, Ⅱa, A, and bullets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

Span = tuple[int, int]

# Not the value of a date that all copies share.
_NO_DATE = r"(?![\s　]*[年月日時分])"
# What stands by itself, by kind.
_STANDING = tuple(
    re.compile(rf"(?<![^\s　.．、。:：・(（]){token}(?=[\s　.．、・]|[^\W\dA-Za-z]|$)")
    for token in (
        rf"[0-9０-９]{{1,2}}{_NO_DATE}",
        "[ア-ン](?![ァ-ヶー])",
        "[IVXⅠⅡⅢⅣⅤⅥ]{1,3}[a-zａ-ｚ]?",
        "[A-ZＡ-Ｚ][0-9０-９]?",
        "[・·●○]",
    )
)
# What a recogniser takes single letters of kana for.
_READ_AS = str.maketrans("了工才口二八力夕", "アエオロニハカタ")
# Where spaces were lost in reading, what follows another of its kind: digits, and kana.
_RUN_ON = (
    re.compile(rf"(?<!\d)\d{{1,2}}(?!\d){_NO_DATE}"),
    re.compile(r"(?<![ァ-ヶー])[ア-ン](?![ァ-ヶー])"),
)
_KANA_ORDERS = ("アイウエオカキクケコサシスセソ", "イロハニホヘトチリヌルヲ")
_LEAST_RUN = 2


def numberings_of(text: str) -> list[tuple[int, Span]]:
    """Return what may number options in a line of print, each with the number of its kind.

    What does not stand by itself counts if it goes on from another, as in 1 男 2 女 without spaces.
    """
    text = text.translate(_READ_AS)
    found = {
        (kind, match.span())
        for kind, pattern in enumerate(_STANDING)
        for match in pattern.finditer(text)
    }
    for kind, pattern in enumerate(_RUN_ON):
        matches = list(pattern.finditer(text))
        for values in _values_of(kind, [match.group() for match in matches]):
            found |= {(kind, matches[place].span()) for place in _longest_run(values)}
    return sorted(found)


def _values_of(kind: int, tokens: Sequence[str]) -> Iterator[list[int]]:
    """Yield the places of tokens in the orders that there are, -1 for what is in none."""
    if kind == 0:
        yield [int(unicodedata.normalize("NFKC", token)) for token in tokens]
        return
    for order in _KANA_ORDERS:
        yield [order.find(token) for token in tokens]


def _longest_run(values: Sequence[int]) -> list[int]:
    """Return the places of the longest run of values that go up by one, none if it is short."""
    runs: list[list[int]] = []
    for place, value in enumerate(values):
        before = [run for run in runs if value > 0 and values[run[-1]] == value - 1]
        runs.append([*max(before, key=len, default=[]), place])
    longest = max(runs, key=len, default=[])
    return longest if len(longest) >= _LEAST_RUN else []
