"""Progress as server-sent events, derived from rows."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from api.language import reader_locale
from api.security import CallerDep, RuntimeDep, allow, presented_key
from api.streaming import MEDIA_TYPE, event
from api.v1.files import answers_with
from api.v1.schemas.discovery import RunOut
from api.v1.schemas.events import CollectionProgressOut, DocumentProgressOut
from chohyo.domain.access import Role
from chohyo.errors import ChohyoError, NotFoundError, UnavailableError
from chohyo.services import access, progress
from chohyo.services.progress import Progress, Scope
from chohyo.services.runtime import Runtime

router = APIRouter(prefix="/events", tags=["events"])

_LOOK_SECONDS = 1.0
_BEAT_SECONDS = 15.0
_EVENT = {
    "type": "object",
    "required": ["event", "data"],
    "properties": {
        "event": {"enum": ["collection", "document", "run"]},
        "id": {"type": "string", "description": "Send it as `Last-Event-ID` to go on from here."},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
}
_RETRY = "retry: 2000\n\n"
_BEAT = ": alive\n\n"


def _declared() -> dict[str, Any]:
    declared = answers_with([MEDIA_TYPE], allow(Role.VIEWER, NotFoundError))
    declared["responses"][200]["content"][MEDIA_TYPE]["schema"] = _EVENT
    return declared


@router.get("", summary="Follow progress", **_declared())
def follow(
    request: Request,
    runtime: RuntimeDep,
    caller: CallerDep,
    collection_id: UUID | None = None,
    document_id: UUID | None = None,
    run_id: UUID | None = None,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", max_length=100)] = None,
) -> StreamingResponse:
    """Send server-sent events about a collection, a document or a discovery run as it changes.

    `collection` has figures, `document` the state and pages of one that changed, `run` the newest
    run (or the one named). The first ones say how things stand; with `Last-Event-ID` the stream
    goes on after that event. Each event tells all of its thing, so that a repeated one does no
    harm. Comments keep the connection open; the stream ends when the key is revoked.
    """
    scope = progress.choose_scope(
        runtime, caller, collection_id=collection_id, document_id=document_id, run_id=run_id
    )
    stream = _Stream(request, runtime, scope, _number(last_event_id), reader_locale(request))
    return StreamingResponse(
        stream.pieces(), media_type=MEDIA_TYPE, headers={"X-Accel-Buffering": "no"}
    )


@dataclass(slots=True)
class _Stream:
    """One reader's stream: where it has come to, and what the reader knows already."""

    request: Request
    runtime: Runtime
    scope: Scope
    after: int | None
    locale: str
    known: dict[tuple[str, UUID], str] = field(default_factory=dict)

    async def pieces(self) -> AsyncIterator[str]:
        """Yield events and heartbeats until the server stops or the reader may follow no more."""
        stopping: threading.Event = self.request.app.state.stopping
        beat_at = time.monotonic() + _BEAT_SECONDS
        yield _RETRY
        while True:
            for piece in await self._news():
                yield piece
            if stopping.is_set():
                return
            await asyncio.sleep(_LOOK_SECONDS)
            if time.monotonic() >= beat_at:
                if not await run_in_threadpool(self._may_go_on):
                    return
                yield _BEAT
                beat_at = time.monotonic() + _BEAT_SECONDS

    async def _news(self) -> list[str]:
        try:
            found = await run_in_threadpool(progress.look, self.runtime, self.scope, self.after)
        except UnavailableError:
            return []  # the next look may find the database again
        self.after = found.upto
        fresh = [each for each in self._events(found) if self._is_new(*each)]
        # The last one alone has the number: who loses the stream halfway gets all of them again.
        last = len(fresh) - 1
        return [
            event(name, body, found.upto if number == last else None)
            for number, (name, _, body) in enumerate(fresh)
        ]

    def _events(self, found: Progress) -> Iterator[tuple[str, UUID, str]]:
        for each in found.documents:
            yield "document", each.id, _json(DocumentProgressOut.model_validate(each))
        if found.run is not None:
            yield "run", found.run.id, _json(RunOut.of(found.run, self.locale))
        if found.collection is not None:
            shown = CollectionProgressOut.model_validate(found.collection)
            yield "collection", shown.id, _json(shown)

    def _is_new(self, name: str, object_id: UUID, body: str) -> bool:
        if name == "document" and self.scope.document_id is None:
            return True  # each look brings only those that changed
        if self.known.get((name, object_id)) == body:
            return False
        self.known[name, object_id] = body
        return True

    def _may_go_on(self) -> bool:
        presented = presented_key(self.request)
        try:
            caller = access.authenticate_key(self.runtime, presented or "")
            progress.require_visible(self.runtime, caller, self.scope)
        except UnavailableError:
            return True
        except ChohyoError:
            return False
        return True


def _number(last_event_id: str | None) -> int | None:
    known = last_event_id if last_event_id and last_event_id.isascii() else ""
    return int(known) if known.isdigit() and len(known) < 19 else None


def _json(shown: BaseModel) -> str:
    return shown.model_dump_json()
