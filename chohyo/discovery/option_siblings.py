"""Find the options that no copy chose, by those beside them that one did."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from chohyo.discovery.numberings import Span, numberings_of
from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.print_rows import Row, rows_of
from chohyo.discovery.printed_text import Printed
from chohyo.discovery.region import Region, RegionKind
from chohyo.discovery.region_growth import Surroundings

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
# And how far they are in another cell.
_NEXT_CELL = 2.5
# Of an option's print, what writing that is a ring around it covers at least; in areas of that
# print, how large it is at most.
_WITHIN, _RING = 0.7, 6.0
# In widths of a word: where its letters stand is told so well.
_OFF = 0.5
# Of the smaller of two options: more than this in common, and they are one.
_TOUCH = 0.3
# Of a list's word, what a ring around it holds at least; of rows that part words by space alone,
# how long these are, and how many.
_HELD = 0.6
# And how many times longer than the others a first word is that begins with a label.
_LABELLED = 2
_SHORT, _FEW = 4, 5
_WORD = re.compile(r"[^・･·/／\s　（）():：、，,]{1,24}")
_LISTED = re.compile(rf"{_WORD.pattern}(?:[\s　]*[・･·/／][\s　]*{_WORD.pattern})+")
_BRACKETS = re.compile("[（(]([^（()）]*)[)）]")
_SPACED, _SPOKEN = re.compile(r"[\s　]+"), re.compile(r"[^\s　]+")
# What a number leads, up to a space or a bracket, and how many letters more than the number a ring
# around all of it holds.
_ITEM = re.compile(r"[\s　.．、・]*[^\s　（(・]+")
_MORE = 2
# In heights of a line: a ring around more than one is higher.
_LINE = 2.0


def with_siblings(
    regions: Sequence[Region], printed: Sequence[Printed], surroundings: Surroundings
) -> list[Region]:
    """Return the regions with the options beside those that copies circled."""
    rows = rows_of(printed, surroundings)
    chosen = [_chosen(r.box, rows) for r in regions if r.kind is RegionKind.OPTION]
    known = _known_lists(rows, chosen)
    words = [
        row.part_by_ink(span, surroundings.ruling)
        for row in rows
        for span, _ in _siblings(row, chosen, known, _REACHES[0])
    ]
    regions = [r for r in regions if not _is_ring(r, words)]
    taken = [r.box for r in regions]
    added: list[Region] = []
    looked_at: set[tuple[int, Span]] = set()
    for reach in _REACHES:
        found = []
        for number, row in enumerate(rows):
            for span, like in _siblings(row, chosen, known, reach):
                # A word found once would stand in its own way and drive the next print into it.
                if (number, span) in looked_at:
                    continue
                looked_at.add((number, span))
                word = row.part_by_ink(span, surroundings.ruling)
                box = _place(word, _sizes(chosen, like), taken, surroundings)
                if box is not None:
                    taken.append(box)
                    added.append(Region(RegionKind.OPTION, box))
                    found.append(_Chosen(box, like.style, row.cell, like.whole, circled=False))
        # What was found tells of the next ones in turn, if they are near.
        chosen = [each for each in found if each.style is not None]
    return [*regions, *added]


def _is_ring(region: Region, words: Sequence[PixelBox]) -> bool:
    """Say whether what seems to be written is a ring around an option: it has that print inside."""
    if region.kind is not RegionKind.TEXT or region.comb:
        return False
    return any(
        region.box.covers(word) > _WITHIN and region.box.area < _RING * word.area for word in words
    )


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


def _sizes(chosen: Sequence[_Chosen], like: _Chosen) -> tuple[int, int] | None:
    """Return how large the rings around numbers of a style usually are, None for words."""
    sizes = [(c.box.width, c.box.height) for c in chosen if c.style == like.style and not c.whole]
    if like.style is None or like.whole or not sizes:
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

    `style` is the place of its numbering, None for a word; `whole` says that the ring goes around
    what the number leads as well.
    """

    box: PixelBox
    style: int | None
    cell: PixelBox | None = None
    whole: bool = False
    circled: bool = True


_WORDS_ALONE = _Chosen(PixelBox(0, 0, 0, 0), None, circled=False)


def _chosen(box: PixelBox, rows: Sequence[Row]) -> _Chosen:
    for row in rows:
        span = row.span(box)
        for style, number in numberings_of(row.text) if span else ():
            if span and _meet(number, span):
                inside = _SPACED.sub("", row.text[number[1] : span[1]])
                whole = len(inside) >= _MORE and box.height <= _LINE * row.box.height
                return _Chosen(box, style, row.cell, whole)
    return _Chosen(box, None)


