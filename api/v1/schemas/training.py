"""Training a projection on this deployment's templates."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from api.v1.schemas.basics import FailureOut, Input, Output
from chohyo.domain.training import Training, TrainingState


class TrainingIn(Input):
    """Whether only the figures are wanted, and nothing else is kept."""

    dry_run: bool = False


class ChangeOut(Output):
    """A mean without and with the projection; `low` and `high` bound the difference at 95 %."""

    before: float
    after: float
    low: float
    high: float


class HeldOutOut(Output):
    """What is found for pages that were not fitted on.

    Shares of pages whose own template page is among the `first` 20, whose nearest one is of the
    right `edition`, and of the right `family`; `rank` is the mean of 1 / its place.
    """

    pages: int
    first: ChangeOut
    edition: ChangeOut
    family: ChangeOut
    rank: ChangeOut


class TrainingFiguresOut(Output):
    """On pages of form types that were fitted on, and of form types that were not."""

    known: HeldOutOut
    unseen: HeldOutOut


class LessonCountsOut(Output):
    """What was learned from: pages that people vouch for."""

    documents: int
    pages: int
    template_pages: int
    families: int


class TrainingOut(Output):
    """A training; `space` is what came of it where it was better, to be filled and switched to."""

    id: UUID
    state: TrainingState
    dry_run: bool
    step: int = Field(ge=0)
    steps: int
    base: str | None
    lessons: LessonCountsOut
    figures: TrainingFiguresOut | None
    better: bool
    space: str | None
    failure: FailureOut | None
    created_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, training: Training, locale: str) -> TrainingOut:
        """Show a training, its failure in the reader's language."""
        figures = training.figures
        return cls(
            id=training.id, state=training.state, dry_run=training.dry_run, step=training.step,
            steps=training.steps, base=training.base,
            lessons=LessonCountsOut.model_validate(training.lessons),
            figures=TrainingFiguresOut.model_validate(figures) if figures else None,
            better=training.better, space=training.space,
            failure=FailureOut.of(training.failure, locale), created_at=training.created_at,
            finished_at=training.finished_at,
        )  # fmt: skip
