"""Proposals: look at what the agent found, edit it, decide."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console.guard import BoundedRoute
from api.console.visit import Acting, Visit, Visiting, see_other
from chohyo.domain.proposals import Proposal, ProposalState
from chohyo.domain.templates import FieldSpec, FieldType
from chohyo.errors import NotFoundError
from chohyo.services import proposals, templates

router = APIRouter(route_class=BoundedRoute)

SHOWN = 50
# A proposal being drafted is not for people yet.
STATES = [state for state in ProposalState if state is not ProposalState.DRAFTING]


@router.get("/proposals")
def proposal_list(
    visit: Visiting,
    state: ProposalState = ProposalState.WAITING,
    after: UUID | None = None,
) -> HTMLResponse:
    """Show proposals, oldest first."""
    found = proposals.list_proposals(visit.runtime, visit.caller, [state], after=after, limit=SHOWN)
    newer = found[-1].id if len(found) == SHOWN else None
    return visit.show("proposals.html", proposals=found, state=state, states=STATES, newer=newer)


@router.get("/proposals/{proposal_id}")
def proposal(visit: Visiting, proposal_id: UUID) -> HTMLResponse:
    """Show a proposal with its blank forms, fields and member pages."""
    view = proposals.get_proposal(visit.runtime, visit.caller, proposal_id)
    found = view.proposal
    family = (
        templates.get_family(visit.runtime, visit.caller, found.family_id).family
        if found.family_id
        else None
    )
    return visit.show(
        "proposal.html",
        proposal=found,
        pages=view.pages,
        family=family,
        types=list(FieldType),
        editable=_editable(visit, found),
    )


@router.post("/proposals/{proposal_id}/name")
def rename(
    visit: Acting,
    proposal_id: UUID,
    name: Annotated[str, Form()] = "",
    version_label: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Give the proposed form type and version other names."""
    proposals.edit(visit.runtime, visit.caller, proposal_id, name=name, version_label=version_label)
    return see_other(f"/proposals/{proposal_id}")


@router.post("/proposals/{proposal_id}/fields")
def save_field(
    visit: Acting,
    proposal_id: UUID,
    number: Annotated[int, Form()],
    was: Annotated[str, Form()],
    type: Annotated[FieldType, Form()],
    name: Annotated[str, Form()] = "",
    label: Annotated[str, Form()] = "",
    pii: Annotated[bool, Form()] = False,
    required: Annotated[bool, Form()] = False,
) -> HTMLResponse:
    """Change one field and return the cell that says so."""
    specs = _fields(visit, proposal_id, was)
    changed = replace(
        specs[was], name=name.strip(), label=label.strip(), type=type, pii=pii, required=required
    )
    fields = [changed if spec.name == was else spec for spec in specs.values()]
    proposals.edit(visit.runtime, visit.caller, proposal_id, fields=fields)
    return visit.show("partials/saved.html", number=number, name=changed.name)


@router.post("/proposals/{proposal_id}/fields/remove")
def remove_field(visit: Acting, proposal_id: UUID, was: Annotated[str, Form()]) -> Response:
    """Leave a field out of the proposal, and have the page loaded again."""
    specs = _fields(visit, proposal_id, was)
    fields = [spec for spec in specs.values() if spec.name != was]
    proposals.edit(visit.runtime, visit.caller, proposal_id, fields=fields)
    return Response(status_code=204, headers={"HX-Refresh": "true"})


@router.post("/proposals/{proposal_id}/approve")
def approve(visit: Acting, proposal_id: UUID) -> RedirectResponse:
    """Approve a proposal."""
    proposals.approve(visit.runtime, visit.caller, proposal_id)
    return see_other(f"/proposals/{proposal_id}")


@router.post("/proposals/{proposal_id}/reject")
def reject(
    visit: Acting, proposal_id: UUID, reason: Annotated[str, Form()] = ""
) -> RedirectResponse:
    """Reject a proposal."""
    proposals.reject(visit.runtime, visit.caller, proposal_id, reason.strip())
    return see_other(f"/proposals/{proposal_id}")


def _editable(visit: Visit, found: Proposal) -> bool:
    return found.state is ProposalState.WAITING and visit.may(found.collection_id, "reviewer")


def _fields(visit: Visit, proposal_id: UUID, name: str) -> dict[str, FieldSpec]:
    draft = proposals.get_proposal(visit.runtime, visit.caller, proposal_id).proposal.draft
    specs = {spec.name: spec for spec in draft.fields} if draft else {}
    if name not in specs:
        raise NotFoundError(kind="field", id=name)
    return specs
