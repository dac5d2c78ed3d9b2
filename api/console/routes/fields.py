"""The fields of a proposal: their words in the table, their boxes on the blank form.

Every answer tells the page's script, in `data-saved`, the new revision of the draft, the fields
that changed, and the swap that takes the change back: a header might be too long for a proxy.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse
from pydantic import TypeAdapter, ValidationError

from api.console.guard import BoundedRoute
from api.console.visit import Acting, Visit
from chohyo.domain.geometry import Box
from chohyo.domain.proposals import Draft, Proposal
from chohyo.domain.templates import FieldSpec, FieldType
from chohyo.errors import InvalidInputError, NotFoundError
from chohyo.services import proposals, reshaping
from chohyo.services.proposals import FieldsSwap, PlacedField
from chohyo.services.reshaping import Axis, MergeKind

router = APIRouter(route_class=BoundedRoute, prefix="/proposals/{proposal_id}/fields")

MOST_AT_ONCE = 100

_SWAP = TypeAdapter(FieldsSwap)

Revision = Annotated[str | None, Form()]
Fraction = Annotated[float, Form(ge=0, le=1)]
# What the change is to the page: something new, or a step back or forth.
Way = Literal["edit", "undo", "redo"]


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
    before = _draft(visit, proposal_id)
    spec = replace(
        _field(before, was),
        name=name.strip(), label=label.strip(), type=type, pii=pii, required=required,
    )  # fmt: skip
    return _done(visit, proposal_id, _replaced(before, [was], [spec]), revision, number=number)


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
    before = _draft(visit, proposal_id)
    spec = _moved(_field(before, was), Box(x0, y0, x1, y1))
    return _done(visit, proposal_id, _replaced(before, [was], [spec]), revision, number=number)


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
    ).placed()  # fmt: skip
    swap = FieldsSwap((), (PlacedField(len(fields), spec),))
    return _done(visit, proposal_id, swap, revision)


@router.post("/remove")
def remove(
    visit: Acting,
    proposal_id: UUID,
    was: Annotated[list[str], Form()],
    revision: Revision = None,
) -> HTMLResponse:
    """Leave fields out; return the blank forms and the table."""
    return _done(visit, proposal_id, FieldsSwap(tuple(dict.fromkeys(was)), ()), revision)


@router.post("/merge")
def merge(
    visit: Acting,
    proposal_id: UUID,
    was: Annotated[list[str], Form()],
    how: Annotated[MergeKind, Form()] = MergeKind.ONE,
    revision: Revision = None,
) -> HTMLResponse:
    """Make one field of several, or rows of a table; return the blank forms and the table."""
    before = _draft(visit, proposal_id)
    fields = [_field(before, name) for name in dict.fromkeys(was)]
    made = reshaping.merged(fields, how, _names(before))
    return _done(visit, proposal_id, _replaced(before, was, made), revision)


@router.post("/cut")
def cut(
    visit: Acting,
    proposal_id: UUID,
    was: Annotated[str, Form()],
    axis: Annotated[Axis, Form()],
    at: Fraction,
    revision: Revision = None,
) -> HTMLResponse:
    """Cut a field in two; return the blank forms and the table."""
    before = _draft(visit, proposal_id)
    made = reshaping.cut(_field(before, was), axis, at, _names(before))
    return _done(visit, proposal_id, _replaced(before, [was], made), revision)


@router.post("/divide")
def divide(
    visit: Acting,
    proposal_id: UUID,
    was: Annotated[str, Form()],
    pieces: Annotated[str, Form()] = "",
    revision: Revision = None,
) -> HTMLResponse:
    """Make a field of each box, part or option of a field, or equal pieces, as many as said."""
    before = _draft(visit, proposal_id)
    number = int(pieces) if pieces.isdecimal() and len(pieces) < 4 else None
    if pieces and number is None:
        raise InvalidInputError(field="pieces", reason="must be a number from 2 to 100")
    made = reshaping.divided(_field(before, was), number, _names(before))
    return _done(visit, proposal_id, _replaced(before, [was], made), revision)


@router.post("/undo")
def undo(
    visit: Acting,
    proposal_id: UUID,
    swap: Annotated[str, Form()],
    way: Annotated[Way, Form()] = "undo",
    revision: Revision = None,
) -> HTMLResponse:
    """Take a change back, or make it again; return the blank forms and the table."""
    try:
        wanted = _SWAP.validate_json(swap)
    except ValidationError as error:
        raise InvalidInputError(field="swap", reason="is not acceptable") from error
    return _done(visit, proposal_id, wanted, revision, way=way)


def _done(
    visit: Visit,
    proposal_id: UUID,
    swap: FieldsSwap,
    revision: str | None,
    *,
    number: int | None = None,
    way: Way = "edit",
) -> HTMLResponse:
    """Make the change; return the cell of the row `number`, or the blank forms and the table."""
    # A step back may bring back all the fields that a schema file replaced.
    if way == "edit" and max(len(swap.out), len(swap.into)) > MOST_AT_ONCE:
        raise InvalidInputError(field="name", reason="must be 100 fields at most at once")
    proposal, back = proposals.swap_fields(visit.runtime, visit.caller, proposal_id, swap, revision)
    return answered(visit, proposal, swap, back, number=number, way=way)


def answered(
    visit: Visit,
    proposal: Proposal,
    swap: FieldsSwap,
    back: FieldsSwap,
    *,
    number: int | None = None,
    way: Way = "edit",
) -> HTMLResponse:
    """Show a change that was made, with the swap that takes it back."""
    assert proposal.draft is not None
    told = json.dumps(
        {
            "revision": proposals.revision(proposal.draft),
            "way": way,
            "swap": _SWAP.dump_json(back).decode(),
            "changed": [each.spec.name for each in swap.into],
        }
    )
    if number is not None:
        name = swap.into[0].spec.name
        return visit.show("partials/saved.html", number=number, name=name, saved=told)
    view = proposals.get_proposal(visit.runtime, visit.caller, proposal.id)
    return visit.show(
        "partials/editor.html",
        proposal=view.proposal,
        draft=view.proposal.draft,
        pages=view.pages,
        types=list(FieldType),
        editable=True,
        saved=told,
        figures=view.figures,
        overlaps=view.overlaps,
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


def _replaced(draft: Draft, out: Sequence[str], made: Sequence[FieldSpec]) -> FieldsSwap:
    """Return the swap that puts fields where the first of those stood that they come from."""
    first = next(n for n, spec in enumerate(draft.fields) if spec.name in out)
    placed = tuple(PlacedField(first + n, spec) for n, spec in enumerate(made))
    return FieldsSwap(tuple(dict.fromkeys(out)), placed)


def _moved(spec: FieldSpec, box: Box) -> FieldSpec:
    """Return a field in another place, with what lies inside it in proportion."""
    old = spec.box
    if old.width <= 0 or old.height <= 0:
        return replace(spec, box=box).placed()

    def carried(inner: Box) -> Box:
        x, y = box.width / old.width, box.height / old.height
        return Box(
            *(
                min(1.0, max(0.0, edge))
                for edge in (
                    box.x0 + (inner.x0 - old.x0) * x,
                    box.y0 + (inner.y0 - old.y0) * y,
                    box.x0 + (inner.x1 - old.x0) * x,
                    box.y0 + (inner.y1 - old.y0) * y,
                )
            )
        )

    options = tuple(replace(option, box=carried(option.box)) for option in spec.options)
    parts = tuple(map(carried, spec.parts))
    return replace(spec, box=box, options=options, parts=parts).placed()


def _names(draft: Draft) -> set[str]:
    tables = {spec.cell.table for spec in draft.fields if spec.cell}
    return {spec.name for spec in draft.fields} | tables


def _free_name(fields: tuple[FieldSpec, ...]) -> str:
    names = {spec.name for spec in fields}
    number = len(fields) + 1
    while f"field_{number}" in names:
        number += 1
    return f"field_{number}"
