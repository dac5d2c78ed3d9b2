"""The values of a page as lines to search: as they were read, and as they are meant."""

from __future__ import annotations

from collections.abc import Sequence

from chohyo.domain.values import Normalized
from chohyo.search.folding import fold


def value_lines(values: Sequence[tuple[str, Normalized]]) -> list[tuple[int, str]]:
    """Return folded lines with the number of the value each belongs to.

    `令和6年4月1日` is also found as `2024-04-01`. Marks that are only set or not say nothing.
    """
    lines: list[tuple[int, str]] = []
    for number, (raw, normalized) in enumerate(values):
        if isinstance(normalized, bool):
            continue
        meant = "" if normalized is None else fold(str(normalized))
        for text in dict.fromkeys((fold(raw.replace("\0", " ")), meant)):
            if text:
                lines.append((number, text))
    return lines
