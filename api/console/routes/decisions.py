"""The rule by which pages are routed: what thresholds mean here, and other ones."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form
from fastapi.responses import HTMLResponse, RedirectResponse

from api.console.guard import BoundedRoute
from api.console.visit import Acting, Visit, Visiting, see_other
from chohyo.domain.access import Role
from chohyo.errors import ForbiddenError
from chohyo.services import calibrating, decision_rules
from chohyo.services.decision_rules import Preview, Wanted

router = APIRouter(route_class=BoundedRoute)

HERE = "/decisions"
Number = Annotated[float | None, Form()]
Text = Annotated[str, Form()]


def _wanted(
    known: Number = None,
    routed: Number = None,
    margin: Number = None,
    edition: Number = None,
    edition_margin: Number = None,
    check_share: Number = None,
    calibration_id: Annotated[UUID | None, Form()] = None,
    shipped: Annotated[bool, Form()] = False,
    reason: Text = "",
) -> Wanted:
    thresholds = {
        "known": known, "routed": routed, "margin": margin, "edition": edition,
        "edition_margin": edition_margin,
    }  # fmt: skip
    chosen = {name: value for name, value in thresholds.items() if value is not None}
    return Wanted(calibration_id, shipped, chosen, check_share, reason)


RuleWanted = Annotated[Wanted, Depends(_wanted)]


@router.get(HERE)
def overview(visit: Visiting) -> HTMLResponse:
    """Show the rule in force, and the outlook over thresholds."""
    if visit.collection_id is None or not visit.anywhere("reviewer"):
        raise ForbiddenError(needed=Role.REVIEWER.value)
    return _show(visit, visit.collection_id)


@router.post(f"{HERE}/preview")
def preview(visit: Acting, collection: Annotated[UUID, Form()], wanted: RuleWanted) -> HTMLResponse:
    """Show what a rule would change, with the button that puts it in force."""
    found = decision_rules.preview(visit.runtime, visit.caller, collection, wanted)
    return _show(visit, collection, found, wanted)


@router.post(HERE)
def set_rule(
    visit: Acting,
    collection: Annotated[UUID, Form()],
    wanted: RuleWanted,
) -> RedirectResponse:
    """Put a rule in force."""
    decision_rules.set_rule(visit.runtime, visit.caller, collection, wanted)
    return see_other(HERE)


@router.post(f"{HERE}/calibrate")
def calibrate(visit: Acting, collection: Annotated[UUID, Form()]) -> RedirectResponse:
    """Fit a calibration to the newest decisions."""
    calibrating.calibrate(visit.runtime, visit.caller, collection)
    return see_other(HERE)


def _show(
    visit: Visit, collection_id: UUID, found: Preview | None = None, wanted: Wanted | None = None
) -> HTMLResponse:
    return visit.show(
        "decisions.html",
        standing=decision_rules.standing(visit.runtime, visit.caller, collection_id),
        calibrations=calibrating.list_calibrations(visit.runtime, visit.caller),
        rules=decision_rules.list_rules(visit.runtime, visit.caller),
        preview=found,
        wanted=_as_fields(wanted) if wanted else {},
    )


def _as_fields(wanted: Wanted) -> dict[str, str]:
    """Return a rule as the fields of a form that asks for it again."""
    found = {name: repr(value) for name, value in (wanted.thresholds or {}).items()}
    if wanted.check_share is not None:
        found["check_share"] = repr(wanted.check_share)
    if wanted.calibration_id is not None:
        found["calibration_id"] = str(wanted.calibration_id)
    if wanted.shipped:
        found["shipped"] = "true"
    return found
