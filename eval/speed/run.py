"""Measure how fast a page finds its form among hundreds, against reading it whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Final
from uuid import UUID

import cv2
import numpy as np

from chohyo.domain.matches import Match, Outcome
from chohyo.pages.images import encode_jpeg
from chohyo.profiles import Models
from chohyo.services import processing
from eval.bench import Bench, open_bench, send_pages
from eval.corpus import CorpusPage
from eval.degradation import choose_kind
from eval.layouts.stream import PER_ISSUER
from eval.measured import Measured
from eval.metrics.intervals import Figure, mean_of, measure
from eval.metrics.times import median_of, quantile_of
from eval.progress import Track
from eval.results import Json, failures_as_json
from eval.routing.timing import ocr_figures, route_cpu_seconds, route_seconds, time_ocr
from eval.speed.sheets import Sheets
from eval.speed.shelf import publish_forms
from eval.trips import Trip

_STRANGERS: Final = 0.15  # share of the pages whose form nobody has published
_MOST_PASSED = 1_000
_COPY: Final = 100  # numbers of copies apart from those that a form is known by


@dataclass(frozen=True, slots=True)
class Asked:
    """A page that was sent, with its decision; `known` says whether its form was published."""

    trip: Trip
    match: Match
    known: bool
    right: bool

    @property
    def scored(self) -> int:
        """Return how many template pages the page was compared with."""
        return sum(each.score is not None for each in self.match.candidates)


@dataclass(frozen=True, slots=True)
class PairTime:
    """How long comparing a page with one template page took, both described before."""

    kind: str
    seconds: float
    cpu: float


def measure_speed(
    *,
    templates: int,
    pages: int,
    ocr_pages: int,
    seed: int,
    track: Track,
    models: Models | None = None,
) -> Measured:
    """Publish generated forms in a database of its own, and route pages among them.

    Before the clock runs, the template pages' features and the prints of those asked about are in
    memory, as in a worker that has run for a while. Times on a busy machine are upper bounds; the
    processor's own are in the figures named `cpu`.

    Args:
        templates: template pages to publish, two versions a family.
        pages: pages to send.
        ocr_pages: pages that are also read whole, to compare times.
        seed: decides every draw.
        track: shows progress.
        models: what to measure; those of the default profile with None.
    """
    sheets = Sheets(seed)
    with open_bench(models) as bench:
        wanted = _drawn(sheets, templates, pages, seed)
        numbers = [number for number, _ in wanted]
        forms = publish_forms(bench, sheets, track(range(templates), "Publishing forms"), numbers)
        _warm(bench, forms, numbers, track)
        trips = [
            _sent(bench, sheets, copy, number, kind)
            for copy, (number, kind) in enumerate(track(wanted, "Routing pages"), _COPY)
        ]
        asked = _decided(bench, trips, forms)
        pairs = [each for page in asked for each in _pair_times(bench, page)]
        ocr = time_ocr(bench.context, trips, ocr_pages, seed, track)
        space, reranker = bench.context.embedders.own.space.name, bench.context.reranker.name
    figures = {
        **_figures(asked, seed),
        **_pair_figures(pairs, seed),
        **ocr_figures(ocr, seed),
    }
    settings: Json = {
        "evaluation": "speed", "templates": templates, "space": space, "reranker": reranker,
        "threads": cv2.getNumThreads(),
    }  # fmt: skip
    counts: Json = {
        "pages": len(wanted), "scored_pages": len(asked), "pairs": len(pairs),
        "ocr_pages": len(ocr), "outcomes": _outcomes(asked), "failed": failures_as_json(trips),
    }  # fmt: skip
    return Measured(seed, "generated forms", settings, counts, figures, {"counts": {}, "worst": []})


def _drawn(sheets: Sheets, templates: int, pages: int, seed: int) -> list[tuple[int, str]]:
    """Return numbers of forms and how their pages are degraded; strangers have other issuers.

    Forms whose two editions are the same print are passed over, unless there are hardly others: no
    page tells which one it is.
    """
    lot = Random(f"{seed}/asked")
    beyond = PER_ISSUER * -(-templates // PER_ISSUER)
    kinds = np.random.default_rng(seed)
    found: list[tuple[int, str]] = []
    passed = 0
    while len(found) < pages:
        start = beyond if lot.random() < _STRANGERS else 0
        number, kind = start + lot.randrange(templates), choose_kind(kinds)
        if sheets.is_told(number) or passed >= _MOST_PASSED:
            found.append((number, kind))
        else:
            passed += 1
    return found


def _warm(bench: Bench, forms: Mapping[UUID, int], numbers: Sequence[int], track: Track) -> None:
    """Have in memory what a worker has that has routed such pages before."""
    references = bench.context.references
    of = references.of_template_pages(list(forms))
    for template_page_id in track(forms, "Describing forms"):
        of(template_page_id)
    ids = {number: template_page_id for template_page_id, number in forms.items()}
    prints = references.prints.now()
    families = sorted({number // 2 for number in numbers if number in ids})
    for family in track(families, "Learning prints"):
        one, other = (ids.get(2 * family + edition) for edition in (0, 1))
        for first, second in ((one, other), (other, one)):
            if first is not None and second is not None:
                prints.distinction(first, second)
            elif first is not None:
                prints.outline(first)


def _sent(bench: Bench, sheets: Sheets, copy: int, number: int, kind: str) -> Trip:
    name = f"{number}.{copy}.jpg"
    truth = CorpusPage(name, Path(name), str(number), str(number // 2), kind)
    (trip,) = send_pages(bench, [truth], (name, encode_jpeg(sheets.copy(number, copy, kind))))
    return trip


def _decided(bench: Bench, trips: Sequence[Trip], forms: Mapping[UUID, int]) -> list[Asked]:
    pages = [trip.page.id for trip in trips if trip.page is not None and trip.failure is None]
    matches = processing.matches_of(bench.runtime, pages)
    numbers = {str(number) for number in forms.values()}
    found = []
    for trip in trips:
        match = matches.get(trip.page.id) if trip.page is not None else None
        if match is None:
            continue
        known = trip.truth.layout_id in numbers
        routed = match.template_page_id and str(forms[match.template_page_id])
        right = routed == trip.truth.layout_id if known else match.outcome is Outcome.UNKNOWN
        found.append(Asked(trip, match, known, right))
    return found


def _pair_times(bench: Bench, asked: Asked) -> list[PairTime]:
    """Compare a page once more with each template page that it was compared with."""
    assert asked.trip.page is not None
    scored = [each for each in asked.match.candidates if each.score is not None]
    page = bench.context.references.features(asked.trip.page.model_blob)
    of = bench.context.references.of_template_pages([each.template_page_id for each in scored])
    times = []
    for candidate in scored:
        reference = of(candidate.template_page_id)
        if reference is None:
            continue
        wall, cpu = perf_counter(), process_time()
        bench.context.reranker.score(page, reference, candidate)
        times.append(PairTime(asked.trip.truth.kind, perf_counter() - wall, process_time() - cpu))
    return times


def _figures(asked: Sequence[Asked], seed: int) -> dict[str, Figure]:
    kinds = [each.trip.truth.kind for each in asked]
    columns = {
        "embed": [each.trip.seconds["embed"] for each in asked],
        "embed_cpu": [each.trip.cpu["embed"] for each in asked],
        "route": [route_seconds(each.trip) for each in asked],
        "route_cpu": [route_cpu_seconds(each.trip) for each in asked],
    }
    figures = {
        f"{name}_ms_p{share}": measure(
            quantile_of([1000 * s for s in column], share / 100), kinds, seed
        )
        for name, column in columns.items()
        for share in (50, 95)
    }
    early = [each.scored < len(each.match.candidates) for each in asked]
    known = [each for each in asked if each.known]
    return {
        **figures,
        "pairs_a_page": measure(mean_of([each.scored for each in asked]), kinds, seed),
        "stopped_early": measure(mean_of(early), kinds, seed),
        "right": measure(
            mean_of([each.right for each in known]), [e.trip.truth.kind for e in known], seed
        ),
        "strangers_refused": measure(
            mean_of([each.right for each in asked if not each.known]),
            [each.trip.truth.kind for each in asked if not each.known],
            seed,
        ),
    }


def _pair_figures(pairs: Sequence[PairTime], seed: int) -> dict[str, Figure]:
    kinds = [pair.kind for pair in pairs]
    return {
        "pair_ms_p50": measure(median_of([1000 * pair.seconds for pair in pairs]), kinds, seed),
        "pair_cpu_ms_p50": measure(median_of([1000 * pair.cpu for pair in pairs]), kinds, seed),
    }


def _outcomes(asked: Sequence[Asked]) -> Json:
    names = Counter(
        f"{'known' if each.known else 'stranger'} {each.match.outcome.value}: {each.match.reason}"
        + (", wrong" if each.match.outcome is Outcome.ROUTED and not each.right else "")
        for each in asked
    )
    return dict(sorted(names.items()))
