"""A request by somebody who is logged in."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Form, Header, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.console.guard import ForgedRequestError
from api.console.views import Views
from chohyo.domain.access import Caller, Role
from chohyo.domain.collections import Collection
from chohyo.errors import UnauthenticatedError
from chohyo.services import access
from chohyo.services.access import Session
from chohyo.services.runtime import Runtime

COOKIE = "chohyo_session"
COLLECTION_COOKIE = "chohyo_collection"


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asks for what, with the services and the views that answer.

    `caller` has the role of the chosen collection alone, so that no page shows what another one
    holds; `session.caller` has all roles.
    """

    request: Request
    runtime: Runtime
    views: Views
    session: Session
    caller: Caller
    collection_id: UUID | None

    @property
    def locale(self) -> str:
        """Return the language the visitor reads."""
        return self.caller.principal.locale

    def collections(self) -> list[Collection]:
        """Return the collections to choose from; none where there is no choice."""
        caller = self.session.caller
        return access.my_collections(self.runtime, caller) if len(caller.roles) > 1 else []

    def administers(self) -> bool:
        """Say whether the visitor administers any collection."""
        return bool(self.session.caller.collections(Role.ADMIN))

    def administered(self) -> list[Collection]:
        """Return the collections that the visitor administers."""
        caller = self.session.caller
        mine = access.my_collections(self.runtime, caller)
        return [each for each in mine if caller.may(each.id, Role.ADMIN)]

    @property
    def path(self) -> str:
        """Return the path with its query, to come back to."""
        query = self.request.url.query
        return self.request.url.path + (f"?{query}" if query else "")

    def may(self, collection_id: UUID, role: str) -> bool:
        """Say whether the visitor's role in the collection covers this one."""
        return self.caller.may(collection_id, Role(role))

    def anywhere(self, role: str) -> bool:
        """Say whether the visitor's role in some collection covers this one."""
        return bool(self.caller.collections(Role(role)))

    def show(self, template: str, *, status: int = 200, **context: object) -> HTMLResponse:
        """Return a template as the response."""
        return self.views.response(template, self.locale, status=status, visit=self, **context)

    def text(self, template: str, **context: object) -> str:
        """Return a template, filled in."""
        return self.views.text(template, self.locale, visit=self, **context)


def see_other(path: str) -> RedirectResponse:
    """Return the redirect that ends a change: reloading the next page repeats nothing."""
    return RedirectResponse(path, status_code=303)


def local_path(text: str) -> str:
    """Return a path of this console, or the start page for anything that leads elsewhere."""
    # A browser reads `//host` and `/\host` as another site.
    return text if text.startswith("/") and text[1:2] not in {"/", "\\"} else "/"


def visiting(request: Request) -> Visit:
    """Return the visit behind the request's cookie.

    Raises:
        UnauthenticatedError: there is no live session.
    """
    secret = request.cookies.get(COOKIE)
    if not secret:
        raise UnauthenticatedError
    state = request.app.state
    runtime: Runtime = state.runtime
    session = access.resume_session(runtime, secret)
    chosen = _chosen(session.caller, request.cookies.get(COLLECTION_COOKIE, ""))
    roles = {chosen: session.caller.roles[chosen]} if chosen else {}
    narrowed = replace(session.caller, roles=roles)
    return Visit(request, runtime, state.views, session, narrowed, chosen)


def _chosen(caller: Caller, remembered: str) -> UUID | None:
    # The cookie may be another person's, or older than a role that was taken away.
    for collection_id in caller.roles:
        if str(collection_id) == remembered:
            return collection_id
    return min(caller.roles, default=None)  # ids sort by age: the oldest one


Visiting = Annotated[Visit, Depends(visiting)]


def acting(
    visit: Visiting,
    csrf_token: Annotated[str, Form()] = "",
    x_csrf_token: Annotated[str, Header()] = "",
) -> Visit:
    """Return the visit behind a request that changes something.

    Raises:
        ForgedRequestError: the session's CSRF token did not come with it.
    """
    presented = x_csrf_token or csrf_token
    if not secrets.compare_digest(presented.encode(), visit.session.csrf_token.encode()):
        raise ForgedRequestError
    return visit


Acting = Annotated[Visit, Depends(acting)]
