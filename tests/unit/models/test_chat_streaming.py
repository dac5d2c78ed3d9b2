"""A chat model's answer over HTTP while it is being written."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from chohyo.errors import UnavailableError
from chohyo.models.chat import ChatOutputError, OpenAiChat
from chohyo.models.http_endpoint import Endpoint, Patience
from chohyo.models.qwen_errors import ModelServerError

TURN = [{"role": "user", "content": "x"}]
PIECES = ["合計は", "\u2028", "12円 ", "{}"]


class Speaker:
    """A server that says what the test writes, piece by piece."""

    def __init__(self) -> None:
        self.status, self.media_type = 200, "text/event-stream; charset=utf-8"
        self.lines: Callable[[], Iterator[str]] = lambda: iter(())
        self.bodies: list[dict[str, Any]] = []
        speaker = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                speaker.bodies.append(
                    json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                )
                self.send_response(speaker.status)
                self.send_header("Content-Type", speaker.media_type)
                self.end_headers()
                for line in speaker.lines():
                    self.wfile.write(line.encode())
                    self.wfile.flush()

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def chat(self) -> OpenAiChat:
        """Return the model behind it."""
        url = f"http://127.0.0.1:{self.server.server_port}"
        return OpenAiChat(Endpoint(url, None, Patience(seconds=20, tries=1)), "m")


@pytest.fixture
def speaker() -> Iterator[Speaker]:
    """Run a server."""
    speaking = Speaker()
    yield speaking
    speaking.server.shutdown()
    speaking.server.server_close()


def _said(piece: str) -> str:
    choice = {"choices": [{"index": 0, "delta": {"content": piece}}]}
    return f"data: {json.dumps(choice, ensure_ascii=False)}\n\n"


def _stream(speaker: Speaker, tell: Callable[[str], None]) -> Any:
    return speaker.chat().stream(TURN, {"type": "object"}, 9, tell)


def test_each_piece_is_told_before_the_next_is_said(speaker: Speaker) -> None:
    heard, told = threading.Semaphore(0), []

    def lines() -> Iterator[str]:
        yield 'data: {"choices": [{"delta": {"role": "assistant"}}]}\n\n: alive\n\n'
        for piece in PIECES:
            yield _said(piece)
            assert heard.acquire(timeout=20)  # nothing more is said until it was heard
        yield 'data: {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 4}}\n\n'
        yield "data: [DONE]\n\n"

    def tell(text: str) -> None:
        told.append(text)
        heard.release()

    speaker.lines = lines
    reply = _stream(speaker, tell)
    assert told == ["".join(PIECES[: n + 1]) for n in range(len(PIECES))]
    assert (reply.text, reply.prompt_tokens, reply.answer_tokens) == (told[-1], 7, 4)
    assert speaker.bodies[0]["stream"] is True
    assert speaker.bodies[0]["response_format"]["type"] == "json_schema"


def test_an_endpoint_that_does_not_stream_is_heard_at_the_end(speaker: Speaker) -> None:
    speaker.media_type = "application/json"
    whole = {"choices": [{"message": {"content": "ok"}}], "usage": {"prompt_tokens": 1}}
    speaker.lines = lambda: iter([json.dumps(whole)])
    told: list[str] = []
    assert _stream(speaker, told.append).prompt_tokens == 1
    assert told == ["ok"]


@pytest.mark.parametrize(
    ("status", "lines", "kind"),
    [
        (400, ["no"], ModelServerError),
        (503, ["later"], UnavailableError),
        (200, ["data: {nonsense\n\n"], ModelServerError),
        (200, ['data: {"error": {"message": "broken"}}\n\n'], ChatOutputError),
        (200, ["data: [1]\n\n"], ChatOutputError),
        (200, ['data: {"choices": [{"delta": {"content": 7}}]}\n\n'], ChatOutputError),
    ],
)
def test_what_cannot_be_used_is_told_from_what_does_not_answer(
    speaker: Speaker, status: int, lines: list[str], kind: type[Exception]
) -> None:
    speaker.status, speaker.lines = status, lambda: iter(lines)
    with pytest.raises(kind):
        _stream(speaker, lambda _: None)


def test_who_listens_may_end_it(speaker: Speaker) -> None:
    def lines() -> Iterator[str]:
        while True:
            yield _said("a")

    def tell(text: str) -> None:
        if len(text) > 3:
            raise UnavailableError(part="x")

    speaker.lines = lines
    with pytest.raises(UnavailableError):
        _stream(speaker, tell)
