"""How alike two labels are."""

from __future__ import annotations

import re
import unicodedata


def label_similarity(proposed: str, true: str) -> float:
    """Return 1 less the edit distance over the longer label, widths, case and signs folded."""
    first, second = _folded(proposed), _folded(true)
    longest = max(len(first), len(second))
    return 1.0 - _distance(first, second) / longest if longest else 1.0


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def _distance(first: str, second: str) -> int:
    """Return the Levenshtein distance, row by row (Wagner and Fischer, 1974)."""
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(second, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (a != b))
    return row[-1]
