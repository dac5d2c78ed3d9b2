"""Proposals: list, show, edit, approve, reject."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import StringConstraints

from api.idempotency import IdempotentRoute
from api.language import reader_locale
from api.security import CallerDep, RuntimeDep, allow
from api.v1.files import picture, show_picture
from api.v1.paging import Cursor, Limit
from api.v1.schemas.basics import Listing
from api.v1.schemas.proposals import (
    Approval,
    EditionDifferenceOut,
    ProposalChange,
    ProposalDetail,
    ProposalOut,
    Rejection,
)
from api.v1.schemas.replays import ReplayOut
from api.v1.schemas.trials import TrialOut
from chohyo.domain.access import Role
from chohyo.domain.proposals import ProposalState
from chohyo.errors import ConflictError, NotFoundError, TooBusyError
from chohyo.services import (
    carrying,
    differences,
    kinships,
    proposals,
    replaying,
    trying,
)
from chohyo.services.search import SearchEngine

router = APIRouter(prefix="/proposals", tags=["proposals"], route_class=IdempotentRoute)

_DECIDE = allow(Role.REVIEWER, NotFoundError, ConflictError)


@router.get("", summary="List proposals, oldest first", **allow(Role.VIEWER))
def list_proposals(
    request: Request,
    runtime: RuntimeDep,
    caller: CallerDep,
    state: Annotated[
        list[ProposalState] | None, Query(description="Waiting ones when absent.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Listing[ProposalOut]:
    """Return the proposals of the collections you may see."""
    states, locale = state or [ProposalState.WAITING], reader_locale(request)
    found = proposals.list_proposals(runtime, caller, states, after=cursor, limit=limit + 1)
    return Listing.of(found, limit, lambda each: ProposalOut.of(each, locale), lambda each: each.id)


@router.get("/{proposal_id}", summary="Show a proposal", **allow(Role.VIEWER, NotFoundError))
def get_proposal(
    request: Request, runtime: RuntimeDep, caller: CallerDep, proposal_id: UUID
) -> ProposalDetail:
    """Return a proposal with its blank forms, fields, findings and member pages."""
    view = proposals.get_proposal(runtime, caller, proposal_id)
    return ProposalDetail.of_view(view, reader_locale(request))


@router.get(
    "/{proposal_id}/pages/{page_no}/blank",
    summary="Fetch a proposed blank form",
    **show_picture(["image/png"], allow(Role.VIEWER, NotFoundError)),
)
def get_blank(
    request: Request,
    runtime: RuntimeDep,
    caller: CallerDep,
    proposal_id: UUID,
    page_no: Annotated[int, Path(ge=1)],
) -> Response:
    """Return the blank form of one proposed template page; pages count from 1."""
    data = proposals.proposed_blank(runtime, caller, proposal_id, page_no)
    return picture(request, data, "image/png")


@router.get(
    "/{proposal_id}/difference",
    summary="Show how a proposed edition differs",
    **allow(Role.VIEWER, NotFoundError),
)
def get_difference(
    runtime: RuntimeDep, caller: CallerDep, proposal_id: UUID
) -> EditionDifferenceOut:
    """Return where the print differs from the edition of the same form that is most like it.

    Without another edition `pages` is empty. `fields` are the differences from the version that
    the proposal starts from, `base_version_id`: its fields keep their names, types and options.
    `advice` is what a chat model said of both, where one is configured; `kinship` is why both are
    taken for editions of one form.
    """
    found = differences.differences(runtime, caller, proposal_id)
    return EditionDifferenceOut.of(
        found,
        carrying.differing_fields(runtime, caller, proposal_id),
        differences.advice_on(runtime, proposal_id, found),
        kinships.kin_links(runtime, caller, proposal_id),
    )


@router.get(
    "/{proposal_id}/trial",
    summary="Read fields on a few member pages",
    **allow(Role.OPERATOR, NotFoundError, ConflictError, TooBusyError),
)
def try_fields(
    request: Request,
    runtime: RuntimeDep,
    caller: CallerDep,
    proposal_id: UUID,
    name: Annotated[
        list[Annotated[str, StringConstraints(max_length=80)]],
        Query(min_length=1, max_length=200, description="Names of fields; the first 30 are read."),
    ],
) -> TrialOut:
    """Return what fields read on up to three of the pages, as they are drafted now.

    Nothing is stored. Within ten seconds not every page may be reached; `pages_left` counts those.
    """
    engine: SearchEngine = request.app.state.search
    found = trying.try_fields(runtime, caller, proposal_id, name, engine.recognizer)
    return TrialOut.of(found)


@router.get(
    "/{proposal_id}/replay",
    summary="Show what a proposed version would change",
    **allow(Role.VIEWER, NotFoundError),
)
def get_replay(runtime: RuntimeDep, caller: CallerDep, proposal_id: UUID) -> ReplayOut:
    """Return which pages routed to the form type already would be decided otherwise."""
    return ReplayOut.of(replaying.get_replay(runtime, caller, proposal_id))


@router.post(
    "/{proposal_id}/replay",
    summary="Try a proposed version on routed pages again",
    status_code=202,
    **allow(Role.REVIEWER, NotFoundError, ConflictError),
)
def ask_replay(runtime: RuntimeDep, caller: CallerDep, proposal_id: UUID) -> ReplayOut:
    """Have all routed pages replayed once more, in the background."""
    replaying.ask_again(runtime, caller, proposal_id)
    return ReplayOut.of(replaying.get_replay(runtime, caller, proposal_id))


@router.patch("/{proposal_id}", summary="Edit a waiting proposal", **_DECIDE)
def edit(
    request: Request,
    runtime: RuntimeDep,
    caller: CallerDep,
    proposal_id: UUID,
    change: ProposalChange,
) -> ProposalDetail:
    """Change the name, the version label or the fields; what is left out stays.

    With `revision`, an edit that somebody else's came before is refused.
    """
    fields = [each.spec() for each in change.fields] if change.fields is not None else None
    proposals.edit(
        runtime,
        caller,
        proposal_id,
        name=change.name,
        version_label=change.version_label,
        fields=fields,
        based_on=change.revision,
    )
    view = proposals.get_proposal(runtime, caller, proposal_id)
    return ProposalDetail.of_view(view, reader_locale(request))


@router.post("/{proposal_id}/approve", summary="Approve a proposal", status_code=202, **_DECIDE)
def approve(
    request: Request,
    runtime: RuntimeDep,
    caller: CallerDep,
    proposal_id: UUID,
    approval: Approval | None = None,
) -> ProposalOut:
    """Have the proposal published, and the pool routed again."""
    based_on = approval.revision if approval else None
    approved = proposals.approve(runtime, caller, proposal_id, based_on=based_on)
    return ProposalOut.of(approved, reader_locale(request))


@router.post("/{proposal_id}/reject", summary="Reject a proposal", **_DECIDE)
def reject(
    request: Request,
    runtime: RuntimeDep,
    caller: CallerDep,
    proposal_id: UUID,
    rejection: Rejection,
) -> ProposalOut:
    """Leave the proposal's pages in the pool; the same set is not proposed again."""
    rejected = proposals.reject(runtime, caller, proposal_id, rejection.reason)
    return ProposalOut.of(rejected, reader_locale(request))


@router.post(
    "/{proposal_id}/retry",
    summary="Try a failed proposal again",
    status_code=202,
    **allow(Role.OPERATOR, NotFoundError, ConflictError),
)
def retry(
    request: Request, runtime: RuntimeDep, caller: CallerDep, proposal_id: UUID
) -> ProposalOut:
    """Have the agent try again what it failed at: drafting, publishing or routing."""
    tried = proposals.retry(runtime, caller, proposal_id)
    return ProposalOut.of(tried, reader_locale(request))
