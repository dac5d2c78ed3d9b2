"""Other ways of grouping pages."""

from __future__ import annotations

import numpy as np
import pytest

from eval.discovery import baselines


def _clouds() -> np.ndarray:
    rng = np.random.default_rng(1)
    middles = np.eye(8, dtype=np.float32)[:3]
    return np.concatenate([m + rng.normal(0, 0.02, (6, 8)) for m in middles]).astype(np.float32)


@pytest.mark.parametrize("way", [baselines.hdbscan, lambda v: baselines.kmeans(v, 0)])
def test_clouds_of_vectors_are_groups(way):
    labels = way(_clouds())

    assert [len({*labels[i : i + 6]}) for i in (0, 6, 12)] == [1, 1, 1]
    assert len({*labels}) == 3


def test_two_pages_make_no_clusters():
    assert baselines.kmeans(_clouds()[:2], 0) == [None, None]
    assert baselines.hdbscan(_clouds()[:2]) == [None, None]


def test_pages_that_say_the_same_are_a_group():
    order = "purchase order number item quantity price total"
    leave = "休暇届 所属 氏名 期間 理由 承認"
    texts = [f"{order} {i}" for i in range(4)] + [f"{leave} {i}" for i in range(4)]

    labels = baselines.words(texts)

    assert len({*labels[:4]}) == len({*labels[4:]}) == 1
    assert labels[0] != labels[4]


def test_empty_pages_are_alone():
    assert baselines.words(["", " "]) == [None, None]


def test_pictures_with_the_same_gradients_are_a_group_and_a_lonely_one_is_alone():
    rng = np.random.default_rng(2)
    one, two, other = (rng.integers(0, 255, (40, 40)).astype(np.uint8) for _ in range(3))
    near = [np.clip(picture.astype(int) + 3, 0, 255).astype(np.uint8) for picture in (one, two)]

    labels = baselines.hashes([one, near[0], two, near[1], other])

    assert labels[0] == labels[1] != labels[2] == labels[3]
    assert labels[4] is None
