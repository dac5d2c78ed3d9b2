"""Proposals: look at what the agent found, edit it, decide."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse

from api.console.guard import BoundedRoute
from api.console.titles import version_titles
from api.console.visit import Acting, Visit, Visiting, see_other
from chohyo.domain.proposals import Proposal, ProposalState
from chohyo.domain.templates import FieldType
from chohyo.errors import InvalidInputError
from chohyo.services import (
    arranging,
    carrying,
    differences,
    documents,
    drifting,
    kinships,
    proposals,
    replaying,
    templates,
    undoing,
)

# Of the draft as the page showed it: what somebody else changed since is not overwritten.
Revision = Annotated[str | None, Form()]

router = APIRouter(route_class=BoundedRoute)

SHOWN = 50
MOST_TARGETS = 200
MOST_CHANGED = 60
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
        others=_others(visit, found),
        revision=proposals.revision(found.draft) if found.draft else "",
        drifts=drifting.of_proposal(visit.runtime, visit.caller, proposal_id),
        saved="",
        figures=view.figures,
        overlaps=view.overlaps,
    )


@router.get("/proposals/{proposal_id}/difference")
def difference(visit: Visiting, proposal_id: UUID) -> HTMLResponse:
    """Show where the proposed edition differs from the one most like it, on both blank forms."""
    found = differences.differences(visit.runtime, visit.caller, proposal_id)
    carried = carrying.differing_fields(visit.runtime, visit.caller, proposal_id)
    return visit.show(
        "partials/difference.html", differences=found, carried=carried, proposal_id=proposal_id,
        advice=differences.advice_on(visit.runtime, proposal_id, found),
        kin=kinships.kin_links(visit.runtime, visit.caller, proposal_id),
    )  # fmt: skip


@router.get("/proposals/{proposal_id}/replay")
def replay(visit: Visiting, proposal_id: UUID) -> HTMLResponse:
    """Show what the proposed version would change about pages that are routed already."""
    found = replaying.get_replay(visit.runtime, visit.caller, proposal_id)
    changed = found.changed[:MOST_CHANGED] if found else ()
    versions = {each.version_id for each in changed}
    versions |= {each.to_version_id for each in changed if each.to_version_id}
    return visit.show(
        "partials/replay.html",
        proposal_id=proposal_id,
        replay=found,
        changed=changed,
        pages=documents.pages_by_id(visit.runtime, visit.caller, [e.page_id for e in changed]),
        titles=version_titles(visit, versions),
    )


@router.post("/proposals/{proposal_id}/replay")
def replay_again(visit: Acting, proposal_id: UUID) -> RedirectResponse:
    """Have the routed pages tried once more."""
    replaying.ask_again(visit.runtime, visit.caller, proposal_id)
    return see_other(f"/proposals/{proposal_id}#replay")


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


@router.post("/proposals/{proposal_id}/move", response_model=None)
def move(
    visit: Acting,
    proposal_id: UUID,
    page: Annotated[list[UUID], Form()] = [],  # noqa: B006 - FastAPI copies it
    target: Annotated[str, Form()] = "",
    confirmed: Annotated[bool, Form()] = False,
) -> HTMLResponse | RedirectResponse:
    """Move chosen pages to another group, a new one or the pool; first show what that does."""
    to_new, target_id = target == "new", _target(target)
    if not confirmed:
        effect = arranging.preview(visit.runtime, visit.caller, page, target_id, to_new=to_new)
        return visit.show(
            "move.html", proposal_id=proposal_id, pages=page, target=target, effect=effect
        )
    arranging.move(visit.runtime, visit.caller, page, target_id, to_new=to_new)
    return see_other("/arrangements")


@router.get("/arrangements")
def arrangement_list(visit: Visiting, before: UUID | None = None) -> HTMLResponse:
    """Show what people changed about groups and families."""
    found = arranging.list_arrangements(visit.runtime, visit.caller, before=before, limit=SHOWN)
    older = found[-1].id if len(found) == SHOWN else None
    return visit.show("arrangements.html", arrangements=found, older=older)


@router.post("/arrangements/{arrangement_id}/undo")
def undo(visit: Acting, arrangement_id: UUID) -> RedirectResponse:
    """Undo a change to groups or families."""
    undoing.undo(visit.runtime, visit.caller, arrangement_id)
    return see_other("/arrangements")


def _editable(visit: Visit, found: Proposal) -> bool:
    return found.state is ProposalState.WAITING and visit.may(found.collection_id, "reviewer")


def _others(visit: Visit, found: Proposal) -> list[Proposal]:
    """Return the proposals that pages of this one could be moved to."""
    if not _editable(visit, found):
        return []
    waiting = proposals.list_proposals(visit.runtime, visit.caller, limit=MOST_TARGETS)
    return [
        each
        for each in waiting
        if each.collection_id == found.collection_id and each.id != found.id
    ]


def _target(text: str) -> UUID | None:
    if text in ("new", "pool"):
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidInputError(field="target", reason="must be chosen") from error
