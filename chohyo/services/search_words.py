"""Look pages up by words: as they were typed, misread, and by what they mean."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from chohyo.domain.access import Caller
from chohyo.domain.search import Way
from chohyo.domain.spaces import Purpose
from chohyo.models.text_encoder import Encoders
from chohyo.search.folding import fold
from chohyo.search.grams import exact_grams, gram_hash, grams_of
from chohyo.search.misreadings import find_nearly
from chohyo.search.occurrences import (
    AS_PHRASE,
    INSIDE,
    Occurrence,
    Terms,
    find_alike,
    find_exactly,
)
from chohyo.services.search_sight import visible_entries
from chohyo.services.unmasking import may_see_pii
from chohyo.storage import search, spaces
from chohyo.storage.database import Connection
from chohyo.storage.search import Entry, FoundPassage
from chohyo.storage.search_filters import Among

_EXACT_PAGES: Final = 300
_ALIKE_PAGES: Final = 120
_NEARLY_ENTRIES: Final = 120  # of the pages that share most, which are read letter by letter
_PASSAGES: Final = 120
_MEANT_PAGES: Final = 60
# Rows of the gram index that one query may look at: 30,000 take about 40 ms.
_ROWS: Final = 30_000
_MOST_GRAMS: Final = 160
# Where pages hold the words as typed, what resembles comes after them: so much less is looked for.
_LESS: Final = 4
# Characters of a query whose grams are compared: what is longer says no more.
_SHORTEST_ALIKE: Final = 4
_LONGEST_ALIKE: Final = 120
# Share of a query's grams, by weight, below which a page resembles it by chance.
_ALIKE_ENOUGH: Final = 0.3
# multilingual-e5 puts any two texts at 0.75 and more; what belongs together stands out by little.
_MEANT: Final = 0.82
_BEHIND_BEST: Final = 0.06
_STALE_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Words:
    """A query's words, folded, with what their grams weigh."""

    raw: str
    terms: Terms
    weights: Mapping[str, float]

    def is_within(self, score: float) -> bool:
        """Say whether a score of `find_exactly` is that of a number within a longer one."""
        return self.terms.is_number and score == AS_PHRASE + INSIDE

    def places(self, entries: Sequence[Entry]) -> list[tuple[Way, Occurrence] | None]:
        """Return how each entry holds the words: as typed, but for a letter, or alike; or not."""
        found: list[tuple[Way, Occurrence] | None] = [None] * len(entries)
        rest = []
        for number, entry in enumerate(entries):
            exact = find_exactly(self.terms, entry.lines)
            if exact is not None:
                found[number] = Way.EXACT, exact
            else:
                rest.append(number)
        nearly = find_nearly(self.terms.phrase, [entries[number].lines for number in rest])
        for number, near in zip(rest, nearly, strict=True):
            alike = self.alike(entries[number]) if near is None else None
            if near is not None:
                found[number] = Way.NEARLY, near
            elif alike is not None:
                found[number] = Way.ALIKE, alike
        return found

    def alike(self, entry: Entry) -> Occurrence | None:
        """Return the stretch of an entry that resembles the words, if one does enough."""
        if not self.weights:
            return None
        found = find_alike(self.terms.words, self.weights, entry.lines)
        return found if found is not None and found.score >= _ALIKE_ENOUGH else None


class GramStatistics:
    """How frequent grams are, as PostgreSQL counted last; looked up once a minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: tuple[dict[int, float], int] = ({}, 0)
        self._until = 0.0

    def get(self, connection: Connection) -> tuple[dict[int, float], int]:
        """Return the frequencies of the commonest grams, and the number of entries."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._known = search.gram_frequencies(connection)
                self._until = time.monotonic() + _STALE_SECONDS
            return self._known


def words_of(connection: Connection, statistics: GramStatistics, text: str) -> Words:
    """Take a query's text apart and weigh its grams."""
    terms = Terms.of(fold(text))
    frequencies, entries = statistics.get(connection)
    weights = {}
    if len(terms.phrase) >= _SHORTEST_ALIKE:
        rare = min(frequencies.values(), default=0.001) / 2 if entries else 0.001
        for gram in sorted(grams_of(terms.phrase[:_LONGEST_ALIKE], (2, 3))):
            weights[gram] = math.log(1 + 1 / max(frequencies.get(gram_hash(gram), rare), 1e-6))
    return Words(text, terms, weights)


