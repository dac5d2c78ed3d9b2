"""What a user would group pages with otherwise, on the same pages.

Each takes what the page looks like or says, and returns one label a page, None for a page alone.
None of them knows families, so a group is its own family.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import HDBSCAN, KMeans
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import silhouette_score

Labels = list[str | None]

_MOST_TRIED = 14  # numbers of groups that KMeans is tried with
_HASH_SIDE = 8
# Of 64 bits; up to here two pictures are usually taken for the same one.
_HASH_DISTANCE = 10


def kmeans(vectors: NDArray[np.float32], seed: int) -> Labels:
    """Group by KMeans, with the number of groups whose silhouette is best."""
    most = len(vectors) - 1
    if most < 2:
        return [None] * len(vectors)
    tried = sorted({int(k) for k in np.geomspace(2, most, _MOST_TRIED).round()})
    found = [KMeans(k, n_init=3, random_state=seed).fit_predict(vectors) for k in tried]
    scored = [labels for labels in found if 1 < len(set(labels.tolist())) < len(vectors)]
    if not scored:
        return [None] * len(vectors)
    best = max(scored, key=lambda labels: float(silhouette_score(vectors, labels)))
    return [str(label) for label in best.tolist()]


def hdbscan(vectors: NDArray[np.float32]) -> Labels:
    """Group by HDBSCAN, two pages being enough for a group; noise is alone."""
    if len(vectors) < 3:
        return [None] * len(vectors)
    labels = HDBSCAN(min_cluster_size=2, copy=True).fit_predict(vectors)
    return [None if label < 0 else str(label) for label in labels.tolist()]


def words(texts: Sequence[str]) -> Labels:
    """Group by HDBSCAN on the TF-IDF of what OCR read, as characters for want of spaces."""
    if not any(text.strip() for text in texts):
        return [None] * len(texts)
    weights = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 3)).fit_transform(texts)
    return hdbscan(np.asarray(weights.toarray(), np.float32))


def hashes(images: Sequence[NDArray[np.uint8]]) -> Labels:
    """Group pages whose difference hashes (dHash, 64 bits) are near, one leading to the next."""
    bits = np.stack([_difference_hash(image) for image in images])
    near = (bits[:, None] != bits[None]).sum(axis=2) <= _HASH_DISTANCE
    labels = _components(near)
    sizes = np.bincount(labels)
    return [str(label) if sizes[label] > 1 else None for label in labels.tolist()]


def _difference_hash(image: NDArray[np.uint8]) -> NDArray[np.bool_]:
    small = cv2.resize(image, (_HASH_SIDE + 1, _HASH_SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(small[:, 1:] > small[:, :-1]).ravel()


def _components(near: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Number the pages so that near ones, and those near to them, share a number."""
    labels = np.arange(len(near), dtype=np.intp)
    while True:
        spread = np.where(near, labels[None], len(near)).min(axis=1)
        if (spread == labels).all():
            return labels
        labels = spread
