"""Log in and out, and choose a language."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console.failures import negotiated
from api.console.guard import BoundedRoute
from api.console.views import Views
from api.console.visit import COLLECTION_COOKIE, COOKIE, Acting, local_path, see_other
from chohyo.errors import UnauthenticatedError
from chohyo.services import access
from chohyo.services.runtime import Runtime
from chohyo.translation import LOCALES

router = APIRouter(route_class=BoundedRoute)

# Pages that show a list of whatever collection is chosen.
_ROOMS = {
    *("/upload", "/documents", "/review", "/proposals", "/discovery", "/templates", "/audit"),
    *("/status", "/administration"),
}
_REMEMBERED_SECONDS = 365 * 24 * 3600


@router.get("/login")
def login_page(request: Request, token: str = "", next: str = "/", lang: str = "") -> HTMLResponse:
    """Ask for a token; one in the link is only used when the button is pressed.

    Mail programs and chat rooms open links to preview them, which would use the token up.
    """
    return _form(request, token, local_path(next), lang)


@router.post("/login")
def log_in(
    request: Request,
    token: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
    lang: Annotated[str, Form()] = "",
) -> Response:
    """Open a session."""
    runtime: Runtime = request.app.state.runtime
    try:
        session = access.log_in(runtime, token.strip())
    except UnauthenticatedError as error:
        return _form(request, "", local_path(next), lang, status=error.http_status)
    response = see_other(local_path(next))
    response.set_cookie(
        COOKIE,
        session.secret,
        max_age=access.SESSION_HOURS * 3600,
        httponly=True,
        samesite="strict",
        secure=request.app.state.settings.web.secure_cookies,
    )
    return response


@router.post("/logout")
def log_out(visit: Acting) -> RedirectResponse:
    """End the session."""
    access.log_out(visit.runtime, visit.session.secret)
    response = see_other("/login")
    response.delete_cookie(COOKIE)
    # Images of documents were cached for this session.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@router.post("/collection")
def choose_collection(
    visit: Acting, collection: Annotated[UUID, Form()], back: Annotated[str, Form()] = "/"
) -> RedirectResponse:
    """Show another collection from now on; what is open may belong to the one before."""
    room = "/" + local_path(back).split("/")[1].partition("?")[0]
    response = see_other(room if room in _ROOMS else "/")
    response.set_cookie(
        COLLECTION_COOKIE,
        str(collection),
        max_age=_REMEMBERED_SECONDS,
        httponly=True,
        samesite="strict",
        secure=visit.request.app.state.settings.web.secure_cookies,
    )
    return response


@router.post("/language")
def choose_language(
    visit: Acting,
    locale: Annotated[Literal["ja", "en"], Form()],
    back: Annotated[str, Form()] = "/",
) -> RedirectResponse:
    """Remember the language and come back."""
    access.choose_language(visit.runtime, visit.caller, locale)
    return see_other(local_path(back))


def _form(
    request: Request, token: str, next_path: str, lang: str, *, status: int = 200
) -> HTMLResponse:
    views: Views = request.app.state.views
    locale = lang if lang in LOCALES else negotiated(request)
    return views.response(
        "login.html",
        locale,
        status=status,
        visit=None,
        token=token,
        next=next_path,
        refused=status != 200,
    )
