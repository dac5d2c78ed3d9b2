"""The fields of a proposal: their words in the table, their boxes on the blank form.

Every change answers with an event for the page's script: the new revision of the draft, and the
swap that undoes the change.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse
from pydantic import TypeAdapter, ValidationError

from api.console.guard import BoundedRoute
from api.console.visit import Acting, Visit
from chohyo.domain.geometry import Box
from chohyo.domain.proposals import Draft
from chohyo.domain.templates import FieldSpec, FieldType
from chohyo.errors import InvalidInputError, NotFoundError
from chohyo.services import proposals
from chohyo.services.proposals import FieldSwap

router = APIRouter(route_class=BoundedRoute, prefix="/proposals/{proposal_id}/fields")

_SWAP = TypeAdapter(FieldSwap)

Revision = Annotated[str | None, Form()]
Fraction = Annotated[float, Form(ge=0, le=1)]


@router.post("")
def describe(
    visit: Acting,
    proposal_id: UUID,
    number: Annotated[int, Form()],
    was: Annotated[str, Form()],
    type: Annotated[FieldType, Form()],
    name: Annotated[str, Form()] = "",
    label: Annotated[str, Form()] = "",
    pii: Annotated[bool, Form()] = False,
    required: Annotated[bool, Form()] = False,
    revision: Revision = None,
) -> HTMLResponse:
    """Change what a field is called and holds; return the cell that says so."""
    spec = replace(
        _field(_draft(visit, proposal_id), was),
        name=name.strip(), label=label.strip(), type=type, pii=pii, required=required,
    )  # fmt: skip
    draft, undo = _swap(visit, proposal_id, FieldSwap(was, spec), revision)
    answer = visit.show("partials/saved.html", number=number, name=spec.name)
    return _announced(answer, draft, undo)


@router.post("/box")
def place(
    visit: Acting,
    proposal_id: UUID,
    number: Annotated[int, Form()],
    was: Annotated[str, Form()],
    x0: Fraction,
    y0: Fraction,
    x1: Fraction,
    y1: Fraction,
    revision: Revision = None,
) -> HTMLResponse:
    """Move or resize a field's box; return the cell that says so."""
    spec = replace(_field(_draft(visit, proposal_id), was), box=Box(x0, y0, x1, y1))
    draft, undo = _swap(visit, proposal_id, FieldSwap(was, spec), revision)
    answer = visit.show("partials/saved.html", number=number, name=was)
    return _announced(answer, draft, undo)


@router.post("/add")
def add(
    visit: Acting,
    proposal_id: UUID,
    page_no: Annotated[int, Form()],
    x0: Fraction,
    y0: Fraction,
    x1: Fraction,
    y1: Fraction,
    revision: Revision = None,
) -> HTMLResponse:
    """Add a text field with a name of its own; return the blank forms and the table."""
    fields = _draft(visit, proposal_id).fields
    spec = FieldSpec(
        name=_free_name(fields), label="", type=FieldType.TEXT, page_no=page_no,
        box=Box(x0, y0, x1, y1), order=max((each.order for each in fields), default=-1) + 1,
    )  # fmt: skip
    draft, undo = _swap(visit, proposal_id, FieldSwap(None, spec, len(fields)), revision)
    return _announced(_editor(visit, proposal_id), draft, undo)


@router.post("/remove")
def remove(
    visit: Acting, proposal_id: UUID, was: Annotated[str, Form()], revision: Revision = None
) -> HTMLResponse:
    """Leave a field out; return the blank forms and the table."""
    draft, undo = _swap(visit, proposal_id, FieldSwap(was, None), revision)
    return _announced(_editor(visit, proposal_id), draft, undo)


@router.post("/undo")
def undo(
    visit: Acting, proposal_id: UUID, swap: Annotated[str, Form()], revision: Revision = None
) -> HTMLResponse:
    """Take a change back; return the blank forms and the table."""
    try:
        wanted = _SWAP.validate_json(swap)
    except ValidationError as error:
        raise InvalidInputError(field="swap", reason="is not acceptable") from error
    draft, _ = _swap(visit, proposal_id, wanted, revision)
    return _announced(_editor(visit, proposal_id), draft, None)


def _swap(
    visit: Visit, proposal_id: UUID, swap: FieldSwap, revision: str | None
) -> tuple[Draft, FieldSwap]:
    proposal, inverse = proposals.swap_field(
        visit.runtime, visit.caller, proposal_id, swap, revision
    )
    assert proposal.draft is not None
    return proposal.draft, inverse


def _announced(answer: HTMLResponse, draft: Draft, undo: FieldSwap | None) -> HTMLResponse:
    told = {
        "revision": proposals.revision(draft),
        "undo": _SWAP.dump_json(undo).decode() if undo else None,
    }
    answer.headers["HX-Trigger"] = json.dumps({"draft-saved": told})
    return answer


def _editor(visit: Visit, proposal_id: UUID) -> HTMLResponse:
    view = proposals.get_proposal(visit.runtime, visit.caller, proposal_id)
    return visit.show(
        "partials/editor.html",
        proposal=view.proposal,
        draft=view.proposal.draft,
        pages=view.pages,
        types=list(FieldType),
        editable=True,
    )


def _draft(visit: Visit, proposal_id: UUID) -> Draft:
    draft = proposals.get_proposal(visit.runtime, visit.caller, proposal_id).proposal.draft
    if draft is None:
        raise NotFoundError(kind="proposal", id=str(proposal_id))
    return draft


def _field(draft: Draft, name: str) -> FieldSpec:
    for spec in draft.fields:
        if spec.name == name:
            return spec
    raise NotFoundError(kind="field", id=name)


def _free_name(fields: tuple[FieldSpec, ...]) -> str:
    names = {spec.name for spec in fields}
    number = len(fields) + 1
    while f"field_{number}" in names:
        number += 1
    return f"field_{number}"
