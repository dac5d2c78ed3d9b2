"""Measure the other ways of grouping on the pages that discovery was measured on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from agent.context import AgentContext
from chohyo.domain.documents import Page
from chohyo.pages.images import decode_grey
from chohyo.services import embedding
from eval.discovery import baselines
from eval.discovery.figures import Grouped, grouping_figures
from eval.measured import Baseline
from eval.progress import Track


def compare_baselines(
    context: AgentContext, grouped: Sequence[Grouped], seed: int, ocr_pages: int, track: Track
) -> dict[str, Baseline]:
    """Return the figures of each way of grouping; failed pages are left out."""
    found = [each for each in grouped if each.trip.page is not None]
    space = context.embedders.own.space
    placed = [
        (each, page, vector)
        for each in found
        if (page := each.trip.page) is not None
        and (vector := embedding.stored_vector(context.runtime, space, page.id)) is not None
    ]
    if len(placed) < 2:
        return {}
    pages = [each for each, _, _ in placed]
    vectors = np.stack([vector for _, _, vector in placed]).astype(np.float32)
    images = [decode_grey(context.runtime.blobs.get(page.model_blob)) for _, page, _ in placed]
    result = {
        "kmeans-silhouette": _measured(pages, baselines.kmeans(vectors, seed), seed),
        "hdbscan": _measured(pages, baselines.hdbscan(vectors), seed),
        "difference-hash": _measured(pages, baselines.hashes(images), seed),
    }
    if ocr_pages > 0:
        read = placed[:ocr_pages]
        texts = [_text(context, page) for _, page, _ in track(read, "Reading pages")]
        some = [each for each, _, _ in read]
        result["words-hdbscan"] = _measured(some, baselines.words(texts), seed)
    return result


def _measured(pages: Sequence[Grouped], labels: baselines.Labels, seed: int) -> Baseline:
    labelled = [
        replace(each, group=label, kin=label) for each, label in zip(pages, labels, strict=True)
    ]
    return Baseline(len(labelled), grouping_figures(labelled, seed))


def _text(context: AgentContext, page: Page) -> str:
    image = decode_grey(context.runtime.blobs.get(page.evidence_blob))
    return "\n".join(line.text for line in context.recognizer.read_page(image))
