"""By what pages are decided: calibrations, rules, outlooks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from api.v1.schemas.basics import Input, Label, Output
from chohyo.domain.decision_rules import DecisionRule, StoredCalibration
from chohyo.domain.matches import Outcome
from chohyo.matching.outlook import Again, Outlook
from chohyo.services.decision_rules import Preview, Standing, Wanted


class ThresholdsModel(Output):
    """What it takes to route a page without a person; all are probabilities."""

    known: float = Field(ge=0, le=1, description="Of the form: below, the page is unknown.")
    routed: float = Field(ge=0, le=1, description="Of the form: from here on it may be routed.")
    margin: float = Field(ge=0, le=1, description="To the best page of another family.")
    edition: float = Field(ge=0, le=1, description="Of the edition, given the form.")
    edition_margin: float = Field(ge=0, le=1, description="To the next edition.")
    same_print: float = Field(ge=0, le=1, description="Agreement of two filled copies.")


class ThresholdChange(Input):
    """Thresholds to set; those left out stay."""

    known: float | None = Field(default=None, ge=0, le=1)
    routed: float | None = Field(default=None, ge=0, le=1)
    margin: float | None = Field(default=None, ge=0, le=1)
    edition: float | None = Field(default=None, ge=0, le=1)
    edition_margin: float | None = Field(default=None, ge=0, le=1)


class RuleIn(Input):
    """A rule to put in force, or to look at what it would change; what is left out stays."""

    collection_id: UUID
    calibration_id: UUID | None = None
    shipped: bool = Field(default=False, description="Go back to the calibration that ships.")
    thresholds: ThresholdChange = ThresholdChange()
    check_share: float | None = Field(default=None, ge=0, le=1)
    reason: Label = ""

    def wanted(self) -> Wanted:
        """Return what the service understands."""
        return Wanted(
            self.calibration_id,
            self.shipped,
            self.thresholds.model_dump(exclude_none=True),
            self.check_share,
            self.reason,
        )


class RuleOut(Output):
    """A rule that is or was in force; without a calibration the one that ships counts."""

    id: UUID
    collection_id: UUID
    calibration_id: UUID | None
    thresholds: ThresholdsModel
    check_share: float
    made_by: UUID
    reason: str
    created_at: datetime

    @classmethod
    def of(cls, rule: DecisionRule) -> RuleOut:
        """Return the rule for an answer."""
        return cls.model_validate(rule)


class CalibrationIn(Input):
    """Whose decisions to fit a calibration to."""

    collection_id: UUID


class CalibrationOut(BaseModel):
    """A calibration fitted from people's decisions.

    Its figures are cross-validated, and stand beside those of the calibration then in force.
    """

    id: UUID
    collection_id: UUID
    decisions: int
    log_loss: float
    calibration_error: float
    current_log_loss: float
    current_calibration_error: float
    better: bool
    coefficients: dict[str, float]
    made_by: UUID
    created_at: datetime

    @classmethod
    def of(cls, found: StoredCalibration) -> CalibrationOut:
        """Return the calibration for an answer."""
        return cls(
            id=found.id,
            collection_id=found.collection_id,
            decisions=found.decisions,
            log_loss=found.figures["log_loss"],
            calibration_error=found.figures["calibration_error"],
            current_log_loss=found.figures["current_log_loss"],
            current_calibration_error=found.figures["current_calibration_error"],
            better=found.better,
            coefficients=dict(found.coefficients),
            made_by=found.made_by,
            created_at=found.created_at,
        )


class OutlookOut(Output):
    """What one threshold of the form's probability would have done with the newest pages.

    `error` is the expected share of wrong among the routed, from people's decisions weighted by
    how many pages they stand for, with its 95 % interval; `untold` is the share of routed pages of
    which no judged page tells anything; `predicted` is what the calibration itself expects.
    """

    threshold: float
    pages: int
    routed: float
    review: float
    unknown: float
    error: float | None
    low: float
    high: float
    judged: int
    untold: float
    predicted: float

    @classmethod
    def of(cls, found: Outlook) -> OutlookOut:
        """Return the outlook for an answer."""
        return cls.model_validate(found)


class StandingOut(BaseModel):
    """The rule in force (none: what ships) and the outlook over thresholds."""

    rule: RuleOut | None
    thresholds: ThresholdsModel
    check_share: float
    judged: int = Field(description="Of the newest pages, those that people judged.")
    drawn: int = Field(description="Of those, the routed ones that chance chose.")
    outlooks: list[OutlookOut]

    @classmethod
    def of(cls, found: Standing) -> StandingOut:
        """Return the standing for an answer."""
        rule = found.in_force.rule
        return cls(
            rule=RuleOut.of(rule) if rule else None,
            thresholds=ThresholdsModel.model_validate(found.in_force.thresholds),
            check_share=found.in_force.check_share,
            judged=found.judged,
            drawn=found.drawn,
            outlooks=[OutlookOut.of(each) for each in found.outlooks],
        )


class TransitionOut(BaseModel):
    """How many decisions would be others; where the outcome is the same, the edition is not."""

    before: Outcome
    after: Outcome
    count: int


class DecisionChangeOut(BaseModel):
    """A page whose decision would be another."""

    page_id: UUID
    before: Outcome
    after: Outcome
    version_before: UUID | None
    version_after: UUID | None
    probability: float

    @classmethod
    def of(cls, again: Again) -> DecisionChangeOut:
        """Return the change for an answer."""
        return cls(
            page_id=again.was.page_id,
            before=again.was.outcome,
            after=again.now.outcome,
            version_before=again.version_was,
            version_after=again.version_now,
            probability=again.now.probability,
        )


class RulePreviewOut(BaseModel):
    """What a rule would change about the newest decisions, with some of the pages."""

    decisions: int
    changes: list[TransitionOut]
    examples: list[DecisionChangeOut]
    outlook: OutlookOut | None

    @classmethod
    def of(cls, found: Preview) -> RulePreviewOut:
        """Return the preview for an answer."""
        return cls(
            decisions=found.decisions,
            changes=[
                TransitionOut(before=before, after=after, count=number)
                for (before, after), number in sorted(found.changed.items())
            ],
            examples=[DecisionChangeOut.of(each) for each in found.examples],
            outlook=OutlookOut.of(found.outlook) if found.outlook else None,
        )
