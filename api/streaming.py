"""Answers as server-sent events: each part when it is there, then the whole answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import Final, TypeVar

from fastapi import Request
from fastapi.responses import StreamingResponse

from chohyo.errors import ChohyoError

MEDIA_TYPE: Final = "text/event-stream"
# A proxy in between hands each event on at once.
HEADERS: Final = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
_HANDS: Final = ThreadPoolExecutor(16, thread_name_prefix="told")

Made = TypeVar("Made")
Part = TypeVar("Part")


def is_wanted(request: Request) -> bool:
    """Say whether who asks would rather follow the answer than wait for it."""
    return MEDIA_TYPE in request.headers.get("accept", "")


def event(name: str, body: str, number: int | None = None) -> str:
    """Return an event as it is sent; its body is JSON on one line."""
    numbered = "" if number is None else f"id: {number}\n"
    return f"event: {name}\n{numbered}data: {body}\n\n"


def told(
    make: Callable[[Callable[[Part], None]], Made],
    part: Callable[[Part], str],
    whole: Callable[[Made], str],
    problem: Callable[[ChohyoError], str],
    name: str = "sentence",
) -> StreamingResponse:
    """Have an answer made, and return the stream of what it tells.

    There are events of this name, for each part that is told while it is made, and at the end one
    `answer` with all of it, which holds in place of what was told, or `problem`.

    Args:
        make: makes the answer; it is given what to tell parts with.
        part: shows a part as JSON.
        whole: shows the answer as JSON.
        problem: shows as JSON what went wrong after something was told.
        name: of the parts.

    Raises:
        ChohyoError: nothing was told before it went wrong, and it is answered as ever.
    """
    pieces: SimpleQueue[Part | None] = SimpleQueue()
    made = _HANDS.submit(make, pieces.put)
    made.add_done_callback(lambda _: pieces.put(None))
    first = pieces.get()
    if first is None:
        made.result()
    events = _events(first, pieces, made, lambda each: event(name, part(each)), whole, problem)
    return StreamingResponse(events, media_type=MEDIA_TYPE, headers=HEADERS)


def _events(
    first: Part | None,
    pieces: SimpleQueue[Part | None],
    made: Future[Made],
    shown: Callable[[Part], str],
    whole: Callable[[Made], str],
    problem: Callable[[ChohyoError], str],
) -> Iterator[str]:
    piece = first
    while piece is not None:
        yield shown(piece)
        piece = pieces.get()
    try:
        yield event("answer", whole(made.result()))
    except ChohyoError as error:
        yield event("problem", problem(error))
