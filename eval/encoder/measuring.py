"""Measure layout embeddings on corpora: do copies find each other?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

from chohyo.models.embedder import LayoutEmbedder
from chohyo.models.layout_encoder import network_input
from chohyo.models.onnx_network import open_network
from chohyo.pages.images import decode_grey
from chohyo.pages.upright import MODEL_LONG_SIDE
from eval.corpus import CorpusPage
from eval.metrics.clustering import Labels, adjusted_rand, as_labels

FIRST_STAGE = 20  # candidates that routing looks at
_CUTS = np.arange(0.02, 0.8, 0.02)  # cosine distances at which clusters are cut


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What is near a page that has a copy: shares over such pages.

    `found`: a page of the same layout is among the nearest 20. `all_found`: how many of its copies
    (at most 20) are. `kin`, `edition`: the nearest is of the same form, and of the same layout.
    """

    pages: int
    found: float
    all_found: float
    kin: float
    edition: float


@dataclass(frozen=True, slots=True)
class EmbeddingFigures:
    """How good an embedding is on a corpus; processor time in milliseconds a page.

    `by_kind` by degradation; the adjusted Rand indices are those of average linkage at the one
    distance that suits the corpus best, for kin and for layouts.
    """

    overall: Neighbours
    by_kind: dict[str, Neighbours]
    kin_ari: float
    layout_ari: float
    median_ms: float | None


def embed_corpus(
    embedder: LayoutEmbedder, pages: Iterable[CorpusPage]
) -> tuple[NDArray[np.float32], float]:
    """Return the vectors, and the median processor time that a decoded page takes, in ms."""
    rows, times = [], []
    for page in pages:
        grey = model_image(page)
        before = process_time()
        rows.append(embedder.embed([grey])[0])
        times.append(process_time() - before)
    return np.stack(rows), 1000 * float(np.median(times))


def embed_sheets(weights: Path, inks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the vectors that a network of any shape gives for inks (n, height, width)."""
    network = open_network(weights)
    _, _, height, width = network.get_inputs()[0].shape
    rows = []
    for ink in inks:
        sheet = cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA)
        (raw,) = network.run(None, {"pages": network_input(np.asarray(sheet, np.uint8)[None])})
        rows.append(np.asarray(raw[0]) / np.linalg.norm(raw[0]))
    return np.asarray(np.stack(rows), np.float32)


def model_image(page: CorpusPage) -> NDArray[np.uint8]:
    """Return a page as the product hands it to models: grey, its long side 1,000 px."""
    grey = decode_grey(page.path.read_bytes())
    scale = MODEL_LONG_SIDE / max(grey.shape)
    size = (round(grey.shape[1] * scale), round(grey.shape[0] * scale))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


@dataclass(frozen=True, slots=True)
class PageTruth:
    """What each page (n) is a copy of, which pages are kin, and how each was degraded."""

    layouts: Labels
    kin: Labels
    kinds: NDArray[np.str_]

    @classmethod
    def of(cls, pages: Sequence[CorpusPage]) -> PageTruth:
        """Take the truth from a corpus."""
        return cls(
            as_labels([page.layout_id for page in pages]),
            as_labels([page.kin_id for page in pages]),
            np.array([page.kind for page in pages]),
        )


def figures(
    truth: PageTruth, vectors: NDArray[np.float32], median_ms: float | None = None
) -> EmbeddingFigures:
    """Judge the vectors of a corpus."""
    layouts, kin, kinds = truth.layouts, truth.kin, truth.kinds
    counted = np.bincount(layouts)[layouts] > 1
    tree = linkage(vectors, "average", metric="cosine")
    clusters = [fcluster(tree, cut, "distance") for cut in _CUTS]
    near = _nearest(vectors)
    return EmbeddingFigures(
        overall=_neighbours(near, layouts, kin, counted),
        by_kind={
            str(kind): _neighbours(near, layouts, kin, counted & (kinds == kind))
            for kind in sorted(set(kinds[counted]))
        },
        kin_ari=_best_ari(kin, clusters),
        layout_ari=_best_ari(layouts, clusters),
        median_ms=median_ms,
    )


def _best_ari(truth: Labels, clusters: Sequence[Labels]) -> float:
    rows, everywhere = np.arange(len(truth)), np.ones(len(truth), bool)
    scores = (adjusted_rand(truth, found)(rows, everywhere) for found in clusters)
    return max(score for score in scores if score is not None)


def _nearest(vectors: NDArray[np.float32]) -> NDArray[np.intp]:
    """Return for each page the others, nearest first."""
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -2)
    return np.argsort(-likeness, axis=1, kind="stable")[:, :-1]


def _neighbours(
    near: NDArray[np.intp],
    layouts: Labels,
    kin: Labels,
    counted: NDArray[np.bool_],
) -> Neighbours:
    same = layouts[near[counted]] == layouts[counted, None]
    first = same[:, :FIRST_STAGE]
    copies = np.minimum(same.sum(axis=1), FIRST_STAGE)
    return Neighbours(
        pages=int(counted.sum()),
        found=float(first.any(axis=1).mean()),
        all_found=float((first.sum(axis=1) / copies).mean()),
        kin=float((kin[near[counted, 0]] == kin[counted]).mean()),
        edition=float(same[:, 0].mean()),
    )
