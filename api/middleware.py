"""What holds for every response, and which requests are not answered at all."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import answer
from chohyo.errors import ChohyoError

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class ForeignRequestError(ChohyoError):
    """The request was made for another server, or by another site's page."""

    code = "foreign-request"
    message = "The {header} header names another site. Open chohyo under its own address."
    http_status = 403


class SafeHeaders:
    """Adds security headers to every response that does not set them itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the headers of its response."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class BoundedBodies:
    """Stops reading a request's body at a limit: the framework reads it before it asks for a key.

    Args:
        limit: most bytes of a body.
        limits: other limits by path; None for the upload, which is read in pieces and bounded file
            by file.
    """

    def __init__(self, app: ASGIApp, limit: int, limits: Mapping[str, int | None]) -> None:
        self._app = app
        self._limit = limit
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its body bounded."""
        read = 0
        limit = self._limits.get(scope.get("path", ""), self._limit)

        async def receive_within_limit() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if limit is not None and read > limit:
                raise HTTPException(413)
            return message

        bounded = scope["type"] == "http" and limit is not None
        await self._app(scope, receive_within_limit if bounded else receive, send)


class OwnSiteOnly:
    """Refuses what a page of another site has a browser send here.

    A server bound to this machine alone is reachable for any page whose host name resolves to it
    (DNS rebinding), so it only answers to this machine's names. Whatever it is bound to, a browser
    may only change something from a page of the same host.
    """

    def __init__(self, app: ASGIApp, bound_host: str) -> None:
        self._app = app
        self._bound_to_loopback = _is_loopback(bound_host)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        foreign = self._foreign_header(scope) if scope["type"] == "http" else None
        if foreign is None:
            await self._app(scope, receive, send)
            return
        response = answer(Request(scope), ForeignRequestError(header=foreign))
        await response(scope, receive, send)

    def _foreign_header(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        if self._bound_to_loopback and not _is_loopback(_name(host)):
            return "Host"
        if origin is not None and scope["method"] not in _SAFE_METHODS:
            return None if _netloc(origin) == host.lower() else "Origin"
        return None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
