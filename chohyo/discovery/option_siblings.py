"""Find the options that no copy chose, by those beside them that one did."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chohyo.discovery.field_regions import Region
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
        "[・●○]",
    )
)
# Words that are circled beside one another, whether a copy chose one or not.
_PAIRS = re.compile(
    r"(男)\s*[・･/／,、]?\s*(女)(?![性子])|(有り?)\s*[・･/／,、]\s*(無し?)|(あり)\s*[・･/／,、]\s*(なし)|"
    r"(有)[\s　]+(無)|(無)[\s　]*(有)(?![効料無限])|"
    r"(要)\s*[・･/／,、]\s*(否|不要)|(可)\s*[・･/／,、]\s*(否|不可)|"
    r"(明治?)\s*[・･/／,、]\s*(大正?)\s*[・･/／,、]\s*(昭和?)\s*[・･/／,、]\s*(平成?)(?:\s*[・･/／,、]\s*(令和?))?|"
    r"(大正?)\s*[・･/／,、]\s*(昭和?)\s*[・･/／,、]\s*(平成?)(?:\s*[・･/／,、]\s*(令和?))?|"
    r"(昭和?)\s*[・･/／,、]\s*(平成?)(?:\s*[・･/／,、]\s*(令和?))?"
)
_WORD = re.compile(r"[^・･·/／\s　]{1,8}")


def with_siblings(
    regions: Sequence[Region], printed: Sequence[Printed], surroundings: Surroundings
) -> list[Region]:
    """Return the regions with the options beside those that copies circled."""
    chosen = [
        _Chosen(r.box, _style(r.box, printed)) for r in regions if r.kind is RegionKind.OPTION
    ]
    taken = [r.box for r in regions]
    added: list[Region] = []
    for line in printed:
        for word in _siblings(line, chosen):
            box = surroundings.print_at(word)
            if box is None or any(box.intersection(other) for other in taken):
                continue
            taken.append(box)
            added.append(Region(RegionKind.OPTION, box))
    return [*regions, *added]


@dataclass(frozen=True, slots=True)
class _Chosen:
    """An option that a copy circled; `style` is the place of its numbering, None for a word."""

    box: PixelBox
    style: int | None


def _style(box: PixelBox, printed: Sequence[Printed]) -> int | None:
    for line in printed:
        if not line.box.shares_row(box, 0.5):
            continue
        span = line.span(box.x0, box.x1)
        for number, numbering in enumerate(_NUMBERINGS):
            if span and any(_meet(m.span(), span) for m in numbering.finditer(line.text)):
                return number
    return None


def _siblings(line: Printed, chosen: Sequence[_Chosen]) -> Iterator[PixelBox]:
    """Yield about where the options of a line stand."""
    beside = [each for each in chosen if each.box.shares_row(line.box, 0.6)]
    for style, numbering in enumerate(_NUMBERINGS):
        spans = [match.span() for match in numbering.finditer(line.text)]
        if any(each.style == style for each in beside):
            yield from (line.part(*span) for span in spans)
        elif spans and spans[0][0] == 0 and _lead(line.part(*spans[0]), style, chosen):
            yield line.part(*spans[0])
    yield from _divided(line, beside)
    for match in _PAIRS.finditer(line.text):
        yield from (line.part(*match.span(i)) for i in range(1, match.re.groups + 1) if match[i])


def _divided(line: Printed, beside: Sequence[_Chosen]) -> Iterator[PixelBox]:
    """Yield the words of a line that dots or strokes divide, when one of them was circled."""
    words = [match.span() for match in _WORD.finditer(line.text)]
    spans = [span for each in beside if (span := line.span(each.box.x0, each.box.x1))]
    whole = any(word == _trimmed(line.text, span) for word in words for span in spans)
    if whole and len(words) <= 6 and re.search(r"[・･·/／]", line.text):
        yield from (line.part(*word) for word in words)


def _lead(first: PixelBox, style: int, chosen: Sequence[_Chosen]) -> bool:
    """Say whether a numbering that begins a line stands in a column of chosen ones."""
    return any(
        each.style == style
        and abs(each.box.center[0] - first.center[0]) < 0.6 * first.height
        and abs(each.box.center[1] - first.center[1]) < 6 * first.height
        for each in chosen
    )


def _meet(first: tuple[int, int], second: tuple[int, int]) -> bool:
    return first[0] < second[1] and second[0] < first[1]


def _trimmed(text: str, span: tuple[int, int]) -> tuple[int, int]:
    piece = text[span[0] : span[1]]
    kept = piece.strip(" 　・･/／")
    start = span[0] + piece.find(kept)
    return start, start + len(kept)
