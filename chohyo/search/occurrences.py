"""Find a query in a page's folded text: word for word, or by the runs of characters it shares."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chohyo.search.folding import squeezed

# How good a place is where a term stands word for word.
WHOLE_LINE: Final = 4
BOUNDED: Final = 3
INSIDE: Final = 2
ACROSS_LINES: Final = 1
AS_PHRASE: Final = 10.0  # added where all of the query stands in one place

_MOST_PLACES: Final = 6
_MOST_STRETCHES: Final = 6
# Of the query's weight that a further stretch has to add: less is chance.
_LEAST_SHARE: Final = 0.1
_ROOM: Final = 1.5  # a window is so many times as long as the query: misread text grows


@dataclass(frozen=True, slots=True)
class Place:
    """Characters `start` to `end` of line `line`, counted without spaces."""

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Occurrence:
    """How well a query was found, in a measure of its own kind, and where."""

    score: float
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """A folded query: as one phrase, and as the words between its spaces."""

    phrase: str
    words: tuple[str, ...]

    @classmethod
    def of(cls, folded: str) -> Terms:
        """Take a folded query apart."""
        words = tuple(dict.fromkeys(folded.split(" ")))
        return cls(squeezed(folded), tuple(word for word in words if word))

    @property
    def is_number(self) -> bool:
        """Say whether there is a digit and no letter in it."""
        return not any(map(str.isalpha, self.phrase)) and any(map(str.isdigit, self.phrase))


def find_exactly(terms: Terms, lines: Sequence[str]) -> Occurrence | None:
    """Return where the folded lines hold the phrase, or all of its words; None when they do not.

    The score orders: a phrase before scattered words, and a whole line before a part of one.
    """
    page = _Joined.of(lines)
    phrase = _grade(terms.phrase, page)
    if phrase is not None:
        return Occurrence(AS_PHRASE + phrase[0], phrase[1])
    grades = [_grade(word, page) for word in terms.words]
    if len(grades) < 2 or any(grade is None for grade in grades):
        return None
    found = [grade for grade in grades if grade is not None]
    score = sum(grade for grade, _ in found) / len(found)
    return Occurrence(score, tuple(place for _, places in found for place in places[:2]))


def find_alike(
    words: Sequence[str], weights: Mapping[str, float], lines: Sequence[str]
) -> Occurrence | None:
    """Return the stretches of the folded lines that share most of the query's grams by weight.

    There are at most as many stretches as words, for they may stand apart; where noise has split
    or joined words, a stretch is as long as the whole query may be. The score is the share of the
    weight that is found in them, in 0..1.
    """
    page = _Joined.of(lines)
    events = sorted((at, gram) for gram in weights for at in _positions(gram, page.text, most=40))
    window = max(4, round(sum(map(len, words)) * _ROOM))
    left, score = dict(weights), 0.0
    places: list[Place] = []
    for _ in range(min(len(words), _MOST_STRETCHES)):
        found = _heaviest(events, left, window)
        if found is None or (places and found[0] < _LEAST_SHARE * sum(weights.values())):
            break
        weight, first, last = found
        score += weight
        end, gram = events[last]
        places += page.places(events[first][0], end + len(gram))
        for _, used in events[first : last + 1]:
            left.pop(used, None)
        events = [event for event in events if event[1] in left]
    if not places:
        return None
    return Occurrence(score / sum(weights.values()), tuple(places[:_MOST_PLACES]))


def _heaviest(
    events: Sequence[tuple[int, str]], weights: Mapping[str, float], window: int
) -> tuple[float, int, int] | None:
    """Return the weight of the window whose different grams weigh most, with its first and last."""
    best: tuple[float, int, int] | None = None
    counts: dict[str, int] = {}
    weight, first = 0.0, 0
    for last, (at, gram) in enumerate(events):
        counts[gram] = counts.get(gram, 0) + 1
        weight += weights[gram] if counts[gram] == 1 else 0.0
        while events[first][0] < at - window:
            gone = events[first][1]
            counts[gone] -= 1
            weight -= weights[gone] if counts[gone] == 0 else 0.0
            first += 1
        if weight > (best[0] if best else 0.0) + 1e-9:
            best = (weight, first, last)
    return best


@dataclass(frozen=True, slots=True)
class _Joined:
    """Lines without spaces, joined; `starts` says where each begins."""

    lines: Sequence[str]
    text: str
    starts: tuple[int, ...]

    @classmethod
    def of(cls, lines: Sequence[str]) -> _Joined:
        bare = [squeezed(line) for line in lines]
        starts, at = [], 0
        for line in bare:
            starts.append(at)
            at += len(line)
        return cls(lines, "".join(bare), tuple(starts))

    def places(self, begin: int, end: int) -> tuple[Place, ...]:
        """Return the stretch from `begin` to `end` as a place on each line it runs through."""
        first = bisect_right(self.starts, begin) - 1
        found = []
        for line in range(first, len(self.starts)):
            start = self.starts[line]
            if start >= end:
                break
            stop = self.starts[line + 1] if line + 1 < len(self.starts) else len(self.text)
            if stop > begin and stop > start:
                found.append(Place(line, max(begin, start) - start, min(end, stop) - start))
        return tuple(found)


def _grade(term: str, page: _Joined) -> tuple[int, tuple[Place, ...]] | None:
    """Return the best grade of a term on a page, with the places that have it."""
    found: dict[int, list[Place]] = {}
    for at in _positions(term, page.text, most=200):
        places = page.places(at, at + len(term))
        found.setdefault(_grade_at(term, places, page), []).extend(places)
    if not found:
        return None
    best = max(found)
    return best, tuple(found[best][:_MOST_PLACES])


def _grade_at(term: str, places: Sequence[Place], page: _Joined) -> int:
    if len(places) != 1:
        return ACROSS_LINES
    line = page.lines[places[0].line]
    if squeezed(line) == term:
        return WHOLE_LINE
    spaced = " ?".join(map(re.escape, term))
    before = r"(?<![a-z0-9])" if term[0].isascii() and term[0].isalnum() else ""
    after = r"(?![a-z0-9])" if term[-1].isascii() and term[-1].isalnum() else ""
    return BOUNDED if re.search(before + spaced + after, line) else INSIDE


def _positions(part: str, text: str, most: int) -> list[int]:
    found: list[int] = []
    at = text.find(part)
    while at >= 0 and len(found) < most:
        found.append(at)
        at = text.find(part, at + 1)
    return found
