"""Replays: what a proposed version would change about pages that are routed already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from chohyo.domain.documents import Page
from chohyo.domain.matches import Candidate, Match, Outcome


@dataclass(frozen=True, slots=True)
class RoutedPage:
    """A page that is routed to a form type, and the decision in force for it.

    `candidates` are template pages of the form type that were considered, not scored.
    """

    page: Page
    match: Match
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class ReplayedPage:
    """A page whose decision would be another; probabilities are those before and after.

    With `to_proposed` it would go to the proposed version, else to `to_version_id`, or with neither
    to a person or the pool.
    """

    page_id: UUID
    match_id: UUID
    version_id: UUID
    outcome: Outcome
    to_proposed: bool
    to_version_id: UUID | None
    reason: str
    before: float
    after: float
    document_id: UUID | None = None
    page_no: int = 1


class ReplayState(StrEnum):
    """Whether a replay goes on; what stopped could not go on, and can be asked for again."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Replay:
    """A replay of the `routed` pages of a form type, of which the newest `replayed` are done.

    `changed` would be decided otherwise. `made_of` names the state of the proposal it is made with,
    `reached` the oldest page that was looked at.
    """

    proposal_id: UUID
    made_of: str
    routed: int
    replayed: int
    created_at: datetime
    changed: tuple[ReplayedPage, ...]
    state: ReplayState = ReplayState.DONE
    reached: UUID | None = None
