"""What decides where a page goes: thresholds, and a calibration fitted from people's decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chohyo.domain.matches import Candidate, Outcome

CHECK_SHARE = 0.02  # of the routed pages, shown to a person so that the error can be told


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What it takes to route a page without a person."""

    known: float = 0.5  # probability of the best form below which the page is unknown
    routed: float = 0.9  # probability of the best form from which it may be routed
    margin: float = 0.2  # in probability, to the best page of another family
    edition: float = 0.75  # probability of the edition, given the form, that it takes
    # Of the best edition's probability, to the next edition: a share of 0.71. On 35 pages of known
    # editions the right one had 0.86 and more, and 0.5 where no print told them apart.
    edition_margin: float = 0.6
    same_print: float = 0.7  # agreement from which two filled pages are copies


@dataclass(frozen=True, slots=True)
class StoredCalibration:
    """A calibration fitted from the decisions that people made in a collection.

    `figures` has log loss and expected calibration error, cross-validated, beside those of the
    calibration that was in force (`current_…`), and whether it is `better`.
    """

    id: UUID
    collection_id: UUID
    coefficients: Mapping[str, float]
    decisions: int
    figures: Mapping[str, float]
    made_by: UUID
    created_at: datetime

    @property
    def better(self) -> bool:
        """Say whether it beat the calibration then in force by more than chance would."""
        return bool(self.figures.get("better"))


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """What a collection's pages are decided by; the newest one is in force, none is changed.

    Without a calibration the one that ships counts. `check_share` of the routed pages are drawn for
    a person to check.
    """

    id: UUID
    collection_id: UUID
    calibration_id: UUID | None
    thresholds: Thresholds
    check_share: float
    made_by: UUID
    reason: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class MachineDecision:
    """The last decision of the machine for a page, and what people made of it.

    `candidates` have no regions. `judged` says whether a person decided; `version_id` is what they
    said it is, None when it is none of the known forms, and `family_id` the version's family now.
    `families` are those of the candidates' versions now. `drawn` says that chance chose the page to
    be checked, `in_force` that nothing has replaced the decision.
    """

    match_id: UUID
    page_id: UUID
    document_id: UUID
    outcome: Outcome
    reason: str
    decided_by: str
    rule_id: UUID | None
    candidates: tuple[Candidate, ...]
    judged: bool
    version_id: UUID | None
    family_id: UUID | None
    families: Mapping[UUID, UUID]
    drawn: bool
    in_force: bool
