"""A worker is killed while it fills a space; another one goes on where it was."""

from __future__ import annotations

import signal

import numpy as np
import pytest

from chohyo.domain.spaces import SpaceView
from chohyo.models.layout_encoder import LayoutEncoder
from chohyo.models.layout_grid import LayoutGrid
from chohyo.pages.images import decode_grey
from chohyo.services import processing, spaces, working
from chohyo.services.embedding import stored_vector
from chohyo.storage.work import WorkKind
from tests.integration.faults.conftest import Shift

KNOWN = [LayoutEncoder.space, LayoutGrid.space]
OTHER = LayoutGrid.space
FILLING = "chohyo.services.filling"


def _view(shift: Shift) -> SpaceView:
    views = spaces.list_spaces(shift.runtime, shift.admin, KNOWN)
    return next(each for each in views if each.space == OTHER)


def _go_on(shift: Shift) -> None:
    working.sweep_background(shift.runtime, 0, 1)
    shift.work()


@pytest.fixture
def asked(shift: Shift, letter) -> Shift:
    """Ask for a space that lacks six pages."""
    shift.add(letter)
    shift.work()
    spaces.request_fill(shift.runtime, shift.admin, KNOWN, OTHER.name)
    return shift


def test_filling_goes_on_where_a_killed_worker_was(asked: Shift) -> None:
    shift = asked
    assert _view(shift).missing == 6
    # Before the first page is stored, then after one: the second worker takes them one by one.
    for after, missing in ((f"{FILLING}:_next", 6), (f"{FILLING}:_store", 5)):
        ended = shift.die(WorkKind.SPACE, OTHER.fill_id, after)
        assert ended == -signal.SIGKILL
        assert _view(shift).missing == missing
    _go_on(shift)

    view = _view(shift)
    assert (view.filled, view.missing, view.failed, view.filling) == (6, 0, 0, False)
    model = LayoutGrid()
    for row in shift.sql("SELECT id FROM document"):
        for page in processing.load_document(shift.runtime, row["id"])[1]:
            image = decode_grey(shift.runtime.blobs.get(page.model_blob))
            stored = stored_vector(shift.runtime, OTHER, page.id)
            assert np.allclose(stored, model.embed([image])[0], atol=2e-3)
    spaces.switch(shift.runtime, shift.admin, KNOWN, OTHER.name)


def test_a_page_that_kills_its_worker_each_time_is_left_out(asked: Shift) -> None:
    shift = asked
    most = shift.workshop.settings.work.max_attempts
    for _ in range(most):
        ended = shift.die(WorkKind.SPACE, OTHER.fill_id, f"{FILLING}:decode_grey")
        assert ended == -signal.SIGKILL
    _go_on(shift)

    view = _view(shift)
    assert (view.filled, view.missing, view.failed) == (5, 0, 1)
    (gap,) = shift.sql("SELECT code, page_id FROM space_gap")
    (first,) = shift.sql("SELECT id FROM page ORDER BY id LIMIT 1")
    assert (gap["code"], gap["page_id"]) == ("worker-died", first["id"])
