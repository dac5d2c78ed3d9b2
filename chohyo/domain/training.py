"""Training a projection on a deployment's own templates, and what it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from chohyo.domain.documents import Failure
from chohyo.domain.spaces import EmbeddingSpace


class TrainingState(StrEnum):
    """How far a training has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Change:
    """A mean over pages without and with the projection.

    `low` and `high` bound the difference, with over without, at 95 %.
    """

    before: float
    after: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What the search for the nearest exemplars finds for pages that were not fitted on.

    `first`: the page's own template page is among the first candidates; `edition`: it is the first;
    `family`: the first is of its form type; `rank`: mean of 1 / its place (the reciprocal rank).
    """

    pages: int
    first: Change
    edition: Change
    family: Change
    rank: Change


@dataclass(frozen=True, slots=True)
class TrainingFigures:
    """Figures on pages of form types that were fitted on, and on those of unseen ones."""

    known: HeldOut
    unseen: HeldOut

    @property
    def better(self) -> bool:
        """Say whether pages are found better by more than chance, and unseen forms no worse."""
        kept = (self.known.first, self.unseen.first, self.unseen.family, self.unseen.rank)
        return self.known.rank.low > 0 and all(each.after >= each.before for each in kept)


@dataclass(frozen=True, slots=True)
class LessonCounts:
    """How much there is to learn from: pages that people vouch for, with copies of their own."""

    documents: int = 0
    pages: int = 0
    template_pages: int = 0
    families: int = 0


@dataclass(frozen=True, slots=True)
class Training:
    """A training that was asked for; with `dry_run` nothing of it is kept but the figures.

    `base` names the space below, `space` that of the result, where it was better. Of `steps`,
    `step` are done.
    """

    id: UUID
    dry_run: bool
    state: TrainingState
    step: int
    steps: int
    base: str | None
    lessons: LessonCounts
    figures: TrainingFigures | None
    better: bool
    space: str | None
    failure: Failure | None
    made_by: UUID
    created_at: datetime
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredProjection:
    """A projection by the name of its space, without its weights.

    `forgotten` counts the documents it was fitted on that are no more: it is stale then.
    """

    space: str
    base: EmbeddingSpace
    digest: str
    forgotten: int
