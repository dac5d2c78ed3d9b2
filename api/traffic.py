"""Count and log every request: its route, status and time, never its query or body."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger("api.requests")

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Answered:
    """A request that was answered; `seconds` until the answer began.

    `route` is the template of the path, and `unmatched` when there is none: paths that anybody can
    make up would be counters without end.
    """

    method: str
    route: str
    status: int
    seconds: float


class Traffic:
    """Tells listeners of each request when its answer has ended."""

    def __init__(self, app: ASGIApp, listeners: Sequence[Callable[[Answered], None]]) -> None:
        self._app = app
        self._listeners = listeners

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and tell of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, seconds = time.perf_counter(), 500, 0.0

        async def watched(message: Message) -> None:
            nonlocal status, seconds
            if message["type"] == "http.response.start":
                status, seconds = message["status"], time.perf_counter() - began
            await send(message)

        root = scope.get("root_path", "")
        try:
            await self._app(scope, receive, watched)
        finally:
            taken = seconds or time.perf_counter() - began
            answered = Answered(_method(scope), _route(scope, root), status, taken)
            for listener in self._listeners:
                listener(answered)


def log_request(answered: Answered) -> None:
    """Log a request."""
    fields = {
        "method": answered.method,
        "route": answered.route,
        "status": answered.status,
        "milliseconds": round(answered.seconds * 1000),
    }
    _log.info("%s %s %d %d ms", *fields.values(), extra={"fields": fields})


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in _METHODS else "other"


def _route(scope: Scope, root: str) -> str:
    path = getattr(scope.get("route"), "path", None)
    if path is None:
        return "unmatched"
    mounted = scope.get("root_path", "").removeprefix(root)
    return f"{mounted}{path}"
