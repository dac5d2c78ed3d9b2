"""How long the steps of routing take, and full-page OCR of the same pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from time import perf_counter, process_time

from agent.context import AgentContext
from chohyo.pages.images import decode_colour
from eval.metrics.intervals import Figure, measure
from eval.metrics.times import median_of, speedup
from eval.progress import Track
from eval.routing.figures import Routed
from eval.trips import Trip

_ROUTE = ("retrieve", "rerank", "decide")


@dataclass(frozen=True, slots=True)
class OcrTime:
    """How long reading a page whole took, and embedding and routing it; `cpu` the processor's."""

    kind: str
    ocr_seconds: float
    routing_seconds: float
    ocr_cpu: float = 0.0
    routing_cpu: float = 0.0


def time_ocr(
    context: AgentContext, trips: Sequence[Trip], count: int, seed: int, track: Track
) -> list[OcrTime]:
    """Read `count` pages whole, drawn by lot among those that were routed, one after the other."""
    passed = [trip for trip in trips if trip.page is not None and "decide" in trip.seconds]
    drawn = Random(seed).sample(passed, min(count, len(passed)))
    if drawn:
        _read(context, drawn[0])  # loads the networks
    times = []
    for trip in track(drawn, "Reading whole pages"):
        seconds, cpu = _read(context, trip)
        spent = embed_seconds(trip) + route_seconds(trip)
        routing_cpu = trip.cpu["embed"] + route_cpu_seconds(trip)
        times.append(OcrTime(trip.truth.kind, seconds, spent, cpu, routing_cpu))
    return times


def timing_figures(
    routed: Sequence[Routed], ocr: Sequence[OcrTime], seed: int
) -> dict[str, Figure]:
    """Return the median times in milliseconds; pages that failed have none."""
    timed = [each for each in routed if "decide" in each.trip.seconds]
    pairs = [(each, seconds) for each in timed if (seconds := _pair_seconds(each)) is not None]
    columns = {
        "embed_ms_p50": [(each.truth.kind, embed_seconds(each.trip)) for each in timed],
        "route_ms_p50": [(each.truth.kind, route_seconds(each.trip)) for each in timed],
        "rerank_pair_ms_p50": [(each.truth.kind, seconds) for each, seconds in pairs],
    }
    figures = {
        name: measure(median_of([1000 * s for _, s in column]), [kind for kind, _ in column], seed)
        for name, column in columns.items()
    }
    return {**figures, **ocr_figures(ocr, seed)}


def ocr_figures(ocr: Sequence[OcrTime], seed: int) -> dict[str, Figure]:
    """Return how long reading whole pages took, and how much longer than routing them."""
    kinds = [each.kind for each in ocr]
    whole, cpu = [each.ocr_seconds for each in ocr], [each.ocr_cpu for each in ocr]
    return {
        "full_ocr_ms_p50": measure(median_of([1000 * s for s in whole]), kinds, seed),
        "full_ocr_cpu_ms_p50": measure(median_of([1000 * s for s in cpu]), kinds, seed),
        "speedup": measure(speedup(whole, [each.routing_seconds for each in ocr]), kinds, seed),
        "speedup_cpu": measure(speedup(cpu, [each.routing_cpu for each in ocr]), kinds, seed),
    }


def embed_seconds(trip: Trip) -> float:
    """Return the time that the embedding took."""
    return trip.seconds["embed"]


def route_seconds(trip: Trip) -> float:
    """Return the time from the embedding to the decision."""
    return sum(trip.seconds[step] for step in _ROUTE)


def route_cpu_seconds(trip: Trip) -> float:
    """Return the processor's time from the embedding to the decision."""
    return sum(trip.cpu[step] for step in _ROUTE)


def _pair_seconds(each: Routed) -> float | None:
    """Return the mean time of comparing the page with one candidate, None when none was."""
    candidates = each.match.candidates if each.match else ()
    scored = sum(candidate.score is not None for candidate in candidates)
    return each.trip.seconds["rerank"] / scored if scored else None


def _read(context: AgentContext, trip: Trip) -> tuple[float, float]:
    """Read a page whole; return how long it took, and the processor's time."""
    assert trip.page is not None
    image = decode_colour(context.runtime.blobs.get(trip.page.evidence_blob))
    before, spent = perf_counter(), process_time()
    context.recognizer.read_page(image)
    return perf_counter() - before, process_time() - spent
