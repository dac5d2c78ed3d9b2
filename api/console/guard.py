"""What protects the console's visitors beyond what holds for every response."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chohyo.errors import ChohyoError, FileTooLargeError

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_MIB = 1024 * 1024
# What a multipart body holds besides the file.
_ENVELOPE_MIB = 1


class ForgedRequestError(ChohyoError):
    """A change was asked for by something other than a page of this console."""

    code = "forged-request"
    message = "This request does not come from a current page of the console. Reload the page."
    http_status = 403


class ContentPolicy:
    """Lets a page load the console's own scripts, styles and images, and nothing else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add the policy to its response."""

        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Content-Security-Policy"] = _POLICY
            await send(message)

        await self._app(scope, receive, send_with_policy)


class BoundedRoute(APIRoute):
    """A route that refuses an oversized request before its body is read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler behind the check."""
        handle = super().get_route_handler()

        async def bounded(request: Request) -> Response:
            if request.method == "POST":
                _check_size(request)
            return await handle(request)

        return bounded


def _check_size(request: Request) -> None:
    limit = request.app.state.settings.limits.file_mib
    declared = request.headers.get("content-length", "")
    if not declared.isdigit():
        raise ForgedRequestError  # browsers always declare it
    size_mib = int(declared) / _MIB
    if size_mib > limit + _ENVELOPE_MIB:
        raise FileTooLargeError(
            filename=request.url.path, size_mib=round(size_mib, 1), limit_mib=limit
        )
