"""By what pages are decided: calibrations fitted from people's decisions, thresholds, checks."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from api.idempotency import IdempotentRoute
from api.language import reader_locale
from api.security import CallerDep, RuntimeDep, allow
from api.v1.paging import Cursor, Limit
from api.v1.schemas.basics import Listing
from api.v1.schemas.decision_rules import (
    CalibrationIn,
    CalibrationOut,
    RuleIn,
    RuleOut,
    RulePreviewOut,
    StandingOut,
)
from api.v1.schemas.pages import PageOut
from chohyo.domain.access import Role
from chohyo.errors import ConflictError, NotFoundError, TooFewDecisionsError
from chohyo.services import calibrating, checks, decision_rules

router = APIRouter(tags=["decisions"], route_class=IdempotentRoute)


@router.get("/calibrations", summary="List calibrations, newest first", **allow(Role.REVIEWER))
def list_calibrations(
    runtime: RuntimeDep, caller: CallerDep, limit: Limit = 50
) -> Listing[CalibrationOut]:
    """Return what was fitted from people's decisions, with the figures it was measured by."""
    found = calibrating.list_calibrations(runtime, caller, limit)
    return Listing(items=[CalibrationOut.of(each) for each in found], next_cursor=None)


@router.post(
    "/calibrations",
    summary="Fit a calibration",
    status_code=201,
    **allow(Role.ADMIN, NotFoundError, TooFewDecisionsError),
)
def calibrate(runtime: RuntimeDep, caller: CallerDep, wanted: CalibrationIn) -> CalibrationOut:
    """Fit a calibration to what people decided; it is in force only when a rule names it."""
    return CalibrationOut.of(calibrating.calibrate(runtime, caller, wanted.collection_id))


@router.get(
    "/decision-rules", summary="List the rules of decision, newest first", **allow(Role.REVIEWER)
)
def list_rules(runtime: RuntimeDep, caller: CallerDep, limit: Limit = 50) -> Listing[RuleOut]:
    """Return the rules that are or were in force; of each collection the newest one is."""
    found = decision_rules.list_rules(runtime, caller, limit)
    return Listing(items=[RuleOut.of(each) for each in found], next_cursor=None)


@router.get(
    "/decision-rules/outlook",
    summary="Show errors and work by threshold",
    **allow(Role.REVIEWER, NotFoundError),
)
def outlook(
    runtime: RuntimeDep, caller: CallerDep, collection_id: Annotated[UUID, Query()]
) -> StandingOut:
    """Return for each threshold the expected error and the share of pages a person looks at."""
    return StandingOut.of(decision_rules.standing(runtime, caller, collection_id))


@router.post(
    "/decision-rules/preview",
    summary="Show what a rule would change",
    **allow(Role.ADMIN, NotFoundError, ConflictError),
)
def preview(runtime: RuntimeDep, caller: CallerDep, wanted: RuleIn) -> RulePreviewOut:
    """Return which of the newest decisions would be others; nothing is changed."""
    found = decision_rules.preview(runtime, caller, wanted.collection_id, wanted.wanted())
    return RulePreviewOut.of(found)


@router.post(
    "/decision-rules",
    summary="Put a rule of decision in force",
    status_code=201,
    **allow(Role.ADMIN, NotFoundError, ConflictError),
)
def set_rule(runtime: RuntimeDep, caller: CallerDep, wanted: RuleIn) -> RuleOut:
    """Set thresholds, calibration and the share of checks; waiting pages are routed again."""
    rule = decision_rules.set_rule(runtime, caller, wanted.collection_id, wanted.wanted())
    return RuleOut.of(rule)


@router.get("/routing-checks", summary="List routed pages to check", **allow(Role.VIEWER))
def list_checks(
    request: Request,
    runtime: RuntimeDep,
    caller: CallerDep,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Listing[PageOut]:
    """Return routed pages that chance has chosen, newest first."""
    found = checks.list_open(runtime, caller, before=cursor, limit=limit + 1)
    locale = reader_locale(request)
    return Listing.of(found, limit, lambda page: PageOut.of(page, locale), lambda page: page.id)


@router.post(
    "/routing-checks/{page_id}/confirm",
    summary="Confirm that a page is routed right",
    status_code=204,
    **allow(Role.REVIEWER, NotFoundError, ConflictError),
)
def confirm(runtime: RuntimeDep, caller: CallerDep, page_id: UUID) -> None:
    """Say that it is; a page routed wrong gets another decision like any page."""
    checks.confirm(runtime, caller, page_id)
