"""Cut printed lines at the vertical rules that they were read across.

A recogniser reads the headings of narrow columns as one line. Which letters stand on which side of
a rule is told by the ink: letters of one line are about as wide, and the spaces between count for
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.printed_text import Printed, letter_width
from chohyo.discovery.ruling import Ruling
from chohyo.extraction.masks import stretches

# A rule covers this share of the line's rows, and goes on by so much of its height over it or under
# it: in a low cell print may reach up to where the rule ends.
_COVERS, _GOES_ON = 0.8, 0.25
# In heights of the line: nearer to its ends a rule bounds it and crosses nothing.
_END = 0.25
# In letters: how far from where the ink puts it a cut may be for a space in the text.
_TO_SPACE = 1.2
# In heights: a narrower gap is none between words.
_SPACE = 0.18
_WORD = re.compile(r"[^\s　]+")
_DOT = re.compile("[・･·/／]")
_WORD_OR_DOT = re.compile(rf"[^\s　・･·/／]+|{_DOT.pattern}")
# Items and what numbers them, where spaces between were lost in reading.
_NUMBERED = re.compile(
    r"\d+[.．、]?|(?<![ァ-ヶー])[ア-ン了](?![ァ-ヶー])|[^\s　\dア-ン了]+|[^\s　]"
)
# Of the usual width of the line's letters, those of a word have this much at least.
_LEAST_WIDE = 0.6


def cut_at_rules(printed: Sequence[Printed], ruling: Ruling) -> list[Printed]:
    """Return the pieces of print, none of them on both sides of a vertical rule."""
    return [piece for line in printed for piece in _cut(line, ruling)]


def crosses_rule(box: PixelBox, ruling: Ruling) -> bool:
    """Say whether a vertical rule runs through a line of print."""
    return bool(_crossings(box, ruling))


def part_by_ink(line: Printed, span: tuple[int, int], ruling: Ruling) -> PixelBox:
    """Return about where some letters of a line stand, its words parted by the widest gaps."""
    for parting in (_NUMBERED, _WORD_OR_DOT, _WORD):
        words = [match.span() for match in parting.finditer(line.text)]
        own = next((n for n, (a, b) in enumerate(words) if a <= span[0] and span[1] <= b), None)
        places = _clusters(line.box, len(words), ruling)
        if own is None or len(words) < 2 or len(places) != len(words):
            continue
        if _are_as_wide(places, [line.text[a:b] for a, b in words]):
            (a, b), (x0, x1) = words[own], places[own]
            word = Printed(line.text[a:b], line.box._replace(x0=x0, x1=x1))
            return word.part(span[0] - a, span[1] - a)
    return line.part(*span)


def _are_as_wide(places: Sequence[tuple[int, int]], words: Sequence[str]) -> bool:
    """Say whether places are each about as wide as the letters of their words, and dots narrow."""
    widths = [x1 - x0 for x0, x1 in places]
    letters = [0.0 if _DOT.fullmatch(w) else float(sum(map(letter_width, w))) for w in words]
    wide = sum(width for width, count in zip(widths, letters, strict=True) if count)
    usual = wide / max(1e-6, sum(letters))
    return all(
        _LEAST_WIDE <= width / (usual * count) <= 1 / _LEAST_WIDE
        if count
        else width <= _LEAST_WIDE * usual
        for width, count in zip(widths, letters, strict=True)
    )


def _clusters(box: PixelBox, count: int, ruling: Ruling) -> list[tuple[int, int]]:
    """Return the columns of a line's words, none when the gaps do not tell so many apart."""
    inked = np.flatnonzero(ruling.text[box.y0 : box.y1, box.x0 : box.x1].any(axis=0))
    gaps = np.diff(inked)
    if len(gaps) < count:
        return []
    cuts = np.sort(np.argsort(-gaps, kind="stable")[: count - 1])
    if gaps[cuts].min(initial=box.height) < _SPACE * box.height:
        return []
    starts = inked[np.concatenate([[0], cuts + 1])] + box.x0
    stops = inked[np.concatenate([cuts, [-1]])] + box.x0 + 1
    return [(int(a), int(b)) for a, b in zip(starts, stops, strict=True)]


def _cut(line: Printed, ruling: Ruling) -> Iterator[Printed]:
    crossings = _crossings(line.box, ruling)
    if not crossings or len(line.text) < 2:
        yield line
        return
    edges = [line.box.x0, *crossings, line.box.x1]
    spans = [_inked(line.box, start, stop, ruling) for start, stop in pairwise(edges)]
    there = [span for span in spans if span is not None]
    if not there:
        yield line
        return
    for (x0, x1, _), text in zip(
        there, _shared_out(line.text, [width for _, _, width in there]), strict=True
    ):
        if text:
            yield Printed(text, line.box._replace(x0=x0, x1=x1))


def _crossings(box: PixelBox, ruling: Ruling) -> list[int]:
    """Return the middles of the rules that run through a line, from the left."""
    if box.width <= box.height:
        return []
    more = round(_GOES_ON * box.height)
    end = max(2, round(_END * box.height))
    inner = np.s_[box.x0 + end : box.x1 - end]
    through = ruling.down[box.y0 : box.y1, inner].mean(axis=0) >= _COVERS
    above = ruling.down[max(0, box.y0 - more) : box.y0 + 1, inner].mean(axis=0) >= _COVERS
    below = ruling.down[box.y1 - 1 : box.y1 + more, inner].mean(axis=0) >= _COVERS
    return [box.x0 + end + middle for middle in _middles(through & (above | below))]


def _middles(columns: NDArray[np.bool_]) -> list[int]:
    return [int(start + stop) // 2 for start, stop in stretches(columns)]


def _inked(box: PixelBox, start: int, stop: int, ruling: Ruling) -> tuple[int, int, int] | None:
    """Return where the print between two columns begins and ends, and how many it inks."""
    columns = np.flatnonzero(ruling.text[box.y0 : box.y1, start:stop].sum(axis=0) > 1)
    if not len(columns):
        return None
    return start + int(columns[0]), start + int(columns[-1]) + 1, len(columns)


def _shared_out(text: str, widths: Sequence[int]) -> list[str]:
    """Share the letters of a text out among places, by how much of each is inked."""
    letters = np.cumsum([0.0, *(0.0 if c.isspace() else letter_width(c) for c in text)])
    total, cuts = float(sum(widths)), [0]
    for number in range(1, len(widths)):
        wanted = letters[-1] * sum(widths[:number]) / total
        cuts.append(max(cuts[-1], _cut_near(text, letters, wanted)))
    cuts.append(len(text))
    return [text[a:b].strip() for a, b in pairwise(cuts)]


def _cut_near(text: str, letters: NDArray[np.float64], wanted: float) -> int:
    """Return the number of letters before a cut: at a space, if one is near."""
    usual = letters[-1] / max(1, sum(not c.isspace() for c in text))
    spaces = [n for n, c in enumerate(text) if c.isspace()]
    near = min(spaces, key=lambda n: abs(letters[n] - wanted), default=None)
    if near is not None and abs(letters[near] - wanted) <= _TO_SPACE * usual:
        return near
    return int(np.argmin(np.abs(letters - wanted)))
