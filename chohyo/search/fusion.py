"""Put several rankings together by reciprocal rank (Cormack, Clarke and Büttcher, SIGIR 2009)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from chohyo.domain.search import Way

K = TypeVar("K", bound=Hashable)

# Words that stand on the page as they were typed, or but for a letter that was misread, come before
# all that only resembles; the details of a picture before its layout, which all copies of a form
# share.
_WEIGHT: Final[Mapping[Way, float]] = {
    Way.EXACT: 4.0,
    Way.NEARLY: 3.0,
    Way.PICTURE: 2.0,
    Way.ALIKE: 1.5,
    Way.LAYOUT: 1.0,
    Way.MEANING: 1.0,
}
# Of a whole page the layout tells its form; what else it shares with others may be a word on both.
# On 50 pages of 20 prefectures' forms the next by layout was of the same form each time, the first
# by both in equal parts on 45.
_LAYOUT_OF_A_WHOLE_PAGE: Final = 4.0
_FLATNESS: Final[Mapping[Way, float]] = {Way.EXACT: 3.0, Way.NEARLY: 3.0}
_USUAL_FLATNESS: Final = 60.0
_THE_VERY_PAGE: Final = 0.8
_SAME_PRINT: Final = 0.3
_RERANKED: Final = 3.0
_DENIED: Final = 0.1  # of what its rank gave, to a page that was looked at and does not agree
_HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Fused(Generic[K]):
    """Something found, with its score and what each way gave to it."""

    key: K
    score: float
    parts: Mapping[Way, float]


def fuse(
    rankings: Mapping[Way, Sequence[tuple[K, float]]], *, of_whole_page: bool = False
) -> list[Fused[K]]:
    """Return everything found, best first; each ranking has its keys with scores, best first.

    Equal scores share a rank. What a way gives is weight / (flatness + rank), scaled so that being
    first in every ranking gives 1. Searching by a whole page makes the layout weigh most.
    """
    weights = {**_WEIGHT, Way.LAYOUT: _LAYOUT_OF_A_WHOLE_PAGE} if of_whole_page else _WEIGHT
    most = sum(_part(way, 1, weights) for way in rankings) or 1.0
    parts: dict[K, dict[Way, float]] = {}
    for way, ranking in rankings.items():
        rank, before = 0, None
        for number, (key, score) in enumerate(ranking, start=1):
            if score != before:
                rank, before = number, score
            parts.setdefault(key, {})[way] = _part(way, rank, weights) / most
    fused = [Fused(key, sum(found.values()), found) for key, found in parts.items()]
    # Python sorts stably and dictionaries keep order: the first ranking's order decides ties.
    return sorted(fused, key=lambda each: -each.score)


def rerank(fused: Sequence[Fused[K]], agreements: Mapping[K, float]) -> list[Fused[K]]:
    """Return what was found with the agreement of its picture in place of its rank.

    `agreements`, in 0..1, are those of the pages that were looked at, 0 where the picture does not
    lie on one. What agrees counts six times as much as a layout; a picture that lies on a page
    almost without a difference is of that very page, and then the layouts say little more; where it
    lies on none, the layouts are what is left. What was looked at comes before the rest.
    """
    best = max(agreements.values(), default=0.0)
    looked = [_looked_at(e, agreements[e.key], best) for e in fused if e.key in agreements]
    looked.sort(key=lambda each: -each.score)
    return _before(looked, [each for each in fused if each.key not in agreements])


def _looked_at(each: Fused[K], agreement: float, best: float) -> Fused[K]:
    parts = dict(each.parts)
    if agreement >= _SAME_PRINT:
        parts[Way.PICTURE] = _RERANKED * agreement**2
    elif Way.PICTURE in parts:
        parts[Way.PICTURE] *= _DENIED
    if best >= _THE_VERY_PAGE and Way.LAYOUT in parts:
        parts[Way.LAYOUT] *= _DENIED
    return Fused(each.key, sum(parts.values()), parts)


def judged_alone(fused: Sequence[Fused[K]], scores: Mapping[K, float]) -> list[Fused[K]]:
    """Return what a model judged, by its scores in 0..1 alone; the rest keeps its order, below."""
    judged = [(each.key, scores[each.key]) for each in fused if each.key in scores]
    seen = [Fused(key, score, {Way.JUDGED: score}) for key, score in judged]
    seen.sort(key=lambda each: -each.score)
    return _before(seen, [each for each in fused if each.key not in scores])


def judged_with(fused: Sequence[Fused[K]], scores: Mapping[K, float]) -> list[Fused[K]]:
    """Return what was found with a model's scores in 0..1: they count half, what found it half.

    What found the best counts as one; what was not judged has that half alone. Half and half says
    that nobody measured yet which of the two is worth more.
    """
    most = max((each.score for each in fused), default=0.0) or 1.0
    both = []
    for each in fused:
        parts = dict(_scaled(each, _HALF / most).parts)
        if each.key in scores:
            parts[Way.JUDGED] = _HALF * scores[each.key]
        both.append(Fused(each.key, sum(parts.values()), parts))
    return sorted(both, key=lambda each: -each.score)


def _before(first: Sequence[Fused[K]], rest: Sequence[Fused[K]]) -> list[Fused[K]]:
    """Return all, the scores of the rest scaled so that they are no higher than the first's."""
    share = min(1.0, first[-1].score / rest[0].score) if first and rest else 1.0
    return [*first, *(_scaled(each, share) for each in rest)]


def _scaled(fused: Fused[K], by: float) -> Fused[K]:
    parts = {way: part * by for way, part in fused.parts.items()}
    return Fused(fused.key, sum(parts.values()), parts)


def _part(way: Way, rank: int, weights: Mapping[Way, float]) -> float:
    flatness = _FLATNESS.get(way, _USUAL_FLATNESS)
    return weights[way] * (1.0 + flatness) / (flatness + rank)
