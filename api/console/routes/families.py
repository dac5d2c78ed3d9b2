"""The template gallery: form types, their versions and fields, and what was read for them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse

from api.console.guard import BoundedRoute
from api.console.routes.schema_files import attachment
from api.console.visit import Acting, Visit, Visiting, see_other
from chohyo.domain.suggestions import Suggestion
from chohyo.domain.templates import TemplateVersion
from chohyo.errors import NotFoundError
from chohyo.services import lineage, results, suggestions, templates
from chohyo.services.templates import FamilyView

router = APIRouter(route_class=BoundedRoute)

SHOWN = 60


@router.get("/templates")
def gallery(visit: Visiting, after: UUID | None = None) -> HTMLResponse:
    """Show the form types."""
    families = templates.list_families(visit.runtime, visit.caller, after=after, limit=SHOWN)
    newer = families[-1].family.id if len(families) == SHOWN else None
    return visit.show("families.html", families=families, newer=newer)


@router.get("/templates/{family_id}")
def family(visit: Visiting, family_id: UUID, version: UUID | None = None) -> HTMLResponse:
    """Show a form type with one of its versions, the newest unless asked for another."""
    view = templates.get_family(visit.runtime, visit.caller, family_id)
    listed = templates.list_families(visit.runtime, visit.caller)
    here = [
        each
        for each in listed
        if each.family.id != family_id and each.family.collection_id == view.family.collection_id
    ]
    chosen = _chosen(view, version)
    return visit.show(
        "family.html",
        view=view,
        version=chosen,
        others=here,
        suggestions=_suggested(visit, chosen),
        numbers={each.id: n for n, each in enumerate(chosen.fields, 1)} if chosen else {},
    )


@router.post("/templates/{family_id}/name")
def rename(visit: Acting, family_id: UUID, name: Annotated[str, Form()] = "") -> RedirectResponse:
    """Give a form type another name."""
    templates.rename_family(visit.runtime, visit.caller, family_id, name)
    return see_other(f"/templates/{family_id}")


@router.post("/templates/{family_id}/merge")
def merge(visit: Acting, family_id: UUID, source: Annotated[UUID, Form()]) -> RedirectResponse:
    """Make the versions of another form type versions of this one."""
    lineage.merge_families(visit.runtime, visit.caller, source, family_id)
    return see_other(f"/templates/{family_id}")


@router.post("/versions/{version_id}/move")
def separate(
    visit: Acting, version_id: UUID, name: Annotated[str, Form()] = ""
) -> RedirectResponse:
    """Make a version a form type of its own."""
    lineage.move_version(visit.runtime, visit.caller, version_id, None, name)
    version = templates.get_version(visit.runtime, visit.caller, version_id)
    return see_other(f"/templates/{version.family_id}")


@router.get("/versions/{version_id}/values.csv")
def values(visit: Visiting, version_id: UUID) -> StreamingResponse:
    """Return a version's values as CSV, one row a filled form."""
    rows = results.csv_rows(visit.runtime, visit.caller, version_id)
    return StreamingResponse(
        rows, media_type="text/csv; charset=utf-8", headers=attachment(f"values-{version_id}.csv")
    )


def _suggested(visit: Visit, version: TemplateVersion | None) -> list[Suggestion]:
    if version is None or not visit.may(version.collection_id, "reviewer"):
        return []
    return suggestions.list_suggestions(visit.runtime, visit.caller, version.id)


def _chosen(view: FamilyView, version_id: UUID | None) -> TemplateVersion | None:
    if version_id is None:
        return view.versions[-1] if view.versions else None
    for version in view.versions:
        if version.id == version_id:
            return version
    raise NotFoundError(kind="template version", id=str(version_id))
