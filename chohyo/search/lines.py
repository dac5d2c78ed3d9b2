"""The lines of a page as search keeps them, from a recogniser or from a text layer."""

from __future__ import annotations

from collections.abc import Sequence

from chohyo.domain.geometry import Box
from chohyo.models.ocr import TextLine
from chohyo.search.folding import fold
from chohyo.storage.search_index import StoredLine

_SAME_ROW = 0.5  # of the lower one's height that two words of a row share
_NEIGHBOURS = 2.5  # heights of a word that may lie between two words of one line


def recognized_lines(found: Sequence[TextLine]) -> tuple[StoredLine, ...]:
    """Return the lines that a recogniser found, in its order."""
    lines = (_line(each.text, each.box, each.confidence) for each in found)
    return tuple(line for line in lines if line.folded)


def text_layer_lines(words: Sequence[tuple[str, Box]]) -> tuple[StoredLine, ...]:
    """Return the lines that a text layer's words make, in its order."""
    runs: list[list[tuple[str, Box]]] = []
    for word in words:
        if runs and _continues(runs[-1][-1][1], word[1]):
            runs[-1].append(word)
        else:
            runs.append([word])
    lines = (_line(" ".join(text for text, _ in run), _around(run), 1.0) for run in runs)
    return tuple(line for line in lines if line.folded)


def _continues(before: Box, box: Box) -> bool:
    shared = min(before.y1, box.y1) - max(before.y0, box.y0)
    low = min(before.height, box.height)
    gap = box.x0 - before.x1
    return shared >= _SAME_ROW * low and -low <= gap <= _NEIGHBOURS * low


def _around(run: Sequence[tuple[str, Box]]) -> Box:
    box = run[0][1]
    for _, each in run[1:]:
        box = box.union(each)
    return box


def _line(text: str, box: Box, confidence: float) -> StoredLine:
    # PostgreSQL keeps no NUL, and a line break would end the line.
    raw = " ".join(text.replace("\0", " ").split())
    return StoredLine(raw, fold(raw), box, confidence)
