"""Find the options that no copy chose, by those beside them that one did."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from chohyo.discovery.field_regions import Region
from chohyo.discovery.line_cuts import part_by_ink
from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.printed_text import Printed
from chohyo.discovery.region_growth import Surroundings
from chohyo.discovery.region_kind import RegionKind

# What numbers an option, each kind by itself: 1, ア, Ⅱa, A, and the bullets of a list.
_NUMBERINGS = tuple(
    re.compile(rf"(?<![^\s　.．、。:：・(（]){token}(?=[\s　.．、・]|[^\W\dA-Za-z]|$)")
    for token in (
        "[0-9０-９]{1,2}",
        "[ア-ン]",
        "[IVXⅠⅡⅢⅣⅤⅥ]{1,3}[a-zａ-ｚ]?",
        "[A-ZＡ-Ｚ][0-9０-９]?",
        "[・·●○]",
    )
)
# Words that are circled beside one another, whether a copy chose one or not.
_PAIRS = re.compile(
    r"(男)\s*[・･·/／,、]?\s*(女)(?![性子])|(有り?)\s*[・･·/／,、]\s*(無し?)|(あり)\s*[・･·/／,、]\s*(なし)|"
    r"(有)[\s　]+(無)|(無)[\s　]*(有)(?![効料無限])|"
    r"(要)\s*[・･·/／,、]\s*(否|不要)|(可)\s*[・･·/／,、]\s*(否|不可)|"
    r"(明治?)\s*[・･·/／,、]\s*(大正?)\s*[・･·/／,、]\s*(昭和?)\s*[・･·/／,、]\s*(平成?)(?:\s*[・･·/／,、]\s*(令和?))?|"
    r"(大正?)\s*[・･·/／,、]\s*(昭和?)\s*[・･·/／,、]\s*(平成?)(?:\s*[・･·/／,、]\s*(令和?))?|"
    r"(昭和?)\s*[・･·/／,、]\s*(平成?)(?:\s*[・･·/／,、]\s*(令和?))?"
)
# In heights of print: how far numbers under or over chosen ones are options of the same list, and
# those under or over these.
_REACHES = (6.0, 2.5, 2.5)
# In widths of a word: where its letters stand is told so well.
_OFF = 0.5
# Of the smaller of two options: more than this in common, and they are one.
_TOUCH = 0.3
_WORD = re.compile(r"[^・･·/／\s　]{1,16}")
_LISTED = re.compile(rf"{_WORD.pattern}(?:[\s　]*[・･·/／][\s　]*{_WORD.pattern})+")


def with_siblings(
    regions: Sequence[Region], printed: Sequence[Printed], surroundings: Surroundings
) -> list[Region]:
    """Return the regions with the options beside those that copies circled."""
    chosen = [
        _Chosen(r.box, _style(r.box, printed)) for r in regions if r.kind is RegionKind.OPTION
    ]
    taken = [r.box for r in regions]
    added: list[Region] = []
    looked_at: set[tuple[int, tuple[int, int]]] = set()
    for reach in _REACHES:
        found = []
        for number, line in enumerate(printed):
            for span, style in _siblings(line, chosen, reach):
                # A word found once would stand in its own way and drive the next print into it.
                if (number, span) in looked_at:
                    continue
                looked_at.add((number, span))
                word = part_by_ink(line, span, surroundings.ruling)
                box = _place(word, _sizes(chosen, style), taken, surroundings)
                if box is not None:
                    taken.append(box)
                    added.append(Region(RegionKind.OPTION, box))
                    found.append(_Chosen(box, style, circled=False))
        # What was found tells of the next ones in turn, if they are near.
        chosen = [each for each in found if each.style is not None]
    return [*regions, *added]


def _place(
    word: PixelBox,
    size: tuple[int, int] | None,
    taken: Sequence[PixelBox],
    surroundings: Surroundings,
) -> PixelBox | None:
    """Return the print of an option that is not taken yet, a number with a ring's size around it.

    Spaces are lost in reading: a word may stand further right than its letters tell.
    """
    box = surroundings.print_at(word)
    other = box and _in_the_way(box, taken)
    # Unless it is the option that has this place, found before.
    if box and other and size is None and _is_further(word, other):
        x0 = other.x1 + word.width // 2
        box = surroundings.print_at(word._replace(x0=x0, x1=x0 + word.width))
        other = box and _in_the_way(box, taken)
    if box is None or other:
        return None
    return box if size is None else _resized(box, size)


def _is_further(word: PixelBox, other: PixelBox) -> bool:
    return word.center[0] - other.center[0] > _OFF * word.width


def _sizes(chosen: Sequence[_Chosen], style: int | None) -> tuple[int, int] | None:
    """Return how large the rings around numbers of a style usually are."""
    sizes = [(c.box.width, c.box.height) for c in chosen if c.style == style]
    if style is None or not sizes:
        return None
    width, height = np.median(np.array(sizes), axis=0)
    return round(float(width)), round(float(height))


def _resized(box: PixelBox, size: tuple[int, int]) -> PixelBox:
    (x, y), (width, height) = box.center, size
    x0, y0 = round(x - width / 2), round(y - height / 2)
    return PixelBox(x0, y0, x0 + width, y0 + height)


def _in_the_way(box: PixelBox, taken: Sequence[PixelBox]) -> PixelBox | None:
    """Return what takes a good part of the place; rings of lines under one another touch."""
    return next(
        (t for t in taken if box.intersection(t) > _TOUCH * min(box.area, t.area)),
        None,
    )


@dataclass(frozen=True, slots=True)
class _Chosen:
    """An option that a copy circled, or that was found by one.

    `style` is the place of its numbering, None for a word.
    """

    box: PixelBox
    style: int | None
    circled: bool = True


def _style(box: PixelBox, printed: Sequence[Printed]) -> int | None:
    for line in printed:
        if not line.box.shares_row(box, 0.5):
            continue
        span = line.span(box.x0, box.x1)
        for number, numbering in enumerate(_NUMBERINGS):
            if span and any(_meet(m.span(), span) for m in numbering.finditer(line.text)):
                return number
    return None


def _siblings(
    line: Printed, chosen: Sequence[_Chosen], reach: float
) -> Iterator[tuple[tuple[int, int], int | None]]:
    """Yield the letters of a line that are options, and the style of those that are numbered."""
    beside = [each for each in chosen if each.circled and each.box.shares_row(line.box, 0.6)]
    for style, numbering in enumerate(_NUMBERINGS):
        for match in numbering.finditer(line.text):
            place = line.part(*match.span())
            if any(each.style == style for each in beside) or _lead(place, style, chosen, reach):
                yield match.span(), style
    for span in _divided(line, beside):
        yield span, None
    for match in _PAIRS.finditer(line.text):
        for number in range(1, match.re.groups + 1):
            if match[number]:
                yield match.span(number), None


def _divided(line: Printed, beside: Sequence[_Chosen]) -> Iterator[tuple[int, int]]:
    """Yield the words that dots or strokes divide, when one of them was circled."""
    spans = [span for each in beside if (span := line.span(each.box.x0, each.box.x1))]
    chosen = [_trimmed(line.text, span) for span in spans]
    for listed in _LISTED.finditer(line.text):
        words = [match.span() for match in _WORD.finditer(line.text, *listed.span())]
        if len(words) <= 6 and any(word in chosen for word in words):
            yield from words


def _lead(first: PixelBox, style: int, chosen: Sequence[_Chosen], reach: float) -> bool:
    """Say whether a numbering stands in a column of chosen ones."""
    return any(
        each.style == style
        and abs(each.box.center[0] - first.center[0]) < 0.6 * first.height
        and abs(each.box.center[1] - first.center[1]) < reach * first.height
        for each in chosen
    )


def _meet(first: tuple[int, int], second: tuple[int, int]) -> bool:
    return first[0] < second[1] and second[0] < first[1]


def _trimmed(text: str, span: tuple[int, int]) -> tuple[int, int]:
    piece = text[span[0] : span[1]]
    kept = piece.strip(" 　・･·/／")
    start = span[0] + piece.find(kept)
    return start, start + len(kept)
