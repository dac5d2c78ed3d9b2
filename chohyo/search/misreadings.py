"""Find where a text says a query but for a letter or two, as recognisers and people get them wrong.

It is approximate string matching by dynamic programming (Sellers, J. Algorithms 1, 1980), over many
texts at once: a row of the table is one vector. What looks alike costs less than what does not, and
punctuation less than letters; a number that goes on is another number.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from chohyo.search.folding import squeezed
from chohyo.search.occurrences import Occurrence, Place

# Letters that print of poor quality does not tell apart, as they are folded.
_GROUPS: Final = (
    "0oqd", "1lij|!/", "2z", "3b8", "5s", "6bg", "9gq", "ceo", "uvw", "nhm", "rn", "tf",
    "ロ口", "カ力", "ニ二", "タ夕", "エ工", "ト卜", "ハ八", "ノ丿", "日曰目", "未末", "人入八",
    "土士", "大太犬", "間問聞", "申由甲", "徴微", "住往", "ソンリ", "シツ", "千干于", "己已巳",
    "-一_", "アァ", "イィ", "ウゥ", "エェ", "オォ", "ツッ", "ヤャ", "ユュ", "ヨョ", "パバハ",
    "ピビヒ", "プブフ", "ペベヘ", "ポボホ",
)  # fmt: skip
_ALIKE: Final = 0.25
_MARK: Final = 0.25  # a sign that is neither letter nor digit, more or less
_OTHER: Final = 1.0
# A digit that is read as another one makes another number.
_ALIKE_DIGIT: Final = 0.5
_OTHER_DIGIT: Final = 1.5
_GOES_ON: Final = 1.0  # at either end, where the same number or Latin word goes on
_NEVER: Final = 1000.0
_END: Final = "\0"
_LEAST: Final = 0.7  # closeness: of four letters one is missing, or of five one is another
_LONGEST: Final = 40  # of what is longer grams tell enough
_SHORTEST: Final = 4
_SHARED: Final = 0.5  # of a query's different letters that a line has to have
_JOINED: Final = 3  # lines that a query may run on over
_STRETCHES: Final = 300  # that are looked at letter by letter


@dataclass(frozen=True, slots=True)
class Nearest:
    """Where a text comes nearest to a query: characters `start` to `end`.

    `closeness` is 1 where it says the same, and less by the share of letters that differ; it may
    be below 0.
    """

    closeness: float
    start: int
    end: int


def find_nearly(query: str, pages: Sequence[Sequence[str]]) -> list[Occurrence | None]:
    """Return for each page's folded lines where they nearly say the query, which has no spaces.

    The score is the closeness of the nearest place, None where no place is close enough.
    """
    found: list[Occurrence | None] = [None] * len(pages)
    if not _SHORTEST <= len(query) <= _LONGEST:
        return found
    stretches = _likeliest(query, pages)
    texts = ["".join(each.parts) for each in stretches]
    for each, near in zip(stretches, nearest(query, texts), strict=True):
        known = found[each.page]
        if near.closeness >= _LEAST and (known is None or near.closeness > known.score):
            found[each.page] = Occurrence(near.closeness, each.places(near))
    return found


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A line of a page from `first` on, without spaces, with those it runs on into."""

    page: int
    first: int
    parts: tuple[str, ...]

    def places(self, near: Nearest) -> tuple[Place, ...]:
        """Return the lines of a reading, and the characters of each."""
        found, begin = [], 0
        for line, part in enumerate(self.parts, self.first):
            start, end = max(near.start, begin), min(near.end, begin + len(part))
            if start < end:
                found.append(Place(line, start - begin, end - begin))
            begin += len(part)
        return tuple(found)


def _likeliest(query: str, pages: Sequence[Sequence[str]]) -> list[_Stretch]:
    """Return the stretches that share most letters, and pairs of letters, with a query.

    A line shorter than the query is joined with the next ones: recognisers break numbers in two.
    """
    bare = [squeezed("\n".join(lines)).split("\n") if lines else [] for lines in pages]
    flat = [line for lines in bare for line in lines]
    if not flat:
        return []
    owners = np.repeat(np.arange(len(bare)), [len(lines) for lines in bare])
    letters, pairs = _shared(query, flat)
    short = np.array([len(line) < len(query) for line in flat])
    for features in (letters, pairs):
        own = features.copy()
        for step in range(1, _JOINED):
            joined = short[:-step] & (owners[:-step] == owners[step:])
            features[:, :-step] |= own[:, step:] & joined
    worth = np.where(letters.mean(axis=0) >= _SHARED, letters.sum(axis=0) + pairs.sum(axis=0), 0)
    chosen = np.argsort(-worth, kind="stable")[:_STRETCHES]
    firsts = np.searchsorted(owners, np.arange(len(bare)))
    return [
        _stretch(query, bare[owners[line]], int(owners[line]), int(line - firsts[owners[line]]))
        for line in chosen.tolist()
        if worth[line] > 0
    ]


