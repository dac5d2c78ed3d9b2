"""A projection is trained, filled, used and left again while pages come in and are routed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from numpy.typing import NDArray

from chohyo.domain.access import Role
from chohyo.domain.ids import new_id
from chohyo.domain.spaces import EmbeddingSpace, Purpose, SpaceState, SpaceView
from chohyo.domain.training import Training, TrainingState
from chohyo.errors import ForbiddenError, NotFoundError
from chohyo.models.embedder import Embedders
from chohyo.services import audit, forgetting, spaces, training
from chohyo.services.trained import with_trained
from chohyo.services.training import TooFewLessonsError
from chohyo.storage import collections, templates, work
from chohyo.storage import spaces as stored_spaces
from chohyo.storage import training as stored_trainings
from chohyo.storage.work import WorkKind
from tests.integration.agent.conftest import Bench, best_similarity, routed_receipt
from tests.integration.conftest import make_holder
from tests.lessons import COPIES, EDITIONS, ELSEWHERE, FAMILIES, plant, plant_too_few


@pytest.fixture
def trained_on(discovered: Bench) -> tuple[Bench, list[UUID]]:
    """Return a bench with form types to learn from in another collection, and their documents."""
    own = discovered.workshop.context.embedders.own.space
    return discovered, plant(discovered.runtime, own)


def _train(bench: Bench, *, dry_run: bool = False) -> Training:
    asked = training.request(bench.runtime, bench.admin, dry_run=dry_run)
    assert asked.state is TrainingState.WAITING
    bench.work()
    return training.get_training(bench.runtime, bench.admin, asked.id)


def _known(bench: Bench) -> list[EmbeddingSpace]:
    return bench.workshop.context.embedders.spaces


def _view(bench: Bench, name: str | None) -> SpaceView:
    views = spaces.list_spaces(bench.runtime, bench.admin, _known(bench))
    return next(each for each in views if each.space.name == name)


def test_what_is_trained_is_filled_switched_to_and_left_and_forgetting_makes_it_stale(
    trained_on: tuple[Bench, list[UUID]], tmp_path: Path
) -> None:
    bench, documents = trained_on
    own = bench.workshop.context.embedders.own.space
    for proposal in bench.waiting():
        bench.approve(proposal)
    bench.work()
    done = _train(bench)
    assert (done.state, done.better, done.base) == (TrainingState.DONE, True, own.name)
    assert (done.lessons.families, done.lessons.template_pages) == (10, 18)
    assert done.figures is not None
    assert done.figures.known.rank.low > 0
    full = _view(bench, done.space)
    assert (full.state, full.failed, full.base) == (SpaceState.FULL, 0, own.name)
    assert _view(bench, own.name).active

    before, in_own = routed_receipt(bench, tmp_path, 20)
    assert in_own == pytest.approx(best_similarity(bench, before, own), abs=1e-3)
    assert best_similarity(bench, before, full.space) > 0
    spaces.switch(bench.runtime, bench.admin, _known(bench), full.space.name)
    assert spaces.disagreements(bench.runtime, [own], _known(bench)) == []
    after, in_trained = routed_receipt(bench, tmp_path, 21)
    assert in_trained == pytest.approx(best_similarity(bench, after, full.space), abs=1e-3)
    assert in_trained != pytest.approx(best_similarity(bench, after, own), abs=1e-3)

    forgetting.forget(bench.runtime, _everywhere(bench), documents[0])
    assert _view(bench, full.space.name).forgotten == 1
    forgotten = audit.list_entries(bench.runtime, _everywhere(bench), object_id=documents[0])[0]
    assert forgotten.details["projections"] == 1
    again = _train(bench)
    assert again.base == own.name
    assert again.space not in (None, full.space.name)
    assert _view(bench, again.space).forgotten == 0

    assert spaces.go_back(bench.runtime, bench.admin, _known(bench), Purpose.LAYOUT).space == own
    spaces.drop(bench.runtime, bench.admin, full.space.name)
    with bench.runtime.database.transaction() as connection:
        assert [each.space for each in stored_trainings.projections(connection)] == [again.space]
    back, in_own = routed_receipt(bench, tmp_path, 22)
    assert in_own == pytest.approx(best_similarity(bench, back, own), abs=1e-3)


def _everywhere(bench: Bench):
    """Return an administrator of the other collection as well."""
    with bench.runtime.database.transaction() as connection:
        (elsewhere,) = [e for e in collections.every(connection) if e.name == ELSEWHERE]
    return make_holder(bench.runtime, elsewhere, f"admin {new_id()}", Role.ADMIN).caller


def test_a_dry_run_keeps_figures_alone(trained_on: tuple[Bench, list[UUID]]) -> None:
    bench, _ = trained_on
    done = _train(bench, dry_run=True)

    assert (done.state, done.better, done.space) == (TrainingState.DONE, True, None)
    with bench.runtime.database.transaction() as connection:
        assert stored_trainings.projections(connection) == []


def test_a_killed_training_begins_anew_and_ends_alike(
    trained_on: tuple[Bench, list[UUID]], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, _ = trained_on
    asked = training.request(bench.runtime, bench.admin)
    bench.queue.sent.clear()
    whitening = training.whitening

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "whitening", killed)
    with pytest.raises(KeyboardInterrupt):
        training.train(bench.runtime, asked.id)
    halfway = training.get_training(bench.runtime, bench.admin, asked.id)
    assert (halfway.state, halfway.step) == (TrainingState.RUNNING, halfway.steps - 1)
    with bench.runtime.database.transaction() as connection:
        assert work.exists(connection, WorkKind.TRAINING, asked.id)

    monkeypatch.setattr(training, "whitening", whitening)
    training.train(bench.runtime, asked.id)
    training.train(bench.runtime, asked.id)
    done = training.get_training(bench.runtime, bench.admin, asked.id)
    twin = _train(bench)
    assert (done.space, done.figures) == (twin.space, twin.figures)
    entries = audit.list_entries(bench.runtime, bench.admin, object_id=asked.id)
    assert [each.action for each in entries] == ["training.done", "training.requested"]


def test_a_document_forgotten_while_it_is_learned_from_is_left_out(
    trained_on: tuple[Bench, list[UUID]], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, documents = trained_on
    whitening, caller = training.whitening, _everywhere(bench)
    gone = iter(documents[:1])

    def meanwhile(*args: NDArray) -> object:
        for document_id in gone:
            forgetting.forget(bench.runtime, caller, document_id)
        return whitening(*args)

    monkeypatch.setattr(training, "whitening", meanwhile)
    done = _train(bench)
    assert done.lessons.documents == len(documents) - 1
    assert _view(bench, done.space).forgotten == 0


def test_forgetting_a_document_that_had_too_few_copies_to_learn_from_marks_nothing(
    trained_on: tuple[Bench, list[UUID]],
) -> None:
    bench, _ = trained_on
    lonely = plant_too_few(bench.runtime, bench.workshop.context.embedders.own.space)
    done = _train(bench)
    forgetting.forget(bench.runtime, _everywhere(bench), lonely)
    assert _view(bench, done.space).forgotten == 0


def test_a_process_with_another_revision_of_the_base_says_that_it_cannot_fill_the_space(
    trained_on: tuple[Bench, list[UUID]],
) -> None:
    bench, _ = trained_on
    done = _train(bench)
    view = _view(bench, done.space)
    newer = type("Newer", (), {})()
    newer.space = replace(bench.workshop.context.embedders.own.space, revision="another")

    assert with_trained(bench.runtime, bench.workshop.context.embedders).serves(view.space)
    assert not with_trained(bench.runtime, Embedders(newer)).serves(view.space)
    (other,) = [
        each
        for each in spaces.list_spaces(bench.runtime, bench.admin, [newer.space])
        if each.space == view.space
    ]
    assert not other.served


def test_too_little_to_learn_from_and_too_small_a_role_are_said(discovered: Bench) -> None:
    bench = discovered
    reviewer = make_holder(bench.runtime, bench.collection, "rev", Role.REVIEWER).caller
    for act in (
        lambda: training.request(bench.runtime, reviewer),
        lambda: training.list_trainings(bench.runtime, reviewer),
    ):
        with pytest.raises(ForbiddenError):
            act()
    with pytest.raises(TooFewLessonsError, match="at least 60, 30, 12 and 6"):
        training.request(bench.runtime, bench.admin)
    with pytest.raises(NotFoundError):
        training.get_training(bench.runtime, bench.admin, new_id())
    assert training.list_trainings(bench.runtime, bench.admin) == []


def test_the_newest_pages_of_each_template_page_are_learned_from_and_doubtful_ones_are_not(
    trained_on: tuple[Bench, list[UUID]],
) -> None:
    bench, _ = trained_on
    with bench.runtime.database.transaction() as connection:
        space = stored_spaces.active(connection)
        assert space is not None
        every = stored_trainings.lessons(connection, space, 16, 1000)
        two = stored_trainings.lessons(connection, space, 2, 1000)
        pages_of = {page.template_page_id: page for page in every}
        first, second = list(pages_of)[:2]
        templates.insert_exemplar(connection, second, pages_of[first].page_id)
        sure = stored_trainings.lessons(connection, space, 16, 1000)

    assert len(every) == FAMILIES * EDITIONS * COPIES
    assert len(two) == FAMILIES * EDITIONS * 2
    assert min(p.page_id for p in two) > min(p.page_id for p in every)
    assert {p.page_id for p in every} - {p.page_id for p in sure} == {pages_of[first].page_id}
