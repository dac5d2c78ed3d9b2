"""The form of a text in which it is searched: widths, kana, case, dashes and digits made one.

`６４９` and `649` are the same, as are `ﾔﾏﾀﾞ`, `ヤマダ` and `やまだ`, `1,234` and `1234`.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Hyphens, dashes, minus signs and the long vowel mark: recognisers take one for the other.
_DASHES: Final = dict.fromkeys(map(ord, "‐‑‒–—―−─━ー⁃﹘〜~"), "-")
_KATAKANA: Final = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_QUOTES: Final = dict.fromkeys(map(ord, "‘’´`"), "'") | dict.fromkeys(map(ord, "“”"), '"')
_TABLE: Final = _KATAKANA | _DASHES | _QUOTES
_GROUPED = re.compile(r"(?<=\d),\s?(?=\d{3}(?!\d))")
_SPACE = re.compile(r"\s+")


def fold(text: str) -> str:
    """Return a text as it is searched, with single spaces; never longer than 18 times the text."""
    # A mark of its own combines with what stands before: `カ` and `゛` are `ガ`.
    composed = unicodedata.normalize("NFKC", text.replace("゛", "\u3099").replace("゜", "\u309a"))
    folded = unicodedata.normalize("NFKC", composed.casefold()).translate(_TABLE)
    visible = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in folded)
    return _GROUPED.sub("", _SPACE.sub(" ", visible)).strip()


def squeezed(folded: str) -> str:
    """Return a folded text without its spaces: Japanese has none, and recognisers put some in."""
    return folded.replace(" ", "")
