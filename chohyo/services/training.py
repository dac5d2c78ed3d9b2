"""Train a projection on this deployment's templates; what is better becomes a space to be filled.

The space can be switched to, left and dropped like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import Final
from uuid import UUID

import numpy as np

from chohyo.domain.access import Actor, Caller
from chohyo.domain.documents import Failure
from chohyo.domain.ids import new_id
from chohyo.domain.spaces import EmbeddingSpace
from chohyo.domain.training import StoredProjection, Training, TrainingFigures, TrainingState
from chohyo.errors import ConflictError, NotFoundError
from chohyo.matching.projection_trial import FEWEST, STEPS, Lessons, lacking, trial
from chohyo.matching.whitening import Labels, whitening
from chohyo.models.projection import Projection
from chohyo.services.audit import require_installation, runs_installation
from chohyo.services.embedding import FILL_PRIORITY
from chohyo.services.runtime import Runtime, change
from chohyo.storage import audit, spaces
from chohyo.storage import training as stored
from chohyo.storage.database import Connection
from chohyo.storage.spaces import StoredSpace
from chohyo.storage.training import Lesson
from chohyo.storage.work import Work, WorkKind

_PRIORITY: Final = 7  # before filling and indexing, after everything that people wait for
_OF_EACH: Final = 16  # pages of one template page; more say little more
_MOST: Final = 8_000  # pages: 64 MB and half a minute at 1,024 dimensions


class TooFewLessonsError(ConflictError):
    """Too few pages are vouched for by people to train on."""

    code = "too-few-lessons"
    message = (
        "There are {pages} pages in {documents} documents, of {template_pages} template pages in "
        "{families} form types, that people vouch for and that have copies in three documents. "
        "Training takes at least {fewest_pages}, {fewest_documents}, {fewest_template_pages} and "
        "{fewest_families} of them: approve proposals, and decide or check pages."
    )


class _ForgottenMeanwhileError(Exception):
    """A document was forgotten while a projection was fitted on it."""


def request(runtime: Runtime, caller: Caller, *, dry_run: bool = False) -> Training:
    """Have a projection fitted on the space that leads, and tried on pages it was not fitted on.

    With `dry_run` nothing but its figures is kept. Otherwise a projection that is better becomes an
    embedding space that is filled in the background; it leads once somebody switches to it.

    Raises:
        ForbiddenError: the caller does not run the installation.
        TooFewLessonsError: there is too little to learn from.
        NotFoundError: the space that leads, or the one below, was dropped.
    """
    training_id = new_id()
    with change(runtime) as doing:
        connection = doing.connection
        require_installation(connection, caller)
        _lessons(_gathered(connection, _base(connection)))
        stored.insert(connection, training_id, caller.principal.id, dry_run=dry_run)
        audit.append(
            connection, caller.actor, "training.requested", "training", training_id,
            details={"dry_run": dry_run},
        )  # fmt: skip
        doing.request(Work(WorkKind.TRAINING, training_id, _PRIORITY))
        found = stored.get(connection, training_id)
        assert found is not None
    return found


def get_training(runtime: Runtime, caller: Caller, training_id: UUID) -> Training:
    """Return a training with how far it has come; raises as `list_trainings`, and NotFoundError."""
    with runtime.database.transaction() as connection:
        require_installation(connection, caller)
        found = stored.get(connection, training_id)
    if found is None:
        raise NotFoundError(kind="training", id=str(training_id))
    return found


def may_train(runtime: Runtime, caller: Caller) -> bool:
    """Say whether the caller may have something trained: it is for the whole installation."""
    with runtime.database.transaction() as connection:
        return runs_installation(connection, caller)


def list_trainings(
    runtime: Runtime, caller: Caller, *, before: UUID | None = None, limit: int = 20
) -> list[Training]:
    """Return trainings, newest first; `before` is the cursor.

    Raises:
        ForbiddenError: the caller does not run the installation.
    """
    with runtime.database.transaction() as connection:
        require_installation(connection, caller)
        return stored.newest(connection, before, limit)


def train(runtime: Runtime, training_id: UUID) -> None:
    """Do a training; begun anew after a death, it ends alike, for nothing is kept before the end.

    Raises:
        TooFewLessonsError: there is too little to learn from by now.
    """
    while True:
        with runtime.database.transaction() as connection:
            found = stored.get(connection, training_id)
        if found is None or found.state in (TrainingState.DONE, TrainingState.FAILED):
            return
        try:
            _train(runtime, found)
        except _ForgottenMeanwhileError:
            continue


def fail(runtime: Runtime, training_id: UUID, failure: Failure) -> None:
    """Note why a training came to nothing."""
    with runtime.database.transaction() as connection:
        stored.fail(connection, training_id, failure)
        audit.append(
            connection, Actor.system("worker"), "training.failed", "training", training_id,
            details={"code": failure.code},
        )  # fmt: skip


def _train(runtime: Runtime, asked: Training) -> None:
    with runtime.database.transaction() as connection:
        base = _base(connection)
        pages = _gathered(connection, base)
    lessons = _lessons(pages)

    def done(step: int) -> None:
        with runtime.database.transaction() as connection:
            stored.at_step(connection, asked.id, step, STEPS)

    done(0)
    figures = trial(lessons, done=done)
    projection = None
    if figures.better and not asked.dry_run:
        projection = whitening(lessons.vectors, lessons.template_pages)
    documents = [page.document_id for page in pages]
    _keep(runtime, asked, base.space, lessons, figures, projection, documents)


def _keep(
    runtime: Runtime,
    asked: Training,
    base: EmbeddingSpace,
    lessons: Lessons,
    figures: TrainingFigures,
    projection: Projection | None,
    documents: Sequence[UUID],
) -> None:
    """Store what came of it; a projection becomes a space that is kept and filled."""
    with change(runtime) as doing:
        connection, space = doing.connection, None
        if projection is not None:
            space = projection.space(base)
            kept = StoredProjection(space.name, base, projection.digest, forgotten=0)
            if not stored.put_projection(connection, kept, projection.content, documents):
                raise _ForgottenMeanwhileError
            spaces.keep(connection, spaces.ensure(connection, space))
            doing.request(Work(WorkKind.SPACE, space.fill_id, FILL_PRIORITY))
        name = space.name if space else None
        stored.finish(connection, asked.id, base, lessons.counts, figures, name)
        known, unseen = figures.known.rank, figures.unseen.rank
        audit.append(
            connection, Actor.system("worker"), "training.done", "training", asked.id,
            details={
                "base": base.name, "space": name, "better": figures.better,
                "pages": lessons.counts.pages, "known": round(known.after - known.before, 4),
                "unseen": round(unseen.after - unseen.before, 4),
            },
        )  # fmt: skip


def _base(connection: Connection) -> StoredSpace:
    """Return the space that leads, or the one below it: projections do not stand on each other."""
    leading = spaces.active(connection)
    if leading is None:
        raise NotFoundError(kind="embedding space", id="layout")
    below = {each.space: each.base.name for each in stored.projections(connection)}
    name = below.get(leading.space.name, leading.space.name)
    found = spaces.by_name(connection, name)
    if found is None:
        raise NotFoundError(kind="embedding space", id=name)
    return found


def _gathered(connection: Connection, base: StoredSpace) -> list[Lesson]:
    """Return the pages to learn from, those with too few copies left out."""
    pages = stored.lessons(connection, base, _OF_EACH, _MOST)
    return list(compress(pages, _in_numbers(pages).is_copied))


def _in_numbers(pages: Sequence[Lesson]) -> Lessons:
    vectors = [page.vector for page in pages]
    return Lessons(
        np.stack(vectors) if vectors else np.zeros((0, 1), np.float32),
        _numbered([page.template_page_id for page in pages]),
        _numbered([page.family_id for page in pages]),
        _numbered([page.document_id for page in pages]),
    )


def _lessons(pages: Sequence[Lesson]) -> Lessons:
    """Return the pages in numbers; raises where they are too few."""
    lessons = _in_numbers(pages)
    counts = lessons.counts
    missing = lacking(counts)
    if missing.pages or missing.documents or missing.template_pages or missing.families:
        raise TooFewLessonsError(
            pages=counts.pages, documents=counts.documents, template_pages=counts.template_pages,
            families=counts.families, fewest_pages=FEWEST.pages, fewest_documents=FEWEST.documents,
            fewest_template_pages=FEWEST.template_pages, fewest_families=FEWEST.families,
        )  # fmt: skip
    return lessons


def _numbered(ids: Sequence[UUID]) -> Labels:
    """Return a number for each id, by the order of ids."""
    numbers = {each: number for number, each in enumerate(sorted(set(ids)))}
    return np.array([numbers[each] for each in ids], np.intp)
