"""How the system is doing, which embedding space is used, and training another one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse

from api.console.guard import BoundedRoute
from api.console.visit import Acting, Visit, Visiting, see_other
from chohyo.domain.spaces import EmbeddingSpace, Purpose
from chohyo.services import spaces, status, training
from chohyo.services.search import SearchEngine

router = APIRouter(route_class=BoundedRoute)

HERE = "/status"
_TRAININGS = 5
Name = Annotated[str, Form(max_length=200)]


@router.get(HERE)
def system_status(visit: Visiting) -> HTMLResponse:
    """Show counts, pending work, the embedding spaces with what was trained, and the limits."""
    caller = visit.session.caller
    may_train = training.may_train(visit.runtime, caller)
    return visit.show(
        "status.html",
        figures=status.status(visit.runtime, visit.caller),
        spaces=spaces.list_spaces(visit.runtime, visit.caller, _known(visit)),
        may_train=may_train,
        trainings=(
            training.list_trainings(visit.runtime, caller, limit=_TRAININGS) if may_train else []
        ),
        limits=visit.runtime.limits,
    )


@router.post(f"{HERE}/train")
def train(visit: Acting, dry_run: Annotated[bool, Form()] = False) -> RedirectResponse:
    """Have a projection trained on this installation's templates."""
    training.request(visit.runtime, visit.session.caller, dry_run=dry_run)
    return see_other(f"{HERE}#training")


@router.post(f"{HERE}/switch")
def switch(visit: Acting, space: Name) -> RedirectResponse:
    """Use a full embedding space."""
    spaces.switch(visit.runtime, visit.session.caller, _known(visit), space)
    return see_other(f"{HERE}#spaces")


@router.post(f"{HERE}/back")
def back(visit: Acting) -> RedirectResponse:
    """Use the layout space again that was used before."""
    spaces.go_back(visit.runtime, visit.session.caller, _known(visit), Purpose.LAYOUT)
    return see_other(f"{HERE}#spaces")


@router.post(f"{HERE}/drop")
def drop(visit: Acting, space: Name) -> RedirectResponse:
    """Remove a trained space with its weights."""
    spaces.drop(visit.runtime, visit.session.caller, space)
    return see_other(f"{HERE}#spaces")


def _known(visit: Visit) -> list[EmbeddingSpace]:
    engine: SearchEngine = visit.request.app.state.search
    return engine.spaces
