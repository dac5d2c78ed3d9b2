"""A worker is killed while it trains, and while it fills what came of it; another one ends both."""

from __future__ import annotations

import signal

import numpy as np

from chohyo.domain.spaces import SpaceState
from chohyo.domain.training import TrainingState
from chohyo.models.layout_encoder import LayoutEncoder
from chohyo.models.projection import Projection
from chohyo.services import spaces, training, working
from chohyo.services.embedding import stored_vector
from chohyo.storage import training as stored
from chohyo.storage.work import WorkKind
from tests.integration.faults.conftest import Shift
from tests.lessons import plant

OWN = LayoutEncoder.space


def test_a_training_and_its_filling_outlive_killed_workers(shift: Shift) -> None:
    plant(shift.runtime, OWN)
    asked = training.request(shift.runtime, shift.admin)
    for after in ("trial", "whitening"):
        ended = shift.die(WorkKind.TRAINING, asked.id, f"chohyo.services.training:{after}")
        assert ended == -signal.SIGKILL
        found = training.get_training(shift.runtime, shift.admin, asked.id)
        assert (found.state, found.space) == (TrainingState.RUNNING, None)
    shift.sweep()
    done = training.get_training(shift.runtime, shift.admin, asked.id)
    assert (done.state, done.better) == (TrainingState.DONE, True)

    space = next(
        each.space
        for each in spaces.list_spaces(shift.runtime, shift.admin, [OWN])
        if each.space.name == done.space
    )
    shift.sql("DELETE FROM embedding USING embedding_space s WHERE s.id = space_id AND s.name = %s",
              space.name)  # fmt: skip
    spaces.request_fill(shift.runtime, shift.admin, [OWN], space.name)
    filling = "chohyo.services.filling"
    assert shift.die(WorkKind.SPACE, space.fill_id, f"{filling}:_page_vectors") == -signal.SIGKILL
    working.sweep_background(shift.runtime, 0, 1)
    shift.work()

    (full,) = [
        each
        for each in spaces.list_spaces(shift.runtime, shift.admin, [OWN])
        if each.space == space
    ]
    assert (full.state, full.failed) == (SpaceState.FULL, 0)
    with shift.runtime.database.transaction() as connection:
        projection = Projection.load(stored.weights(connection, space.name) or b"")
    for row in shift.sql("SELECT page_id FROM exemplar"):
        below, above = (stored_vector(shift.runtime, s, row["page_id"]) for s in (OWN, space))
        assert np.allclose(projection.apply(below[None])[0], above, atol=2e-3)
    spaces.switch(shift.runtime, shift.admin, [OWN], space.name)