def _siblings(
    row: Row, chosen: Sequence[_Chosen], known: frozenset[str], reach: float
) -> Iterator[tuple[Span, _Chosen]]:
    """Yield the letters of a row that are options, and the chosen one that they are like."""
    beside = [each for each in chosen if each.circled and each.box.shares_row(row.box, 0.6)]
    for style, number in numberings_of(row.text):
        alike = [each for each in beside if each.style == style]
        whole = sum(each.whole for each in alike) > len(alike) / 2
        like = next((each for each in alike if each.whole == whole), None)
        like = like or _lead(row, row.part(number), style, chosen, reach)
        if like is not None:
            item = _ITEM.match(row.text, number[1]) if like.whole else None
            yield (number[0], item.end() if item else number[1]), like
    for words in _lists(row):
        if _holds_chosen(row, words, beside) or _is_known(row, words, known):
            for word in words:
                yield word, _WORDS_ALONE
    for words in _in_brackets(row):
        if sum(_stands_among(each.box, row, words) for each in beside) >= 2:
            for word in words:
                yield word, _WORDS_ALONE
    for match in _PAIRS.finditer(row.text):
        for group in range(1, match.re.groups + 1):
            if match[group]:
                yield match.span(group), _WORDS_ALONE


def _lists(row: Row) -> Iterator[list[Span]]:
    """Yield the words of a row that dots or strokes divide, and all of one if short and alike."""
    for listed in _LISTED.finditer(row.text):
        words = [match.span() for match in _WORD.finditer(row.text, *listed.span())]
        if len(words) <= 6:
            yield _without_label(words)
    words = [match.span() for match in _SPOKEN.finditer(row.text)]
    lengths = {stop - start for start, stop in words}
    if row.cell is not None and 1 < len(words) <= _FEW and len(lengths) == 1:
        letters = "".join(row.text[start:stop] for start, stop in words)
        if max(lengths) <= _SHORT and letters.isalpha():
            yield words


def _without_label(words: Sequence[Span]) -> list[Span]:
    """Return the words of a list, of a first one that is far longer than all others its end.

    What comes before is a label, as in 連帯保証人あり・なし.
    """
    longest = max(stop - start for start, stop in words[1:])
    start, stop = words[0]
    return [(stop - longest if stop - start >= _LABELLED * longest else start, stop), *words[1:]]


def _in_brackets(row: Row) -> Iterator[list[Span]]:
    """Yield short words that spaces part within brackets; rings may have hidden others of them."""
    for group in _BRACKETS.finditer(row.text):
        words = [match.span() for match in _SPOKEN.finditer(row.text, *group.span(1))]
        if words and max(stop - start for start, stop in words) <= _SHORT - 1:
            yield words


def _stands_among(box: PixelBox, row: Row, words: Sequence[Span]) -> bool:
    """Say whether a ring stands from the first word of several to the last."""
    first, last = row.part(words[0]), row.part(words[-1])
    return first.x0 - box.width < box.center[0] < last.x1 + box.width


def _holds_chosen(row: Row, words: Sequence[Span], beside: Sequence[_Chosen]) -> bool:
    """Say whether a ring goes around one word of a list."""
    spans = [span for each in beside if (span := row.span(each.box))]
    return any(
        min(word[1], span[1]) - max(word[0], span[0]) >= _HELD * max(b - a for a, b in (word, span))
        for word in words
        for span in spans
    )


def _known_lists(rows: Sequence[Row], chosen: Sequence[_Chosen]) -> frozenset[str]:
    """Return the words of the lists of which one word was circled."""
    return frozenset(
        row.text[start:stop]
        for row in rows
        for words in _lists(row)
        if _holds_chosen(row, words, [c for c in chosen if c.box.shares_row(row.box, 0.6)])
        for start, stop in words
    )


def _is_known(row: Row, words: Sequence[Span], known: frozenset[str]) -> bool:
    """Say whether most words of a list are in lists of which one was circled elsewhere."""
    met = sum(row.text[start:stop] in known for start, stop in words)
    return met >= 2 and 2 * met >= len(words)


def _lead(
    row: Row, first: PixelBox, style: int, chosen: Sequence[_Chosen], reach: float
) -> _Chosen | None:
    """Return the chosen one of its style in whose column a numbering stands."""
    return next(
        (
            each
            for each in chosen
            if each.style == style
            and abs(_start(each) - (first.x0 if each.whole else first.center[0]))
            < 0.6 * first.height
            and abs(each.box.center[1] - first.center[1])
            < (reach if each.cell == row.cell else min(reach, _NEXT_CELL)) * first.height
        ),
        None,
    )


def _start(chosen: _Chosen) -> float:
    """Return the column of a chosen number: its middle, or where its item begins."""
    return chosen.box.x0 + 0.3 * chosen.box.height if chosen.whole else chosen.box.center[0]


def _meet(first: tuple[int, int], second: tuple[int, int]) -> bool:
    return first[0] < second[1] and second[0] < first[1]
