"""Spaces made by projections: which there are, and the embedders that compute them too."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from chohyo.domain.recent import Recent
from chohyo.domain.spaces import EmbeddingSpace
from chohyo.domain.training import StoredProjection
from chohyo.errors import SpaceNotServedError
from chohyo.models.embedder import Embedders, TrainedSpace
from chohyo.models.projection import Projection
from chohyo.services.runtime import Runtime
from chohyo.storage import spaces, training
from chohyo.storage.database import Connection

_MOST_LOADED: Final = 3  # of some MB each
_loaded: Recent[str, Projection] = Recent(_MOST_LOADED)


def with_trained(runtime: Runtime, embedders: Embedders) -> Embedders:
    """Return embedders that also compute the spaces that were trained on theirs by now."""
    return embedders.along(trained_spaces(runtime))


def trained_spaces(runtime: Runtime) -> list[TrainedSpace]:
    """Return the spaces that were trained, whatever their base; weights are loaded when needed."""
    with runtime.database.transaction() as connection:
        found = _registered(connection)
    return [
        TrainedSpace(space, stored.base, partial(_load, runtime, stored)) for space, stored in found
    ]


def known_with_trained(
    connection: Connection, known: Sequence[EmbeddingSpace]
) -> list[EmbeddingSpace]:
    """Return spaces that can be computed, with those that were trained on them."""
    trained = [space for space, stored in _registered(connection) if stored.base in known]
    return [*known, *(each for each in trained if each not in known)]


def _registered(connection: Connection) -> list[tuple[EmbeddingSpace, StoredProjection]]:
    there = {each.space.name: each.space for each in spaces.every(connection)}
    stored = training.projections(connection)
    return [(there[each.space], each) for each in stored if each.space in there]


def _load(runtime: Runtime, stored: StoredProjection) -> Projection:
    """Return the weights, from memory where this process has had them lately.

    They are named by their content, so that what is in memory is never out of date.

    Raises:
        SpaceNotServedError: they were dropped meanwhile.
    """

    def load() -> Projection:
        with runtime.database.transaction() as connection:
            content = training.weights(connection, stored.space)
        if content is None:
            raise SpaceNotServedError(space=stored.space)
        return Projection.load(content)

    return _loaded.get(stored.digest, load)
