"""Measure how the work of grouping grows with the pages: processor time by stage, pairs, memory."""

from __future__ import annotations

import resource
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from random import Random
from time import perf_counter, process_time
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.references import KEPT
from chohyo.discovery.copies import PoolPage
from chohyo.discovery.grouping import PageGroup, group_pages
from chohyo.discovery.print_stack import fine_ink
from chohyo.matching.features import PageFeatures, extract_features
from chohyo.models.embedder import LayoutEmbedder
from chohyo.pages.images import decode_grey, encode_jpeg
from eval.layouts.stream import LayoutStream
from eval.metrics.clustering import adjusted_rand, as_labels, pair_precision, pair_recall
from eval.progress import Track
from eval.results import Json

# Of a form's editions: many occur once or twice, some are a tenth of the pile's types.
_COPIES = (1, 1, 2, 3, 4, 4, 5, 6, 8, 12)
_MODEL_SIDE, _EVIDENCE_SIDE = 1000, 2200  # px, as ingest renders pages

Image = NDArray[np.uint8]


@dataclass(slots=True)
class _Pile:
    """Pages that were made up, with the form and edition of each, kept as small JPEGs."""

    files: list[bytes] = field(default_factory=list)
    forms: list[int] = field(default_factory=list)
    vectors: list[NDArray[np.float32]] = field(default_factory=list)
    extracted: int = 0

    def page(self, number: int) -> Image:
        """Return a page at the size that models see."""
        return _enlarged(decode_grey(self.files[number]), _MODEL_SIDE)

    def features(self, number: int) -> PageFeatures:
        """Extract a page's features."""
        self.extracted += 1
        return extract_features(self.page(number))

    def print_(self, number: int) -> Image:
        """Return a page's fine ink."""
        return fine_ink(_enlarged(decode_grey(self.files[number]), _EVIDENCE_SIDE))


def measure_piles(
    sizes: Sequence[int], *, embedder: LayoutEmbedder, seed: int, track: Track
) -> dict[str, Any]:
    """Group made-up piles of these sizes, one after the other.

    The pages are drawn small and enlarged: they have about as many keypoints as real ones, and
    coarser print. Features are kept as long as a worker keeps them. Times are the processor's, of
    all threads; making up and embedding the pages is apart.
    """
    piles = [_measured(size, embedder, seed, track) for size in sizes]
    return {"evaluation": "pile", "seed": seed, "piles": piles, "intervals": {}}


def _measured(size: int, embedder: LayoutEmbedder, seed: int, track: Track) -> Json:
    before = process_time()
    pile = _made_up(size, seed, track)
    made = process_time()
    pile.vectors = [embedder.embed([pile.page(number)])[0] for number in range(size)]
    stages, counts = {"make": made - before, "embed": process_time() - made}, {}
    features = lru_cache(KEPT)(pile.features)
    keys = [f"{number * 7919 % 1_000_003:07}/{number}" for number in range(size)]
    pages = [
        PoolPage(key, pile.vectors[n], partial(features, n), partial(pile.print_, n))
        for n, key in enumerate(keys)
    ]
    began, since = perf_counter(), process_time()

    def told(stage: str, things: int) -> None:
        nonlocal since
        now = process_time()
        stages[stage], counts[stage], since = now - since, things, now

    groups = group_pages(pages, told=told)
    wall = perf_counter() - began
    grouping = sum(seconds for stage, seconds in stages.items() if stage not in ("make", "embed"))
    return {
        "pages": size, "forms": len(set(pile.forms)), "groups": len(groups),
        "cpu_seconds": {stage: round(seconds, 2) for stage, seconds in stages.items()},
        "grouping_cpu_seconds": round(grouping, 2),
        "grouping_cpu_ms_per_page": round(1000 * grouping / size, 1),
        "grouping_seconds": round(wall, 2),
        "pairs": counts["gather"], "things": counts,
        "features_extracted": pile.extracted,
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        **_agreement(pile, dict(zip(keys, range(size), strict=True)), groups),
    }  # fmt: skip


def _made_up(size: int, seed: int, track: Track) -> _Pile:
    stream, lot, pile = LayoutStream(seed), Random(f"pile/{seed}"), _Pile()
    form = 0
    plan: list[int] = []
    while len(plan) < size:
        plan += [form] * min(lot.choice(_COPIES), size - len(plan))
        form += 1
    for number, which in enumerate(track(plan, "Making up pages")):
        image = stream.copy(which, Random(f"{seed}/{number}"))
        pile.files.append(encode_jpeg(image, quality=85))
        pile.forms.append(which)
    return pile


def _agreement(pile: _Pile, number: dict[str, int], groups: Sequence[PageGroup]) -> Json:
    """Return how well the groups agree with the forms that were drawn."""
    found: list[int | None] = [None] * len(pile.forms)
    for place, group in enumerate(groups):
        for key in group.keys:
            found[number[key]] = place
    truth, labels = as_labels(pile.forms), as_labels(found)
    rows, every = np.arange(len(truth)), np.ones(len(truth), np.bool_)
    statistics: dict[str, Callable[..., float | None]] = {
        "layout_ari": adjusted_rand(truth, labels),
        "pair_precision": pair_precision(truth, labels),
        "pair_recall": pair_recall(truth, labels),
    }
    return {
        name: None if (value := statistic(rows, every)) is None else round(value, 4)
        for name, statistic in statistics.items()
    }


def _enlarged(image: Image, side: int) -> Image:
    scale = side / max(image.shape)
    size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_CUBIC), np.uint8)
