"""Drift: pages that begin to show other print than their blank form."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse

from api.console.guard import BoundedRoute
from api.console.titles import version_titles
from api.console.visit import Acting, Visiting, see_other
from chohyo.services import drifting

router = APIRouter(route_class=BoundedRoute)

SHOWN = 50


@router.get("/drifts")
def drift_list(visit: Visiting, before: UUID | None = None) -> HTMLResponse:
    """Show drift, newest first."""
    found = drifting.list_drifts(visit.runtime, visit.caller, before=before, limit=SHOWN)
    older = found[-1].id if len(found) == SHOWN else None
    versions = drifting.versions_of(visit.runtime, found)
    titles = version_titles(visit, set(versions.values()))
    named = {
        each: f"{titles[version].family_name} {titles[version].label}"
        for each, version in versions.items()
    }
    return visit.show("drifts.html", drifts=found, titles=named, older=older)


@router.get("/drifts/{drift_id}")
def drift(visit: Visiting, drift_id: UUID) -> HTMLResponse:
    """Show where pages differ, on the blank form and on some of them."""
    view = drifting.get_drift(visit.runtime, visit.caller, drift_id)
    version_id = view.page.version_id
    version = version_titles(visit, [version_id])[version_id]
    return visit.show("drift.html", view=view, version=version)


@router.post("/drifts/{drift_id}/dismiss")
def dismiss(visit: Acting, drift_id: UUID) -> RedirectResponse:
    """Say that drift is nothing."""
    drifting.dismiss(visit.runtime, visit.caller, drift_id)
    return see_other("/drifts")
