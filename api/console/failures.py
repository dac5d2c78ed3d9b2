"""Errors as pages that keep the way back, or as notices inside the page that caused them."""

from __future__ import annotations

import logging
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.console.views import Views
from api.console.visit import Visit, visiting
from chohyo.errors import ChohyoError, InvalidInputError, UnauthenticatedError, mistakes_of
from chohyo.translation import negotiate, render

_log = logging.getLogger(__name__)


def install(console: FastAPI) -> None:
    """Have every error answered in the reader's language."""
    console.add_exception_handler(UnauthenticatedError, _on_nobody)
    console.add_exception_handler(ChohyoError, _on_our_error)
    console.add_exception_handler(RequestValidationError, _on_invalid_request)
    console.add_exception_handler(HTTPException, _on_http_error)
    console.add_exception_handler(Exception, _on_unforeseen_error)


def negotiated(request: Request) -> str:
    """Return the language for somebody who is not logged in."""
    default = request.app.state.settings.locale
    return negotiate(request.headers.get("accept-language"), default)


def _on_nobody(request: Request, _: Exception) -> Response:
    if _by_htmx(request):
        return Response(status_code=401, headers={"HX-Redirect": "/login"})
    back = quote(request.url.path, safe="/") if request.method == "GET" else "/"
    return Response(status_code=303, headers={"Location": f"/login?next={back}"})


def _on_our_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ChohyoError)
    return _answer(request, error.http_status, error)


def _on_invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    place = error.errors()[0]["loc"]
    if place[0] == "path":  # an address nobody was given
        return _answer(request, 404, None)
    return _answer(
        request, 422, InvalidInputError(field=str(place[-1]), reason="is not acceptable")
    )


def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _answer(request, error.status_code, None)


def _on_unforeseen_error(request: Request, error: Exception) -> Response:
    # The exception's text may hold a document's content, which does not belong in the log.
    _log.error("%s %s failed: %s", request.method, request.url.path, type(error).__name__)
    return _answer(request, 500, ChohyoError())


def _answer(request: Request, status: int, error: ChohyoError | None) -> Response:
    visit = _visit(request)
    locale = visit.locale if visit else negotiated(request)
    views: Views = request.app.state.views
    text = render(error, locale) if error else ""
    template = "partials/notice.html" if _by_htmx(request) else "error.html"
    mistakes = [render(each, locale) for each in mistakes_of(error)] if error else []
    response = views.response(
        template, locale, status=status, visit=visit, code=status, text=text, mistakes=mistakes
    )
    if _by_htmx(request):
        response.headers.update({"HX-Retarget": "#notices", "HX-Reswap": "innerHTML"})
    return response


def _visit(request: Request) -> Visit | None:
    try:
        return visiting(request)
    except ChohyoError:  # nobody is logged in, or the database is what failed
        return None


def _by_htmx(request: Request) -> bool:
    return request.headers.get("hx-request") == "true"
