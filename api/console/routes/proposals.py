"""Proposals: look at what the agent found, edit it, decide."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse

from api.console.guard import BoundedRoute
from api.console.visit import Acting, Visit, Visiting, see_other
from chohyo.domain.proposals import Proposal, ProposalState
from chohyo.domain.templates import FieldType
from chohyo.services import proposals, templates

# Of the draft as the page showed it: what somebody else changed since is not overwritten.
Revision = Annotated[str | None, Form()]

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
        revision=proposals.revision(found.draft) if found.draft else "",
    )


@router.post("/proposals/{proposal_id}/name")
def rename(
    visit: Acting,
    proposal_id: UUID,
    name: Annotated[str, Form()] = "",
    version_label: Annotated[str, Form()] = "",
    revision: Revision = None,
) -> RedirectResponse:
    """Give the proposed form type and version other names."""
    proposals.edit(
        visit.runtime,
        visit.caller,
        proposal_id,
        name=name,
        version_label=version_label,
        based_on=revision,
    )
    return see_other(f"/proposals/{proposal_id}")


@router.post("/proposals/{proposal_id}/approve")
def approve(visit: Acting, proposal_id: UUID, revision: Revision = None) -> RedirectResponse:
    """Approve a proposal as it was shown."""
    proposals.approve(visit.runtime, visit.caller, proposal_id, based_on=revision)
    return see_other(f"/proposals/{proposal_id}")


@router.post("/proposals/{proposal_id}/reject")
def reject(
    visit: Acting, proposal_id: UUID, reason: Annotated[str, Form()] = ""
) -> RedirectResponse:
    """Reject a proposal."""
    proposals.reject(visit.runtime, visit.caller, proposal_id, reason.strip())
    return see_other(f"/proposals/{proposal_id}")


@router.post("/proposals/{proposal_id}/retry")
def retry(visit: Acting, proposal_id: UUID) -> RedirectResponse:
    """Have the agent try again what it failed at."""
    proposals.retry(visit.runtime, visit.caller, proposal_id)
    return see_other(f"/proposals/{proposal_id}")


def _editable(visit: Visit, found: Proposal) -> bool:
    return found.state is ProposalState.WAITING and visit.may(found.collection_id, "reviewer")
