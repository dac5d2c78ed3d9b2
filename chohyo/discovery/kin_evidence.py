"""Show what ties two editions of a form: the print or the words that both have, and the rest."""

from __future__ import annotations

from dataclasses import replace

from chohyo.discovery.heads import Head
from chohyo.discovery.moved_words import Word, words_of
from chohyo.domain.geometry import Box
from chohyo.domain.kinship import Kinship, KinSide, Tie
from chohyo.matching.evidence import anchors
from chohyo.matching.features import PageFeatures
from chohyo.matching.print_comparison import compare_print
from chohyo.matching.registration import register

_AGREES, _LACKS = 0.7, 0.4  # of a tile's print
_ONE_LINE = 3  # px at half size by which words that moved together differ


def kinship_of(
    one: PageFeatures,
    other: PageFeatures,
    tie: Tie,
    share: float,
    heads: tuple[Head | None, Head | None],
) -> Kinship:
    """Return the evidence for a tie that was found between two pages; boxes lie on each of them."""
    here, there = _print(one, other)[:2] if tie is Tie.PRINT else _words(one, other)
    return Kinship(tie, share, _headed(here, heads[0]), _headed(there, heads[1]))


def divided(
    one: PageFeatures, other: PageFeatures, differs: tuple[tuple[Box, ...], tuple[Box, ...]]
) -> Kinship:
    """Return the evidence for two editions gathered as copies of one print, and told apart then."""
    here, there, share = _print(one, other)
    return Kinship(
        Tie.DIVIDED, share, replace(here, alone=differs[0]), replace(there, alone=differs[1])
    )


def _headed(side: KinSide, head: Head | None) -> KinSide:
    return replace(side, title=head.shown, page_mark=head.page) if head is not None else side


def _print(one: PageFeatures, other: PageFeatures) -> tuple[KinSide, KinSide, float]:
    """Return the anchors that agree best and worst, on both pages, and how much agrees."""
    laid = register(one, other)
    if laid is None:
        return KinSide(), KinSide(), 0.0
    compared = compare_print(one, other, laid.transform, pair=True)
    found = anchors(compared)
    alike = tuple(each.box for each in found if each.agreement >= _AGREES)
    unlike = tuple(each.box for each in found if each.agreement < _LACKS)
    back = laid.transform.inverse()
    moved = [tuple(back.box(box).grown(0, 0) for box in boxes) for boxes in (alike, unlike)]
    here, there = KinSide(alike=moved[0], alone=moved[1]), KinSide(alike=alike, alone=unlike)
    return here, there, compared.score


def _words(one: PageFeatures, other: PageFeatures) -> tuple[KinSide, KinSide]:
    """Return the words of the first that the second has, wherever they moved, and the others."""
    ours, theirs = words_of(one, other), words_of(other, one)
    pairs = _joined(ours)
    return (
        KinSide(
            alike=tuple(_box(one, word) for word in pairs),
            alone=tuple(_box(one, word) for word in ours if word.moved is None),
        ),
        KinSide(
            alike=tuple(_box(other, word, moved=True) for word in pairs),
            alone=tuple(_box(other, word) for word in theirs if word.moved is None),
        ),
    )


def _joined(words: list[Word]) -> list[Word]:
    """Return the words that were found, those side by side that moved together as one."""
    lines: list[Word] = []
    for word in words:
        last = lines[-1] if lines else None
        if word.moved is None:
            continue
        if (
            last is not None
            and last.moved is not None
            and (last.y, last.x + last.width) == (word.y, word.x)
            and max(abs(a - b) for a, b in zip(last.moved, word.moved, strict=True)) <= _ONE_LINE
        ):
            lines[-1] = replace(last, width=last.width + word.width)
        else:
            lines.append(word)
    return lines


def _box(page: PageFeatures, word: Word, *, moved: bool = False) -> Box:
    height, width = page.half.shape
    across, down = word.moved if moved and word.moved is not None else (0, 0)
    x, y = word.x + across, word.y + down
    return Box(
        max(0.0, x / width),
        max(0.0, y / height),
        min(1.0, (x + word.width) / width),
        min(1.0, (y + word.height) / height),
    )
