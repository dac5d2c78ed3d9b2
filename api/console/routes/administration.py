"""Administration: people and services, their roles, API keys, collections."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse

from api.console.guard import BoundedRoute
from api.console.visit import Acting, Visit, Visiting, see_other
from chohyo.domain.access import PrincipalKind, Role
from chohyo.services import administration, collections

router = APIRouter(route_class=BoundedRoute)

HERE = "/administration"


@router.get(HERE)
def overview(visit: Visiting) -> HTMLResponse:
    """Show people, keys and collections."""
    return _show(visit)


@router.post(f"{HERE}/people")
def register(
    visit: Acting,
    collection: Annotated[UUID, Form()],
    role: Annotated[Role, Form()],
    kind: Annotated[PrincipalKind, Form()],
    name: Annotated[str, Form()] = "",
    locale: Annotated[Literal["ja", "en"], Form()] = "ja",
) -> HTMLResponse:
    """Register somebody; a person gets a login link, which is shown this once."""
    caller = visit.session.caller
    made = administration.add_principal(
        visit.runtime, caller, kind, name, locale, collection, role
    ).principal
    if kind is PrincipalKind.SERVICE:
        return _show(visit)
    token = administration.login_token(visit.runtime, caller, made.id)
    return _show(visit, link=_link(visit, token), owner=made.name)


@router.post(f"{HERE}/people/{{principal_id}}/role")
def change_role(
    visit: Acting,
    principal_id: UUID,
    collection: Annotated[UUID, Form()],
    role: Annotated[Role | Literal[""], Form()] = "",
) -> RedirectResponse:
    """Give a role, or take it away."""
    caller = visit.session.caller
    if role:
        administration.grant(visit.runtime, caller, principal_id, collection, Role(role))
    else:
        administration.revoke(visit.runtime, caller, principal_id, collection)
    return see_other(HERE)


@router.post(f"{HERE}/people/{{principal_id}}/disable")
def disable(visit: Acting, principal_id: UUID) -> RedirectResponse:
    """Shut somebody out at once."""
    administration.disable(visit.runtime, visit.session.caller, principal_id)
    return see_other(HERE)


@router.post(f"{HERE}/people/{{principal_id}}/enable")
def enable(visit: Acting, principal_id: UUID) -> RedirectResponse:
    """Let somebody in again."""
    administration.enable(visit.runtime, visit.session.caller, principal_id)
    return see_other(HERE)


@router.post(f"{HERE}/people/{{principal_id}}/link")
def make_link(visit: Acting, principal_id: UUID) -> HTMLResponse:
    """Show a new login link this once."""
    caller = visit.session.caller
    person = administration.get_principal(visit.runtime, caller, principal_id).principal
    token = administration.login_token(visit.runtime, caller, principal_id)
    return _show(visit, link=_link(visit, token), owner=person.name)


@router.post(f"{HERE}/keys")
def make_key(
    visit: Acting,
    principal: Annotated[UUID, Form()],
    name: Annotated[str, Form()] = "",
    days: Annotated[int | Literal[""], Form()] = "",
) -> HTMLResponse:
    """Make an API key and show its secret this once."""
    caller = visit.session.caller
    key = administration.create_key(visit.runtime, caller, principal, name, days=days or None)
    return _show(visit, secret=key.secret, owner=name)


@router.post(f"{HERE}/keys/{{key_id}}/revoke")
def revoke_key(visit: Acting, key_id: UUID) -> RedirectResponse:
    """Revoke a key at once."""
    administration.revoke_key(visit.runtime, visit.session.caller, key_id)
    return see_other(HERE)


@router.post(f"{HERE}/collections")
def add_collection(visit: Acting, name: Annotated[str, Form()] = "") -> RedirectResponse:
    """Add a collection."""
    collections.add_collection(visit.runtime, visit.session.caller, name)
    return see_other(HERE)


@router.post(f"{HERE}/collections/{{collection_id}}/name")
def rename_collection(
    visit: Acting, collection_id: UUID, name: Annotated[str, Form()] = ""
) -> RedirectResponse:
    """Give a collection another name."""
    collections.rename_collection(visit.runtime, visit.session.caller, collection_id, name)
    return see_other(HERE)


def _show(visit: Visit, *, link: str = "", secret: str = "", owner: str = "") -> HTMLResponse:
    caller = visit.session.caller
    return visit.show(
        "administration.html",
        people=administration.list_principals(visit.runtime, caller),
        keys=administration.list_keys(visit.runtime, caller),
        collections=visit.administered(),
        roles=list(Role),
        runs_installation=collections.may_add(visit.runtime, caller),
        link=link,
        secret=secret,
        owner=owner,
    )


def _link(visit: Visit, token: str) -> str:
    return f"{visit.request.base_url}login?token={token}"
