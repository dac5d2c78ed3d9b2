"""The baseline a user would pick: read the whole page, then put its text into the true boxes."""

from __future__ import annotations

from collections.abc import Sequence

from chohyo.models.ocr import TextLine
from eval.extraction.truth import FilledPage, comparable


def assigned(page: FilledPage, lines: Sequence[TextLine]) -> dict[str, str]:
    """Return the text of each written field by name: the letters whose middle lies in its box.

    A line's letters are taken to be spread evenly along it, wide ones twice as far apart, so that
    a line over several fields is cut at their borders. The boxes are those of this very page.
    """
    texts: dict[str, list[str]] = {}
    for line in lines:
        in_line: dict[str, str] = {}
        for letter, (x, y) in _placed(line):
            for field in page.fields:
                if not field.is_mark and field.box.contains(x, y):
                    in_line[field.name] = in_line.get(field.name, "") + letter
        for name, text in in_line.items():
            texts.setdefault(name, []).append(text.strip())
    return {name: comparable(" ".join(pieces)) for name, pieces in texts.items()}


def score(page: FilledPage, lines: Sequence[TextLine]) -> tuple[int, int]:
    """Return how many written values were read exactly, of how many."""
    found = assigned(page, lines)
    written = [field for field in page.fields if field.value and not field.is_mark]
    right = sum(found.get(field.name, "") == comparable(field.value) for field in written)
    return right, len(written)


def _placed(line: TextLine) -> list[tuple[str, tuple[float, float]]]:
    widths = [1.0 if letter.isascii() else 2.0 for letter in line.text]
    total, at = sum(widths), 0.0
    placed = []
    for letter, width in zip(line.text, widths, strict=True):
        placed.append((letter, _along(line, (at + width / 2) / total)))
        at += width
    return placed


def _along(line: TextLine, share: float) -> tuple[float, float]:
    """Return the point on the middle of a line, which may run aslant, at a share of its length."""
    top_left, top_right, bottom_right, bottom_left = line.quad
    left = ((top_left[0] + bottom_left[0]) / 2, (top_left[1] + bottom_left[1]) / 2)
    right = ((top_right[0] + bottom_right[0]) / 2, (top_right[1] + bottom_right[1]) / 2)
    return left[0] + share * (right[0] - left[0]), left[1] + share * (right[1] - left[1])
