"""How long the steps of routing take, and full-page OCR of the same pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from time import perf_counter

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
    """How long reading a whole page took, and embedding and routing it."""

    kind: str
    ocr_seconds: float
    routing_seconds: float


def time_ocr(
    context: AgentContext, trips: Sequence[Trip], count: int, seed: int, track: Track
) -> list[OcrTime]:
    """Read `count` pages whole, drawn by lot among those that were routed, one after the other."""
    passed = [trip for trip in trips if trip.page is not None and "decide" in trip.seconds]
    drawn = Random(seed).sample(passed, min(count, len(passed)))
    if drawn:
        _read(context, drawn[0])  # loads the networks
    return [
        OcrTime(trip.truth.kind, _read(context, trip), embed_seconds(trip) + route_seconds(trip))
        for trip in track(drawn, "Reading whole pages")
    ]


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
        "full_ocr_ms_p50": [(each.kind, each.ocr_seconds) for each in ocr],
    }
    figures = {
        name: measure(median_of([1000 * s for _, s in column]), [kind for kind, _ in column], seed)
        for name, column in columns.items()
    }
    faster = speedup([each.ocr_seconds for each in ocr], [each.routing_seconds for each in ocr])
    figures["speedup"] = measure(faster, [each.kind for each in ocr], seed)
    return figures


def embed_seconds(trip: Trip) -> float:
    """Return the time that the embedding took."""
    return trip.seconds["embed"]


def route_seconds(trip: Trip) -> float:
    """Return the time from the embedding to the decision."""
    return sum(trip.seconds[step] for step in _ROUTE)


def _pair_seconds(each: Routed) -> float | None:
    """Return the mean time of comparing the page with one candidate, None when none was."""
    candidates = each.match.candidates if each.match else ()
    scored = sum(candidate.score is not None for candidate in candidates)
    return each.trip.seconds["rerank"] / scored if scored else None


def _read(context: AgentContext, trip: Trip) -> float:
    assert trip.page is not None
    image = decode_colour(context.runtime.blobs.get(trip.page.evidence_blob))
    before = perf_counter()
    context.recognizer.read_page(image)
    return perf_counter() - before
