"""Spaces that are trained on others: whose vectors they have, and who can compute them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from chohyo.domain.spaces import EmbeddingSpace
from chohyo.models.embedder import Embedders, TrainedSpace
from chohyo.models.projection import Projection

BASE = EmbeddingSpace("plain", "test/plain", "1", 4)
IMAGES = [np.full((2, 2), level, np.uint8) for level in (10, 200)]


class Plain:
    """Embeds pages by their darkness, and counts them."""

    space = BASE

    def __init__(self) -> None:
        self.seen = 0

    def embed(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        self.seen += len(images)
        rows = [np.array([1, image.mean() / 255, 0.3, -0.2]) for image in images]
        return np.array([row / np.linalg.norm(row) for row in rows], np.float32)


@pytest.fixture
def projection() -> Projection:
    return Projection(np.diag([0.5, 2.0, 1.0, 1.0]).astype(np.float32))


@pytest.fixture
def trained(projection: Projection) -> TrainedSpace:
    return TrainedSpace(projection.space(BASE), BASE, lambda: projection)


def test_base_and_trained_space_take_one_pass(trained: TrainedSpace, projection: Projection):
    plain = Plain()
    embedders = Embedders(plain).along([trained])
    found = embedders.embed([trained.space, BASE], IMAGES)

    assert plain.seen == 2
    assert np.allclose(found[trained.space.name], projection.apply(found["plain"]))
    assert np.allclose(np.linalg.norm(found[trained.space.name], axis=1), 1, atol=1e-5)
    assert not np.allclose(found[trained.space.name], found["plain"], atol=0.05)


def test_another_revision_of_the_base_serves_no_space_trained_on_it(trained: TrainedSpace):
    newer = Plain()
    newer.space = replace(BASE, revision="2")

    assert Embedders(Plain(), trained=[trained]).serves(trained.space)
    assert not Embedders(newer, trained=[trained]).serves(trained.space)


def test_weights_come_back_as_they_were_and_name_the_space(projection: Projection):
    again = Projection.load(projection.content)
    other = Projection(projection.matrix * np.float32(1.5))

    assert np.array_equal(again.matrix, projection.matrix)
    assert again.space(BASE) == projection.space(BASE)
    assert other.space(BASE).source != projection.space(BASE).source
    assert projection.digest in projection.space(BASE).revision


def test_a_stored_vector_and_a_fresh_one_are_projected_alike(projection: Projection):
    fresh = Plain().embed(IMAGES)
    stored = fresh.astype(np.float16).astype(np.float32)

    assert np.array_equal(projection.apply(fresh), projection.apply(stored))


def test_a_sheet_without_print_stays_without_direction(projection: Projection):
    assert not projection.apply(np.zeros((1, 4), np.float32)).any()
