"""The decision for a page, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from chohyo.domain.geometry import Box, Transform


class Outcome(StrEnum):
    """What was decided for a page."""

    ROUTED = "routed"
    REVIEW = "review"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Region:
    """A region of the template page that speaks for or against a match; `agreement` in 0..1."""

    box: Box
    agreement: float


@dataclass(frozen=True, slots=True)
class EditionSigns:
    """What was added up of an edition, so that another calibration can weigh it again.

    The sums are those of `Contradictions`, for the edition that was `chosen` and whose print
    could be `told`; `advantage` is its lead over the nearest other edition, None without another.
    With a `lone` exemplar nothing tells its print from what was filled in.
    """

    chosen: bool
    told: bool = False
    lacking: float = 0.0
    displaced: float = 0.0
    noise: float = 0.0
    faint: int = 0
    advantage: float | None = None
    lone: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A template page with how well the page fits it.

    `score` is the reranker's, in 0..1; `probability` is calibrated; `transform` maps the page onto
    the template page and is None when registration failed. `regions` are the anchors compared,
    `signs` what was counted where editions were told apart. `beside` is the share of the page's
    print that lies off the template page, `agreement` how far the print agrees, in 0..1, where it
    was compared.
    """

    template_page_id: UUID
    version_id: UUID
    family_id: UUID
    similarity: float
    score: float | None = None
    probability: float | None = None
    transform: Transform | None = None
    regions: tuple[Region, ...] = ()
    signs: EditionSigns | None = None
    beside: float = 0.0
    agreement: float | None = None

    @property
    def print_score(self) -> float:
        """Return the agreement of print, or the score of a reranker that does not compare it."""
        return (self.score or 0.0) if self.agreement is None else self.agreement


@dataclass(frozen=True, slots=True)
class Match:
    """The stored decision for a page. `reason` is a code that the doors render.

    `candidates` are ordered best first; for `unknown` the first is the nearest template and says
    why it was not that one. `decided_by` names the reranker or "person"; `rule_id` is the decision
    rule it was made by, None for what ships.
    """

    id: UUID
    page_id: UUID
    collection_id: UUID
    outcome: Outcome
    template_page_id: UUID | None
    version_id: UUID | None
    family_id: UUID | None
    probability: float
    margin: float
    reason: str
    transform: Transform | None
    candidates: tuple[Candidate, ...]
    decided_by: str
    created_at: datetime
    rule_id: UUID | None = None
