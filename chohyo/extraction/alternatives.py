"""Read a text that breaks its type as the next likeliest one that does not.

A recogniser wavers between letters; a date, a check digit or a list of values tells which of them
cannot be. What was taken in the place of a letter has low odds, so that a person is asked.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from chohyo.models.ocr import RecognizedText

# Letters to take otherwise at once, of the most doubtful ones, and texts to try, the likeliest
# first; none that is less likely than this against what was read.
_MOST_CHANGED, _MOST_DOUBTED, _MOST_TRIED, _LEAST_LIKELY = 2, 16, 60, 0.005

# Where a letter stands (line, place), what it may be, and the odds of that.
_Change = tuple[int, int, str, float]


def likeliest_of(
    lines: Sequence[RecognizedText], fits: Callable[[Sequence[RecognizedText]], bool]
) -> list[RecognizedText] | None:
    """Return the likeliest lines that fit, with one or two letters taken otherwise; None without.

    The odds of a letter that was taken otherwise are its own, so that they tell of the doubt.
    """
    for changes in itertools.islice(_ordered(_changes(lines)), _MOST_TRIED):
        changed = _with(lines, changes)
        if fits(changed):
            return changed
    return None


def _changes(lines: Sequence[RecognizedText]) -> list[tuple[float, _Change]]:
    """Return each letter that may be another, with how much less likely the text is with it."""
    found = []
    for number, line in enumerate(lines):
        for place, others in enumerate(line.others):
            own = max(line.char_confidences[place], 1e-6)
            for letter, odds in others:
                if letter != line.text[place]:
                    found.append((math.log(own / max(odds, 1e-6)), (number, place, letter, odds)))
    return found


def _ordered(single: Sequence[tuple[float, _Change]]) -> Iterator[tuple[_Change, ...]]:
    """Yield sets of changes, the likeliest first; no letter is changed twice."""
    several = [
        (sum(cost for cost, _ in chosen), number, tuple(change for _, change in chosen))
        for number, chosen in enumerate(
            itertools.chain.from_iterable(
                itertools.combinations(heapq.nsmallest(_MOST_DOUBTED, single), count)
                for count in range(1, _MOST_CHANGED + 1)
            )
        )
        if len({change[:2] for _, change in chosen}) == len(chosen)
    ]
    for cost, _, changes in heapq.nsmallest(_MOST_TRIED, several):
        if cost <= -math.log(_LEAST_LIKELY):
            yield changes


def _with(lines: Sequence[RecognizedText], changes: Sequence[_Change]) -> list[RecognizedText]:
    changed = list(lines)
    for number, place, letter, odds in changes:
        line = changed[number]
        text = line.text[:place] + letter + line.text[place + 1 :]
        sure = (*line.char_confidences[:place], odds, *line.char_confidences[place + 1 :])
        changed[number] = replace(
            line, text=text, confidence=sum(sure) / len(sure), char_confidences=sure
        )
    return changed
