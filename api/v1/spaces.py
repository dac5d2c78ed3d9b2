"""Embedding spaces: fill one beside the one in use, switch, go back, drop."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from api.idempotency import IdempotentRoute
from api.language import LocaleDep
from api.security import CallerDep, RuntimeDep, allow
from api.v1.schemas.basics import Listing
from api.v1.schemas.spaces import GoBackIn, SpaceViewOut, SwitchIn
from chohyo.domain.access import Role
from chohyo.domain.spaces import EmbeddingSpace
from chohyo.errors import (
    NoEarlierSpaceError,
    NotFoundError,
    SpaceFailedPagesError,
    SpaceIncompleteError,
    SpaceInUseError,
)
from chohyo.services import spaces
from chohyo.services.search import SearchEngine

router = APIRouter(prefix="/spaces", tags=["spaces"], route_class=IdempotentRoute)

Name = Annotated[str, Path(max_length=200, pattern=r"^[^\x00]*$")]


def known_spaces(request: Request) -> list[EmbeddingSpace]:
    """Return the spaces whose vectors can be computed in this installation."""
    engine: SearchEngine = request.app.state.search
    return engine.spaces


KnownDep = Annotated[list[EmbeddingSpace], Depends(known_spaces)]


@router.get("", summary="List embedding spaces", **allow(Role.VIEWER))
def list_spaces(
    runtime: RuntimeDep, caller: CallerDep, known: KnownDep, locale: LocaleDep
) -> Listing[SpaceViewOut]:
    """Return the spaces there are and how far they are filled, then those that could be filled."""
    found = spaces.list_spaces(runtime, caller, known)
    return Listing(items=[SpaceViewOut.of(each, locale) for each in found], next_cursor=None)


@router.post("/go-back", summary="Go back to the space that was in use before",
             **allow(Role.ADMIN, NoEarlierSpaceError, SpaceIncompleteError))  # fmt: skip
def go_back(
    runtime: RuntimeDep, caller: CallerDep, known: KnownDep, locale: LocaleDep, wanted: GoBackIn
) -> SpaceViewOut:
    """Undo the last switch of a purpose, at once. You have to administer the first collection."""
    return SpaceViewOut.of(spaces.go_back(runtime, caller, known, wanted.purpose), locale)


@router.post(
    "/{name}/fill",
    summary="Fill an embedding space",
    status_code=202,
    **allow(Role.ADMIN, NotFoundError),
)
def fill(
    runtime: RuntimeDep, caller: CallerDep, known: KnownDep, locale: LocaleDep, name: Name
) -> SpaceViewOut:
    """Have all pages embedded in a space too, in the background; routing is not touched.

    Stopping and starting loses nothing of it, and asking again tries failed pages once more. You
    have to administer the first collection.
    """
    return SpaceViewOut.of(spaces.request_fill(runtime, caller, known, name), locale)


@router.post(
    "/{name}/switch",
    summary="Use an embedding space",
    **allow(Role.ADMIN, NotFoundError, SpaceIncompleteError, SpaceFailedPagesError),
)
def switch(
    runtime: RuntimeDep,
    caller: CallerDep,
    known: KnownDep,
    locale: LocaleDep,
    name: Name,
    wanted: SwitchIn,
) -> SpaceViewOut:
    """Use a full space for its purpose from now on; the former one is kept up to date.

    You have to administer the first collection.
    """
    view = spaces.switch(runtime, caller, known, name, without_failed=wanted.without_failed)
    return SpaceViewOut.of(view, locale)


@router.delete(
    "/{name}",
    summary="Drop an embedding space",
    status_code=204,
    **allow(Role.ADMIN, NotFoundError, SpaceInUseError),
)
def drop(runtime: RuntimeDep, caller: CallerDep, name: Name) -> None:
    """Remove a space with its vectors; the one in use stays.

    You have to administer the first collection.
    """
    spaces.drop(runtime, caller, name)
