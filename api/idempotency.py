"""`Idempotency-Key` on every POST of `/v1`: a request that is repeated is answered once.

Only answers of success are kept: a request that failed changed nothing and may be sent again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response, params
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel
from python_multipart.multipart import parse_options_header
from starlette.types import Message

from api.problems import describe
from api.security import presented_key
from api.v1.schemas.basics import SHOWN_ONCE
from chohyo.domain.access import Caller
from chohyo.errors import IdempotencyMismatchError, RequestUnderWayError
from chohyo.services import access, idempotency
from chohyo.services.idempotency import Claim
from chohyo.services.runtime import Runtime
from chohyo.storage.idempotency import KeptAnswer

HEADER = "Idempotency-Key"
_LONGEST = 200

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def idempotency_key(
    key: Annotated[
        str | None,
        Header(
            alias=HEADER,
            min_length=1,
            max_length=_LONGEST,
            description="Makes the request repeatable: for 24 hours the same request with the same "
            "key gets the answer that the first one got, and nothing is done twice. A secret in "
            "the answer is shown the first time alone; after that it is null.",
        ),
    ] = None,
) -> None:
    """Declare the header, and have it checked."""


class IdempotentRoute(APIRoute):
    """A route whose POST understands the header."""

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        methods: set[str] | list[str] | None = None,
        dependencies: Sequence[params.Depends] | None = None,
        responses: dict[int | str, dict[str, Any]] | None = None,
        **rest: Any,
    ) -> None:
        if methods and "POST" in methods:
            dependencies = [*(dependencies or []), Depends(idempotency_key)]
            responses = describe(responses or {}, IdempotencyMismatchError, RequestUnderWayError)
        super().__init__(
            path, endpoint, methods=methods, dependencies=dependencies, responses=responses, **rest
        )

    def get_route_handler(self) -> Handler:
        """Return the handler of a request; with the header it may be answered from memory."""
        handler = super().get_route_handler()

        async def once(request: Request) -> Response:
            key, presented = request.headers.get(HEADER, ""), presented_key(request)
            if request.method != "POST" or not 0 < len(key) <= _LONGEST or not presented:
                return await handler(request)
            runtime: Runtime = request.app.state.runtime
            caller = await run_in_threadpool(access.authenticate_key, runtime, presented)
            return await _answer_once(handler, request, runtime, caller, key, self.response_model)

        return once


async def _answer_once(
    handler: Handler, request: Request, runtime: Runtime, caller: Caller, key: str, model: object
) -> Response:
    begun = await run_in_threadpool(idempotency.begin, runtime, caller, key)
    body = HashedBody(request)
    if isinstance(begun, KeptAnswer):
        if not hmac.compare_digest(await body.rest(), begun.request_hash):
            raise IdempotencyMismatchError
        return Response(begun.body, begun.status, media_type=begun.media_type)
    kept = False
    try:
        response = await handler(Request(request.scope, body.receive))
        # A stream changes nothing and is not kept: the same request is answered anew.
        if response.status_code < 300 and not isinstance(response, StreamingResponse):
            answer = _kept(response, await body.rest(), model)
            await run_in_threadpool(idempotency.keep, runtime, begun, answer)
            kept = True
        return response
    finally:
        if not kept:
            await _release(runtime, begun)


async def _release(runtime: Runtime, claim: Claim) -> None:
    await run_in_threadpool(idempotency.release, runtime, claim)


class HashedBody:
    """Hashes method, address and body of a request while the body is read.

    The boundary of a multipart body is left out: a client that sends the same form again draws a
    new one.
    """

    def __init__(self, request: Request) -> None:
        self._receive: Callable[[], Awaitable[Message]] = request.receive
        media_type, options = parse_options_header(request.headers.get("content-type"))
        self._boundary = options.get(b"boundary", b"")
        self._hash = hashlib.sha256(request.method.encode())
        for part in (request.url.path.encode(), request.url.query.encode(), media_type):
            self._hash.update(b"\0" + part)
        self._held = b""
        self._over = False

    async def receive(self) -> Message:
        """Hand on the next piece of the body."""
        message = await self._receive()
        self._over = message["type"] != "http.request" or not message.get("more_body", False)
        self._take(message.get("body", b""))
        return message

    async def rest(self) -> bytes:
        """Read what is left of the body, and return the SHA-256 of all of it."""
        while not self._over:
            await self.receive()
        self._hash.update(self._held)
        self._held = b""
        return self._hash.digest()

    def _take(self, piece: bytes) -> None:
        if not self._boundary:
            self._hash.update(piece)
            return
        # The end is held back: a boundary may go on in the next piece.
        joined = (self._held + piece).replace(self._boundary, b"\0")
        keep = len(self._boundary) - 1
        ready = max(0, len(joined) - keep)
        self._hash.update(joined[:ready])
        self._held = joined[ready:]


def _kept(response: Response, request_hash: bytes, model: object) -> KeptAnswer:
    shown = json.loads(bytes(response.body))
    for name in _secrets(model):
        shown[name] = None
    return KeptAnswer(
        request_hash,
        response.status_code,
        response.media_type or "application/json",
        json.dumps(shown, ensure_ascii=False, separators=(",", ":")),
    )


def _secrets(model: object) -> list[str]:
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return []
    extras = {name: each.json_schema_extra for name, each in model.model_fields.items()}
    return [name for name, each in extras.items() if isinstance(each, dict) and SHOWN_ONCE in each]
