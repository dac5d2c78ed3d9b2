"""Fit the calibration to what people decided in a collection; a person puts it in force."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from uuid import UUID

from chohyo.domain.access import Caller, Role
from chohyo.domain.decision_rules import StoredCalibration, Thresholds
from chohyo.domain.ids import new_id
from chohyo.errors import TooFewDecisionsError
from chohyo.matching.calibration import Calibration
from chohyo.matching.fitting import FEWEST_EACH, Fit, fit, lacking, lessons_of
from chohyo.services.decision_rules import calibrations_by_rule, decisions_of, rule_for
from chohyo.services.runtime import Runtime, change, require
from chohyo.storage import audit
from chohyo.storage import decision_rules as stored


def calibrate(runtime: Runtime, caller: Caller, collection_id: UUID) -> StoredCalibration:
    """Fit a calibration to the newest decisions that people confirmed or corrected, and keep it.

    It is not in force by that: `decision_rules.set_rule` does it.

    Raises:
        TooFewDecisionsError: too few decisions tell anything; what is in force stays.
    """
    require(caller, collection_id, Role.ADMIN, kind="collection", object_id=collection_id)
    current = rule_for(runtime, collection_id, Thresholds(), Calibration())
    with runtime.database.transaction() as connection:
        lessons = lessons_of(decisions_of(connection, collection_id))
        made_with = calibrations_by_rule(connection, collection_id)
    if (missing := lacking(lessons)) > 0:
        right = sum(each.right for each in lessons)
        raise TooFewDecisionsError(
            there=len(lessons), missing=missing, right=right, wrong=len(lessons) - right,
            each=FEWEST_EACH,
        )  # fmt: skip
    found = fit(lessons, current.calibration, made_with)
    calibration = StoredCalibration(
        id=new_id(),
        collection_id=collection_id,
        coefficients=asdict(found.calibration),
        decisions=found.lessons,
        figures=_figures(found),
        made_by=caller.principal.id,
        created_at=datetime.now(UTC),
    )
    with change(runtime) as doing:
        stored.insert_calibration(doing.connection, calibration)
        audit.append(
            doing.connection, caller.actor, "calibration.fitted", "calibration", calibration.id,
            collection_id=collection_id,
            details={"decisions": found.lessons, **calibration.figures},
        )  # fmt: skip
    return calibration


def list_calibrations(runtime: Runtime, caller: Caller, limit: int = 50) -> list[StoredCalibration]:
    """Return the calibrations of the collections the caller reviews, newest first."""
    with runtime.database.transaction() as connection:
        return stored.calibrations(connection, caller.collections(Role.REVIEWER), limit)


def _figures(found: Fit) -> dict[str, float]:
    return {
        "log_loss": round(found.log_loss, 4),
        "calibration_error": round(found.calibration_error, 4),
        "current_log_loss": round(found.current_log_loss, 4),
        "current_calibration_error": round(found.current_calibration_error, 4),
        "right": found.right,
        "better": float(found.better),
    }