def _shared(query: str, lines: Sequence[str]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Say which of the query's letters, and of its pairs of letters, each line has: two tables."""
    codes = _codes("\n".join((*lines, "")))
    ends = np.cumsum([len(line) + 1 for line in lines])
    begins = np.concatenate([[0], ends[:-1]])
    is_letter = {letter: codes == ord(letter) for letter in dict.fromkeys(query)}
    pairs = {(a, b): is_letter[a][:-1] & is_letter[b][1:] for a, b in pairwise(query)}
    padded = [np.concatenate([found, [False]]) for found in pairs.values()]
    letters = [np.logical_or.reduceat(found, begins) for found in is_letter.values()]
    return np.stack(letters), np.stack([np.logical_or.reduceat(each, begins) for each in padded])


def _stretch(query: str, lines: Sequence[str], page: int, first: int) -> _Stretch:
    end, length = first + 1, len(lines[first])
    while length < len(query) and end < min(len(lines), first + _JOINED):
        length += len(lines[end])
        end += 1
    return _Stretch(page, first, tuple(lines[first:end]))


def nearest(query: str, texts: Sequence[str]) -> list[Nearest]:
    """Return for each text where it comes nearest to the query, all of them without spaces."""
    if not query or not texts:
        return [Nearest(0.0, 0, 0)] * len(texts)
    joined = _END.join(("", *texts, ""))
    codes = _codes(joined)
    cut = _GOES_ON * _within(codes)
    costs, starts = _table(query, codes, cut)
    costs += cut
    # A text is read after the sign before it, and may end before the sign behind it.
    firsts = np.flatnonzero(codes == 0)[:-1] + 1
    found = []
    for first, text in zip(firsts.tolist(), texts, strict=True):
        best = first + int(costs[first : first + len(text) + 1].argmin())
        closeness = 1.0 - float(costs[best]) / len(query)
        found.append(Nearest(closeness, max(0, int(starts[best]) - first), best - first))
    return found


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _table(
    query: str, codes: NDArray[np.uint32], begins: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return what it costs to end before each place, and where such a reading begins.

    `begins` is what it costs to begin there.
    """
    places = np.arange(len(codes) + 1)
    numbers, kinds = np.unique(codes, return_inverse=True)
    known = [chr(number) for number in numbers.tolist()]
    more = np.concatenate([[0.0], np.cumsum(np.array([_price(each) for each in known])[kinds])])
    costs, starts = begins, places
    for letter in query:
        less = _price(letter)
        replaced, left_out = costs[:-1] + _replacing(letter, known)[kinds], costs[1:] + less
        begun = np.concatenate([[costs[0] + less], np.minimum(replaced, left_out)])
        kept = np.where(replaced <= left_out, starts[:-1], starts[1:])
        since = np.concatenate([starts[:1], kept])
        # Of all places before, the one from which it is cheapest to read on to here.
        bare = begun - more
        lowest = np.minimum.accumulate(bare)
        origin = np.maximum.accumulate(np.where(bare == lowest, places, 0))
        costs, starts = lowest + more, since[origin]
    return costs, starts


def _replacing(letter: str, known: Sequence[str]) -> NDArray[np.float64]:
    """Return what it costs that each known letter stands in the place of this one."""
    costs = np.full(len(known), _OTHER)
    for number, other in enumerate(known):
        if other == letter:
            costs[number] = 0.0
        elif other == _END:
            costs[number] = _NEVER
        elif letter.isdigit() and other.isdigit():
            costs[number] = _ALIKE_DIGIT if other in _alike(letter) else _OTHER_DIGIT
        elif other in _alike(letter):
            costs[number] = _ALIKE
    return costs


def _price(letter: str) -> float:
    """Return what a letter costs that one of the two has, and the other has not."""
    return _NEVER if letter == _END else _MARK if _is_mark(letter) else _OTHER


def _within(codes: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Say of each place between characters whether it is inside of a number or a Latin word."""
    digits = (codes >= ord("0")) & (codes <= ord("9"))
    latin = (codes >= ord("a")) & (codes <= ord("z"))
    inside = (digits[:-1] & digits[1:]) | (latin[:-1] & latin[1:])
    return np.concatenate([[0.0], inside, [0.0]])


@cache
def _alike(letter: str) -> frozenset[str]:
    return frozenset("".join(group for group in _GROUPS if letter in group)) - {letter}


@cache
def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter)[0] not in "LN"
