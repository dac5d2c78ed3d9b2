"""How long documents are kept, and which of them go next."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from api.console.guard import BoundedRoute
from api.console.visit import Acting, Visiting, see_other
from chohyo.domain.access import Role
from chohyo.errors import ForbiddenError
from chohyo.services import retention, templates

router = APIRouter(route_class=BoundedRoute)

HERE = "/administration/retention"
SHOWN = 100
_FAMILIES = 1000
# Days ahead that are offered; a rule of seven years is looked at before it takes hold.
AHEAD = (0, 7, 30, 90, 365)


@router.get(HERE)
def overview(
    visit: Visiting,
    within: Annotated[int, Query(ge=0, le=retention.MAX_DAYS)] = 30,
    after: UUID | None = None,
) -> HTMLResponse:
    """Show the rules, and what goes by them within so many days."""
    if not visit.administers():
        raise ForbiddenError(needed=Role.ADMIN.value)
    caller = visit.session.caller
    mine = visit.administered()
    names = {each.id: each.name for each in mine}
    families = [
        view.family
        for view in templates.list_families(visit.runtime, caller, limit=_FAMILIES)
        if view.family.collection_id in names
    ]
    due = retention.list_due(
        visit.runtime, caller, within_days=within, after=after, limit=SHOWN + 1
    )
    return visit.show(
        "retention.html",
        rules=retention.list_rules(visit.runtime, caller),
        collections=mine,
        collection_names=names,
        families=families,
        family_names={each.id: each.name for each in families},
        due=due[:SHOWN],
        later=due[SHOWN - 1].id if len(due) > SHOWN else None,
        within=within,
        ahead=sorted({*AHEAD, within}),
        most=retention.MAX_DAYS,
    )


@router.post(HERE)
def set_rule(
    visit: Acting,
    collection: Annotated[UUID, Form()],
    days: Annotated[int, Form()],
    family: Annotated[UUID | Literal[""], Form()] = "",
) -> RedirectResponse:
    """Keep documents of a collection, or of a form type of it, for so many days."""
    retention.set_rule(visit.runtime, visit.session.caller, collection, family or None, days)
    return see_other(HERE)


@router.post(f"{HERE}/{{rule_id}}/remove")
def remove_rule(visit: Acting, rule_id: UUID) -> RedirectResponse:
    """Keep a rule's documents until somebody forgets them."""
    retention.remove_rule(visit.runtime, visit.session.caller, rule_id)
    return see_other(HERE)