def rank_words(
    connection: Connection,
    caller: Caller,
    words: Words,
    statistics: GramStatistics,
    among: Among,
) -> dict[Way, list[tuple[UUID, float]]]:
    """Return the pages that hold the words as typed, nearly so, or alike, the best of each first.

    Where none holds them as typed in one place, they may have been misread everywhere: then pages
    that say them but for a letter or two are told from those that resemble. A number within a
    longer one is another number, and comes after these.
    """
    if not words.terms.words:
        return {}
    grams = exact_grams(words.terms.words)
    holding = search.holding_all(connection, grams, among, _EXACT_PAGES)
    exact = _scores(
        (entry, find_exactly(words.terms, entry.lines))
        for entry in visible_entries(connection, caller, holding)
    )
    firm = {page: score for page, score in exact.items() if not words.is_within(score)}
    as_typed = max(firm.values(), default=0.0) >= AS_PHRASE
    sharing = _sharing(connection, caller, words, statistics, among, less=_LESS if as_typed else 1)
    nearly: dict[UUID, float] = {}
    if not as_typed:
        first = [entry for entry in sharing[:_NEARLY_ENTRIES] if entry.page_id not in firm]
        lines = [entry.lines for entry in first]
        nearly = _scores(zip(first, find_nearly(words.terms.phrase, lines), strict=True))
        exact = firm if nearly else exact
    alike = _scores((e, words.alike(e)) for e in sharing if e.page_id not in nearly)
    found = {Way.EXACT: exact, Way.NEARLY: nearly, Way.ALIKE: alike}
    return {way: _ranked(scores) for way, scores in found.items()}


def _sharing(
    connection: Connection,
    caller: Caller,
    words: Words,
    statistics: GramStatistics,
    among: Among,
    *,
    less: int,
) -> list[Entry]:
    """Return the entries of the pages that share most of the words' grams, those pages first."""
    chosen = _affordable(words.weights, *statistics.get(connection), _ROWS // less)
    if not chosen:
        return []
    most = _ALIKE_PAGES // less
    pages = [page for page, _ in search.sharing_most(connection, chosen, among, most)]
    order = {page: number for number, page in enumerate(pages)}
    entries = visible_entries(connection, caller, search.folded(connection, pages))
    return sorted(entries, key=lambda entry: order[entry.page_id])


def _scores(found: Iterable[tuple[Entry, Occurrence | None]]) -> dict[UUID, float]:
    best: dict[UUID, float] = {}
    for entry, occurrence in found:
        if occurrence is not None:
            best[entry.page_id] = max(best.get(entry.page_id, 0.0), occurrence.score)
    return best


def passages_meant(
    connection: Connection, caller: Caller, encoders: Encoders, words: Words, among: Among
) -> dict[UUID, FoundPassage]:
    """Return the passage of each page that means most nearly the same, best first.

    Passages hold personal data, so none is looked up for a viewer.
    """
    clear = [each for each in among.collections if may_see_pii(caller, each)]
    if not clear or sum(c.isalpha() for c in words.raw) < 2:
        return {}
    space = spaces.active(connection, Purpose.TEXT)
    encoder = encoders.of(space.space) if space else None
    if space is None or encoder is None:
        return {}  # nothing is indexed yet, or another model fills that space
    vector = encoder.embed_query(words.raw)
    within = replace(among, collections=clear)
    found: dict[UUID, FoundPassage] = {}
    for passage in search.nearest_passages(connection, space, vector, within, _PASSAGES):
        found.setdefault(passage.page_id, passage)
    least = max(_MEANT, max((p.similarity for p in found.values()), default=0.0) - _BEHIND_BEST)
    near = [p for p in found.values() if p.similarity >= least][:_MEANT_PAGES]
    return {passage.page_id: passage for passage in near}


def _affordable(
    weights: Mapping[str, float], frequencies: Mapping[int, float], entries: int, most: int
) -> dict[int, float]:
    """Return the hashed grams to look up: the rarest, as many as the budget of rows allows."""
    chosen: dict[int, float] = {}
    rows = 0.0
    for gram, weight in sorted(weights.items(), key=lambda each: (-each[1], each[0])):
        number = gram_hash(gram)
        rows += frequencies.get(number, 0.0) * entries
        if chosen and (rows > most or len(chosen) >= _MOST_GRAMS):
            break
        chosen[number] = weight
    return chosen


def _ranked(scores: Mapping[UUID, float]) -> list[tuple[UUID, float]]:
    # Of equally good pages the newest comes first: ids sort by age.
    by_age: Sequence[tuple[UUID, float]] = sorted(scores.items(), reverse=True)
    return sorted(by_age, key=lambda each: -each[1])
